package io.themis.console;

import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.management.DefaultManagementObjectStrategy;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration {

    /** Has the MBeans that Hawtio looks at be those of Themis where Camel's own show too much or take too long. */
    @Bean
    CamelContextConfiguration mbeansOfTheConsole(RouteTracer tracer, ObjectProvider<ConsoleView> views) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                context.getManagementStrategy().setManagementObjectStrategy(new WithNodeFigures());
                views.orderedStream().forEach(view -> add(view, context));
            }

            /** Puts the tracer where Hawtio looks for Camel's own. */
            @Override
            public void afterApplicationStart(CamelContext context) {
                ManagementAgent agent = context.getManagementStrategy().getManagementAgent();
                try {
                    agent.register(
                            tracer,
                            new ObjectName("%s:context=%s,type=tracer,name=BacklogTracer"
                                    .formatted(agent.getMBeanObjectDomainName(), context.getManagementName())));
                } catch (JMException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private static void add(ConsoleView view, CamelContext context) {
        try {
            context.addService(view);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
    }

    /** Camel's own, but for the view of the context. */
    static final class WithNodeFigures extends DefaultManagementObjectStrategy {

        @Override
        public Object getManagedObjectForCamelContext(CamelContext context) {
            NodeFigures figures = new NodeFigures(context);
            figures.init(context.getManagementStrategy());
            return figures;
        }
    }
}
