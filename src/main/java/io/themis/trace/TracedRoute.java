package io.themis.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.stereotype.Component;

/**
 * Camel policy {@code tracedRoute}: what a route does inside is a span of the route's name. It belongs to the trace that the
 * variable {@value #PARENT} names (W3C {@code traceparent}, from a sender outside), else to what this thread is in, else it begins one.
 */
@Component
public class TracedRoute implements Policy {

    private static final String PARENT = "traceparent";

    private final Tracer tracer;
    private final Propagator propagator;

    public TracedRoute(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // Nothing: the nodes inside stay as they are.
    }

    @Override
    public Processor wrap(Route route, Processor inside) {
        return exchange -> {
            Span span = begin(exchange).name(route.getRouteId()).start();
            try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
                inside.process(exchange);
            } catch (Exception e) {
                exchange.setException(e);
            } finally {
                if (exchange.isFailed()) {
                    span.error(exchange.getException());
                }
                span.end();
            }
        };
    }

    private Span.Builder begin(Exchange exchange) {
        String parent = exchange.getVariable(PARENT, String.class);
        return parent == null
                ? tracer.spanBuilder()
                : propagator.extract(Map.of(PARENT, parent), Map::get).kind(Span.Kind.CONSUMER);
    }
}
