package io.themis.export;

import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Part;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * Everything a package is made of, except the bytes of its parts. The same content gives the same zip, byte for byte.
 *
 * @param type of the request, such as {@code access}
 * @param language of the pages; English where there are no texts in it
 * @param createdAt when the package is made; also the time of every file in it
 * @param expiresAt when the download link ends
 * @param datasets every dataset that was searched, in the order in which the person sees them
 */
public record PackageContent(
        UUID requestId,
        String type,
        Locale language,
        Instant createdAt,
        Instant expiresAt,
        Controller controller,
        List<Entry> datasets) {

    public PackageContent {
        datasets = List.copyOf(datasets);
        Set<String> names = new HashSet<>();
        for (Entry entry : datasets) {
            if (!names.add(entry.dataset().name())) {
                throw new IllegalArgumentException("Dataset " + entry.dataset().name() + " is in the package twice");
            }
        }
    }

    /**
     * A dataset and what it answered.
     *
     * @throws IllegalArgumentException if the findings contradict themselves: such a package would not be true
     */
    public record Entry(Dataset dataset, DatasetFindings findings) {

        public Entry {
            String name = dataset.name();
            long partRows = findings.parts().stream().mapToLong(Part::rows).sum();
            require(name.equals(findings.dataset()), name, "is paired with findings of " + findings.dataset());
            require(
                    partRows == findings.rows(),
                    name,
                    "found " + findings.rows() + " rows, but its parts hold " + partRows);
            require(
                    findings.status() != Status.NOTHING_FOUND || partRows == 0,
                    name,
                    "says nothing found, but its parts hold " + partRows + " rows");
            require(
                    findings.status() == Status.PARTIAL != findings.reasons().isEmpty(),
                    name,
                    "must give reasons if, and only if, it is partial");
        }

        private static void require(boolean promise, String dataset, String problem) {
            if (!promise) {
                throw new IllegalArgumentException("Dataset " + dataset + " " + problem);
            }
        }
    }
}
