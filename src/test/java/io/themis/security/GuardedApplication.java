package io.themis.security;

import com.github.kagkarlsson.scheduler.boot.autoconfigure.DbSchedulerAutoConfiguration;
import io.themis.request.EmailAddress;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.rest.openapi.DefaultRestOpenapiProcessorStrategy;
import org.apache.camel.component.rest.openapi.RestOpenapiProcessorStrategy;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * A server with the guards of Themis and a few routes of its own behind them. Not annotated as a configuration, or the
 * application's component scan would find it.
 */
@EnableAutoConfiguration(
        exclude = {
            DataSourceAutoConfiguration.class,
            FlywayAutoConfiguration.class,
            DbSchedulerAutoConfiguration.class,
            ArtemisAutoConfiguration.class
        })
@Import({ApiSecurity.class, Callers.class, ConsoleSecurity.class, ErrorPage.class, MaxBodySize.class})
class GuardedApplication {

    /** Of its own, so that the routes of Themis stay out. */
    static final String NO_YAML_ROUTES = "camel.main.routes-include-pattern=classpath:none/*.camel.yaml";

    /** The settings name one; there is no operation of the contract here. */
    @Bean
    RestOpenapiProcessorStrategy operationRoutes() {
        return new DefaultRestOpenapiProcessorStrategy();
    }

    @Bean
    RouteBuilder routes(Callers callers) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                onException(NotAllowedException.class)
                        .handled(true)
                        // or Camel sends the headers of the request back, credentials included
                        .removeHeaders("*")
                        .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(403))
                        .setHeader(Exchange.CONTENT_TYPE, constant("application/problem+json"))
                        .setBody(constant(Problem.FORBIDDEN.json()));
                from("platform-http:/api/v1/size?httpMethodRestrict=POST")
                        .routeId("size")
                        .routeDescription("answers how many bytes came")
                        .process(e -> e.getMessage()
                                .setBody(String.valueOf(e.getMessage().getBody(byte[].class).length)));
                from("platform-http:/api/v1/whoami?httpMethodRestrict=GET")
                        .routeId("whoami")
                        .process(e -> {
                            Caller caller = caller(e);
                            e.getMessage().setBody(caller.subject() + " " + caller.roles());
                        });
                from("platform-http:/api/v1/requests?httpMethodRestrict=GET")
                        .routeId("requests")
                        .process(e -> callers.mayRequestFor(caller(e), owner(e)))
                        .setBody(constant("a request"));
                from("platform-http:/api/v1/broken?httpMethodRestrict=GET")
                        .routeId("broken")
                        .process(e -> {
                            throw new IllegalStateException("secret detail");
                        });
                from("platform-http:/hooks/event-grid?httpMethodRestrict=POST,OPTIONS")
                        .routeId("webhook")
                        .setBody(constant("webhook"));
            }

            private EmailAddress owner(Exchange exchange) {
                String owner = exchange.getMessage().getHeader("owner", String.class);
                return owner == null ? null : new EmailAddress(owner);
            }

            private Caller caller(Exchange exchange) {
                return callers.of(exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class));
            }
        };
    }
}
