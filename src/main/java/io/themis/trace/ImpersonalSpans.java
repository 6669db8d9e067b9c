package io.themis.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.themis.request.RequestTraces;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The last look at spans before they leave: name, times, status and the attributes that are known to say nothing of a person. Whatever else a
 * library puts in may be the URL of a call, which has an address in it, or an exception that quotes a row. A step that looked
 * whether it may begin, and may not, is left out: there is one every few seconds, maybe for days.
 */
class ImpersonalSpans implements SpanExporter {

    private static final Set<String> ATTRIBUTES = Set.of(
            // of a call: the pattern of its path, not the path
            "method",
            "uri",
            "status",
            "exception",
            RequestTraces.OUTCOME,
            // of a step
            "request",
            "attempt");

    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey(RequestTraces.OUTCOME);

    private final SpanExporter exporter;

    ImpersonalSpans(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        return exporter.export(spans.stream()
                .filter(span ->
                        !RequestTraces.NOT_YET.equals(span.getAttributes().get(OUTCOME)))
                .<SpanData>map(Impersonal::new)
                .toList());
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    private static final class Impersonal extends DelegatingSpanData {

        private final Attributes attributes;

        Impersonal(SpanData span) {
            super(span);
            attributes = span.getAttributes().toBuilder()
                    .removeIf(key -> !ATTRIBUTES.contains(key.getKey()))
                    .build();
        }

        /** Without the caller's tracestate, which is free text. */
        @Override
        public SpanContext getSpanContext() {
            SpanContext whole = super.getSpanContext();
            return SpanContext.create(
                    whole.getTraceId(), whole.getSpanId(), whole.getTraceFlags(), TraceState.getDefault());
        }

        @Override
        public List<LinkData> getLinks() {
            return List.of();
        }

        @Override
        public int getTotalRecordedLinks() {
            return 0;
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public int getTotalAttributeCount() {
            return attributes.size();
        }

        /** None: an exception is one, with its message and its stack trace. */
        @Override
        public List<EventData> getEvents() {
            return List.of();
        }

        @Override
        public int getTotalRecordedEvents() {
            return 0;
        }

        @Override
        public StatusData getStatus() {
            return StatusData.create(super.getStatus().getStatusCode(), "");
        }
    }
}
