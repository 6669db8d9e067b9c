package io.themis.erasure;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.erasure.StoredFile.Replaced;
import org.springframework.stereotype.Component;

/** Counts what erasures move. */
@Component
class ErasureMetrics {

    private final MeterRegistry registry;

    ErasureMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void rewritten(String dataset, Replaced replaced) {
        Counter.builder("themis.erasure.files")
                .description("Lake files that this replica has rewritten without rows")
                .baseUnit("files")
                .tag("dataset", dataset)
                .register(registry)
                .increment();
        bytes(dataset, "written", replaced.written());
        bytes(dataset, "copied", replaced.copiedByStore());
    }

    private void bytes(String dataset, String how, long count) {
        Counter.builder("themis.erasure.bytes")
                .description("Bytes of lake files that this replica has written again, or had copied by the store")
                .baseUnit("bytes")
                .tag("dataset", dataset)
                .tag("how", how)
                .register(registry)
                .increment(count);
    }
}
