package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.request.DatasetFindings;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells where keys of a person may be unknown, because a lake file that would show them is missing or could not be read, or
 * because a dataset that would show them was not asked with all keys. Rows that only such a key finds are missed, in this
 * dataset and in all that need its own keys. For any number of threads.
 */
final class MissingKeys {

    private final DataMap map;
    private final Keys keys;
    private final Map<String, DatasetFindings> findings;
    private final Map<String, Boolean> early = new ConcurrentHashMap<>();

    MissingKeys(DataMap map, Keys keys, Collection<DatasetFindings> findings) {
        this.map = map;
        this.keys = keys;
        this.findings = findings.stream().collect(Collectors.toMap(DatasetFindings::dataset, Function.identity()));
    }

    /**
     * Each cause for which rows may be missed in a dataset whose providers have all answered. None for
     * one that is asked early, whose providers may yet be asked: see {@link #reasonsInTheEnd}.
     *
     * @param partition where to look for rows, or null if the dataset has no partitions
     */
    Collection<Shortfall> reasons(Dataset dataset, String partition) {
        // Asked for each of maybe very many files.
        boolean isEarly = early.computeIfAbsent(dataset.name(), name -> map.isAskedEarly(dataset));
        return isEarly ? List.of() : allReasons(dataset, partition);
    }

    /** The same for a dataset that is asked early, when neither it nor its providers will be asked again. */
    Collection<Shortfall> reasonsInTheEnd(Dataset dataset, String partition) {
        Collection<Shortfall> reasons = allReasons(dataset, partition);
        if (isUnfinished(dataset)) {
            reasons.add(keys("keys of the person still came to light after it had been asked %d times,"
                            .formatted(findings.get(dataset.name()).asked().round())
                    + " so rows of the person may not have been found"));
        }
        return reasons;
    }

    private Collection<Shortfall> allReasons(Dataset dataset, String partition) {
        Set<Shortfall> reasons = new LinkedHashSet<>();
        collect(dataset, partition, new HashSet<>(Set.of(dataset)), reasons);
        return reasons;
    }

    /**
     * Of the datasets that should have told keys which this one needs, however far up.
     *
     * @param seen in a circle, each is looked at once; what is wrong with the first itself is told by its own answer
     */
    private void collect(Dataset dataset, String partition, Set<Dataset> seen, Set<Shortfall> reasons) {
        for (Dataset provider : map.providersFor(dataset)) {
            if (!seen.add(provider)) {
                continue;
            }
            String there = provider.placeholders().isEmpty() ? null : partition;
            collect(provider, there, seen, reasons);
            if (provider.kind() == Dataset.Kind.LAKE
                    && !keys.match(provider, there).isEmpty()
                    && !isRead(provider, there)) {
                reasons.add(keys(
                        there == null
                                ? "the %s file is missing or can't be read, so rows of the person may not have been found"
                                        .formatted(provider.name())
                                : "%s: its %s file is missing or can't be read, so rows of the person there may not have been found"
                                        .formatted(there, provider.name())));
            }
            if (provider.kind() != Dataset.Kind.LAKE && hasLeftOut(provider)) {
                reasons.add(keys("%s is not complete, so rows of the person may not have been found"
                        .formatted(provider.name())));
            }
            if (isUnfinished(provider)) {
                reasons.add(keys(
                        "%s was not asked with all keys of the person, so rows of the person may not have been found"
                                .formatted(provider.name())));
            }
        }
    }

    private static Shortfall keys(String sentence) {
        return new Shortfall(Kind.KEYS, sentence);
    }

    private boolean isRead(Dataset dataset, String partition) {
        DatasetFindings answer = findings.get(dataset.name());
        return partition == null
                ? answer.searchedFiles() > 0
                : answer.readPartitions().contains(partition);
    }

    /** Rows that were left out would have told keys. What kept it from its own keys is told of others. */
    private boolean hasLeftOut(Dataset dataset) {
        DatasetFindings answer = findings.get(dataset.name());
        return answer != null && answer.reasons().stream().anyMatch(reason -> reason.kind() != Kind.KEYS);
    }

    private boolean isUnfinished(Dataset dataset) {
        DatasetFindings answer = findings.get(dataset.name());
        return answer != null && !answer.asked().keys().equals(keys.count(dataset));
    }
}
