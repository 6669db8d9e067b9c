package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.datamap.Erasure;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.lake.RowJudge;
import io.themis.lake.RowVerdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Judges the rows of a dataset by one person's rule, and counts what becomes of those that are theirs. */
final class RowCounts implements RowJudge {

    private final Dataset dataset;
    private final RowErasure rule;
    private final Map<Erasure.Exemption, Long> kept = new LinkedHashMap<>();
    private long deleted;
    private long masked;

    RowCounts(Dataset dataset, RowErasure rule) {
        this.dataset = dataset;
        this.rule = rule;
    }

    @Override
    public RowVerdict of(Map<String, Object> row) {
        if (!rule.isPersons(row)) {
            return RowVerdict.KEEP;
        }
        Optional<Erasure.Exemption> ground = rule.exemption(row);
        if (ground.isPresent()) {
            kept.merge(ground.get(), 1L, Long::sum);
            return RowVerdict.KEEP;
        }
        if (dataset.erasure().action() == Erasure.Action.DELETE) {
            deleted++;
        } else {
            masked++;
        }
        return rule.erased(row);
    }

    /** Rows that go or change. */
    long erased() {
        return deleted + masked;
    }

    long deleted() {
        return deleted;
    }

    long masked() {
        return masked;
    }

    long keptRows() {
        return kept.values().stream().mapToLong(Long::longValue).sum();
    }

    /** By ground, in the order of the map and in the language of the data map's readers. */
    List<Kept> kept() {
        return Stream.concat(Stream.ofNullable(dataset.erasure().whole()), dataset.erasure().keep().stream())
                .distinct()
                .filter(kept::containsKey)
                .map(ground -> Kept.of(kept.get(ground), ground))
                .toList();
    }
}
