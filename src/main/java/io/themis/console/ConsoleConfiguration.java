package io.themis.console;

import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration {

    /** Puts the tracer where Hawtio looks for Camel's own. */
    @Bean
    CamelContextConfiguration traceOfRoutes(RouteTracer tracer) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext context) {
                // Nothing: there is no MBean yet.
            }

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
}
