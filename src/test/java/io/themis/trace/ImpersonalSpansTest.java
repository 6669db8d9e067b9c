package io.themis.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImpersonalSpansTest {

    private final List<SpanData> sent = new ArrayList<>();

    private final SpanExporter collector = new SpanExporter() {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            sent.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    };

    /** An erasure may look for days, every few seconds, whether its access request has been answered. */
    @Test
    void aStepThatOnlyLookedWhetherItMayBeginIsNoSpan() {
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(new ImpersonalSpans(collector)))
                .build()) {
            Tracer tracer = provider.get("test");
            for (String outcome : List.of("not-yet", "waiting", "interrupted", "done")) {
                tracer.spanBuilder("step begin-erasure")
                        .setAttribute("outcome", outcome)
                        .startSpan()
                        .end();
            }
            tracer.spanBuilder("receiveEvents").startSpan().end();
        }

        assertThat(sent)
                .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("outcome")))
                .containsExactly("waiting", "interrupted", "done", null);
    }
}
