package io.themis.erasure;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset.Kind;
import io.themis.erasure.StoredFile.Replaced;
import org.springframework.stereotype.Component;

/** Counts what erasures move. */
@Component
class ErasureMetrics {

    private static final String WRITTEN = "written";
    private static final String COPIED = "copied";

    private final MeterRegistry registry;

    ErasureMetrics(MeterRegistry registry, DataMap map) {
        this.registry = registry;
        // There from the start, so that the first that is counted is seen as more than before
        map.datasets().stream().filter(dataset -> dataset.kind() == Kind.LAKE).forEach(dataset -> {
            files(dataset.name());
            bytes(dataset.name(), WRITTEN);
            bytes(dataset.name(), COPIED);
        });
    }

    void rewritten(String dataset, Replaced replaced) {
        files(dataset).increment();
        bytes(dataset, WRITTEN).increment(replaced.written());
        bytes(dataset, COPIED).increment(replaced.copiedByStore());
    }

    private Counter files(String dataset) {
        return Counter.builder("themis.erasure.files")
                .description("Lake files that this replica has rewritten without rows")
                .baseUnit("files")
                .tag("dataset", dataset)
                .register(registry);
    }

    private Counter bytes(String dataset, String how) {
        return Counter.builder("themis.erasure.bytes")
                .description("Bytes of lake files that this replica has written again, or had copied by the store")
                .baseUnit("bytes")
                .tag("dataset", dataset)
                .tag("how", how)
                .register(registry);
    }
}
