package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.datamap.RowOwner;
import io.themis.lake.LakeFile;
import io.themis.lake.RowLines;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes the rows that the search of a lake file finds, and decides by their own values whose they are: the person's rows
 * are staged, those that show the person's name and nobody's key are listed for review, and those of a namesake are left
 * alone. A row that should not have been found at all ends the search: it is better to fail than to hand it out.
 */
final class LakeRows implements Findings {

    private final FoundRows found;
    private final HomonymSink homonyms;
    private final String listName;
    private final Dataset dataset;
    private final LakeFile file;
    private final Masking masking;
    private final RowOwner owner;
    private OutputStream out;
    private RowLines lines;

    /**
     * @param partName of the staged part, and of the list for review
     * @param file where the rows are, also one in a zip
     */
    LakeRows(PartSink staging, HomonymSink homonyms, String partName, Dataset dataset, LakeFile file, Keys keys) {
        this.homonyms = homonyms;
        this.listName = partName;
        this.dataset = dataset;
        this.file = file;
        // Of its own: what is hidden in rows for review is not counted for the package
        masking = new Masking(dataset, file.partition(), keys);
        found = new FoundRows(
                staging, partName, dataset, file.partition(), new Masking(dataset, file.partition(), keys));
        owner = new RowOwner(dataset, file.partition(), keys);
    }

    /** @throws IOException also if the row is neither the person's nor shows the person's name */
    void take(Map<String, Object> row) throws IOException {
        if (owner.isPersons(row)) {
            found.add(row);
            return;
        }
        String column = owner.nameColumn(row)
                .orElseThrow(() -> new IOException(
                        "%s: the search found a row that is not the person's; this is a mistake of the program"
                                .formatted(file.name())));
        if (owner.isNobodys(row)) {
            list(column, row);
        }
    }

    /** Takes a row that was found for several people, if it is this one's or shows their name. */
    void takeIfConcerned(Map<String, Object> row) throws IOException {
        if (owner.isPersons(row) || owner.nameColumn(row).isPresent()) {
            take(row);
        }
    }

    /** What has been found so far is no longer in memory. */
    void rest() throws IOException {
        found.rest();
    }

    private void list(String column, Map<String, Object> row) throws IOException {
        if (lines == null) {
            out = homonyms.create(listName);
            lines = new RowLines(out);
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("dataset", dataset.name());
        line.put("file", file.name());
        line.put("column", column);
        line.put("row", masking.apply(row));
        lines.write(line);
    }

    /**
     * {@inheritDoc}
     *
     * <p>A file that was searched for the name alone counts for the review and for nothing else: nothing of the person's
     * can be missing where the person has no key.
     */
    @Override
    public SearchResult finish(long files, long bytes, Shortfall problem) throws IOException {
        SearchResult own = found.finish(files, bytes, problem);
        if (lines != null) {
            out.close();
        }
        boolean isByNameAlone = owner.hasNoKeyHere();
        Review review = new Review(
                lines == null ? 0 : lines.rows(),
                lines == null ? List.of() : List.of(listName),
                isByNameAlone && problem != null ? List.of(problem) : List.of());
        return isByNameAlone
                ? new SearchResult(Set.of(), 0, 0, List.of(), Set.of(), List.of(), review)
                : new SearchResult(
                        own.readPartitions(),
                        own.files(),
                        own.bytes(),
                        own.parts(),
                        own.keys(),
                        own.problems(),
                        review);
    }
}
