package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.request.DatasetFindings;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells where keys of a person may be unknown, because a lake file that would show them is missing or could not be read.
 * Rows that only such a key finds are missed, in this dataset and in all that need its own keys.
 */
final class MissingKeys {

    private final DataMap map;
    private final Keys keys;
    private final Map<String, DatasetFindings> findings;

    MissingKeys(DataMap map, Keys keys, Collection<DatasetFindings> findings) {
        this.map = map;
        this.keys = keys;
        this.findings = findings.stream().collect(Collectors.toMap(DatasetFindings::dataset, Function.identity()));
    }

    /**
     * One sentence for each dataset whose file is missing or unreadable, so that rows of this one may be missed.
     *
     * @param partition where to look for rows, or null if the dataset has no partitions
     */
    Collection<String> reasons(Dataset dataset, String partition) {
        return unread(dataset, partition).stream()
                .map(provider -> provider.placeholders().isEmpty()
                        ? "the %s file is missing or can't be read, so rows of the person may not have been found"
                                .formatted(provider.name())
                        : "%s: its %s file is missing or can't be read, so rows of the person there may not have been found"
                                .formatted(partition, provider.name()))
                .toList();
    }

    /** The datasets that should have told keys that this one needs and were not read there, however far up. */
    private Set<Dataset> unread(Dataset dataset, String partition) {
        Set<Dataset> unread = new LinkedHashSet<>();
        for (Dataset provider : map.providersFor(dataset)) {
            String there = provider.placeholders().isEmpty() ? null : partition;
            unread.addAll(unread(provider, there));
            if (provider.kind() == Kind.LAKE && !keys.match(provider, there).isEmpty() && !isRead(provider, there)) {
                unread.add(provider);
            }
        }
        return unread;
    }

    private boolean isRead(Dataset dataset, String partition) {
        DatasetFindings answer = findings.get(dataset.name());
        return partition == null
                ? answer.searchedFiles() > 0
                : answer.readPartitions().contains(partition);
    }
}
