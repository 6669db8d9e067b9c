package io.themis.trace;

import io.micrometer.common.KeyValues;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.observation.ServerRequestObservationConvention;

@Configuration(proxyBeanMethods = false)
class TracingConfiguration {

    /** The routes of a call run on another thread than the one that took it, and belong to its trace. */
    @Bean
    TaskDecorator inTheCallersTrace() {
        return task -> Context.current().wrap(task);
    }

    /** Calls go by the paths of the contract, without what Camel adds to find the route. */
    @Bean
    ServerRequestObservationConvention callsByTheContract() {
        return new DefaultServerRequestObservationConvention() {
            @Override
            public String getContextualName(ServerRequestObservationContext context) {
                return super.getContextualName(ofTheContract(context));
            }

            @Override
            public KeyValues getLowCardinalityKeyValues(ServerRequestObservationContext context) {
                return super.getLowCardinalityKeyValues(ofTheContract(context));
            }
        };
    }

    private static ServerRequestObservationContext ofTheContract(ServerRequestObservationContext context) {
        if (context.getPathPattern() != null) {
            context.setPathPattern(context.getPathPattern().replace("/{*matchOnUriPrefix}", ""));
        }
        return context;
    }

    @Bean
    static BeanPostProcessor spansWithoutPersonalData() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof SpanExporter exporter ? new ImpersonalSpans(exporter) : bean;
            }
        };
    }
}
