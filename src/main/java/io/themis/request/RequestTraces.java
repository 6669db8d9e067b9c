package io.themis.request;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * All that is done for a request is one trace, however many replicas and days it takes: it begins with the call or the
 * message that brought the request, and the request keeps what its steps go on from.
 */
@Component
public class RequestTraces implements StepObserver {

    /** Attribute of a span: how an attempt at a step ended. */
    public static final String OUTCOME = "outcome";

    /** Outcome of an attempt that did nothing, as what it waits for is not there yet. */
    public static final String NOT_YET = "not-yet";

    /** The header's name; its value has version, trace, span and flags (W3C Trace Context, section 3.2). */
    private static final String TRACE_PARENT = "traceparent";

    private final Tracer tracer;
    private final Propagator propagator;

    public RequestTraces(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /** The {@code traceparent} of what this thread does; null if that is in no trace. */
    public String current() {
        TraceContext context = tracer.currentTraceContext().context();
        if (context == null) {
            return null;
        }
        Map<String, String> carrier = new HashMap<>();
        propagator.inject(context, carrier, Map::put);
        return carrier.get(TRACE_PARENT);
    }

    /**
     * Does an attempt at a step as a part of its request's trace. What is logged meanwhile carries {@code request} and {@code step}.
     *
     * @param parent what {@link #current()} was when the request came; null if it was in no trace
     */
    <T> T ofStep(UUID requestId, String step, int attempt, String parent, Supplier<T> work) {
        Map<String, String> carrier = parent == null ? Map.of() : Map.of(TRACE_PARENT, parent);
        Span span = propagator
                .extract(carrier, Map::get)
                .kind(Span.Kind.CONSUMER)
                .name("step " + step)
                .tag("request", requestId.toString())
                .tag("attempt", attempt)
                .start();
        try (Tracer.SpanInScope scope = tracer.withSpan(span);
                MDC.MDCCloseable request = MDC.putCloseable("request", requestId.toString());
                MDC.MDCCloseable name = MDC.putCloseable("step", step)) {
            return work.get();
        } finally {
            span.end();
        }
    }

    /** Says of the attempt that this thread is in how it ended. */
    @Override
    public void finished(String step, Step.State state) {
        outcome(state.name().toLowerCase(Locale.ROOT));
        if (state != Step.State.DONE && tracer.currentSpan() != null) {
            tracer.currentSpan().error(new IllegalStateException(step + " is not done"));
        }
    }

    /** The attempt that this thread is in found that it has to wait for something. */
    void notYet() {
        outcome(NOT_YET);
    }

    /** The attempt that this thread is in was stopped, through no fault of the step. */
    void interrupted() {
        outcome("interrupted");
    }

    private void outcome(String outcome) {
        if (tracer.currentSpan() != null) {
            tracer.currentSpan().tag(OUTCOME, outcome);
        }
    }
}
