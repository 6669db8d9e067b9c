package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.lake.RowLines;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes the person's rows one after another, stages them and collects the keys that they bring to light. Where there are
 * many, they become several parts, so that the files of a package can end between two.
 */
final class FoundRows implements Findings {

    private final PartSink staging;
    private final String partName;
    private final Dataset dataset;
    private final String partition;
    private final Masking masking;
    private final List<Part> parts = new ArrayList<>();
    private final Set<SubjectKey> keys = new HashSet<>();
    private OutputStream out;
    private RowLines lines;

    /** @param partName of the first part; those after it are numbered */
    FoundRows(PartSink staging, String partName, Dataset dataset, String partition, Masking masking) {
        this.staging = staging;
        this.partName = partName;
        this.dataset = dataset;
        this.partition = partition;
        this.masking = masking;
    }

    void add(Map<String, ?> row) throws IOException {
        if (lines != null && lines.bytes() >= staging.fullAt()) {
            endPart();
        }
        if (lines == null) {
            out = staging.create(name());
            lines = new RowLines(out);
        }
        lines.write(masking.apply(row));
        // Of the row as it was found: what is provided is the person's own
        keys.addAll(Keys.provided(dataset, partition, row));
    }

    @Override
    public SearchResult finish(long files, long bytes, Shortfall problem) throws IOException {
        rest();
        return new SearchResult(
                problem == null && partition != null ? Set.of(partition) : Set.of(),
                files,
                bytes,
                List.copyOf(parts),
                Set.copyOf(keys),
                problem == null ? List.of() : List.of(problem),
                Review.NOTHING);
    }

    /** What has been found so far is let go of; what is found from now on is another part. */
    void rest() throws IOException {
        if (lines != null) {
            endPart();
        }
    }

    private void endPart() throws IOException {
        out.close();
        parts.add(new Part(
                name(), partition, lines.rows(), lines.bytes(), List.copyOf(lines.columns()), masking.takeHidden()));
        lines = null;
    }

    private String name() {
        return parts.isEmpty() ? partName : Staging.name(partName, parts.size() + 1);
    }
}
