package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.lake.RowLines;
import io.themis.request.Part;
import io.themis.request.SubjectKey;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes the person's rows one after another, stages them and collects the keys that they bring to light. */
final class FoundRows implements Findings {

    private final PartSink staging;
    private final String partName;
    private final Dataset dataset;
    private final String partition;
    private final Masking masking;
    private final Set<SubjectKey> keys = new HashSet<>();
    private OutputStream out;
    private RowLines lines;

    FoundRows(PartSink staging, String partName, Dataset dataset, String partition, Masking masking) {
        this.staging = staging;
        this.partName = partName;
        this.dataset = dataset;
        this.partition = partition;
        this.masking = masking;
    }

    void add(Map<String, ?> row) throws IOException {
        if (lines == null) {
            out = staging.create(partName);
            lines = new RowLines(out);
        }
        lines.write(masking.apply(row));
        // Of the row as it was found: what is provided is the person's own
        keys.addAll(Keys.provided(dataset, partition, row));
    }

    @Override
    public SearchResult finish(long files, long bytes, String problem) throws IOException {
        List<Part> parts = List.of();
        if (lines != null) {
            out.close();
            parts = List.of(new Part(partName, partition, lines.rows(), lines.bytes(), List.copyOf(lines.columns())));
        }
        return new SearchResult(
                problem == null && partition != null ? Set.of(partition) : Set.of(),
                files,
                bytes,
                parts,
                Set.copyOf(keys),
                problem == null ? List.of() : List.of(problem));
    }
}
