package io.themis.enrichment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.request.DatasetFindings;
import org.springframework.stereotype.Component;

/** Counts rows and bytes by dataset for operators. */
@Component
class FindingsMetrics implements FindingsObserver {

    private final MeterRegistry registry;

    FindingsMetrics(MeterRegistry registry, DataMap map) {
        this.registry = registry;
        // There from the start, so that the first that is counted is seen as more than before
        map.datasets().forEach(dataset -> {
            for (DatasetFindings.Status status : DatasetFindings.Status.values()) {
                rows(dataset.name(), status);
                searched(dataset.name(), status);
            }
        });
    }

    @Override
    public void recorded(DatasetFindings findings) {
        rows(findings.dataset(), findings.status()).increment(findings.rows());
        searched(findings.dataset(), findings.status()).increment(findings.searchedBytes());
    }

    private Counter rows(String dataset, DatasetFindings.Status status) {
        return counter("themis.dataset.rows", "Rows of persons found in a dataset", "rows", dataset, status);
    }

    private Counter searched(String dataset, DatasetFindings.Status status) {
        return counter(
                "themis.dataset.searched",
                "Bytes of lake files that were answered for, read or known from the index",
                "bytes",
                dataset,
                status);
    }

    private Counter counter(
            String name, String description, String unit, String dataset, DatasetFindings.Status status) {
        return Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags("dataset", dataset, "status", status.label())
                .register(registry);
    }
}
