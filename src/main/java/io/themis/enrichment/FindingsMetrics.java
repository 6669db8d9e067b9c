package io.themis.enrichment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.request.DatasetFindings;
import org.springframework.stereotype.Component;

/** Counts rows and bytes by dataset for operators. */
@Component
class FindingsMetrics implements FindingsObserver {

    private final MeterRegistry registry;

    FindingsMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void recorded(DatasetFindings findings) {
        count("themis.dataset.rows", "Rows of persons found in a dataset", "rows", findings, findings.rows());
        count(
                "themis.dataset.searched",
                "Bytes of lake files that were answered for, read or known from the index",
                "bytes",
                findings,
                findings.searchedBytes());
    }

    private void count(String name, String description, String unit, DatasetFindings findings, long amount) {
        Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags("dataset", findings.dataset(), "status", findings.status().label())
                .register(registry)
                .increment(amount);
    }
}
