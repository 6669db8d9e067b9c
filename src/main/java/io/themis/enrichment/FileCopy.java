package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.lake.LakeFile;
import io.themis.lake.RowLines;
import io.themis.lake.RowSearch;
import io.themis.lake.Searched;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import io.themis.request.StagedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stages a file of the person as its bytes arrive, and the record of it: the placeholders of its path, and
 * {@linkplain Dataset#COLUMNS_OF_FILES what each file has}. Of a file that could not be had there is the record alone, with
 * nothing in the columns that only the file tells.
 */
final class FileCopy extends RowSearch implements Findings {

    private final PartSink staging;
    private final String partName;
    private final LakeFile file;
    private final Map<String, String> placeholders;
    private final String packagePath;
    private OutputStream copy;
    private long bytes;
    private OffsetDateTime modified;
    private String mediaType;

    /** @param partName of the record; the file's own follows from it */
    FileCopy(PartSink staging, String partName, LakeFile file, Map<String, String> placeholders, String packagePath) {
        this.staging = staging;
        this.partName = partName;
        this.file = file;
        this.placeholders = placeholders;
        this.packagePath = packagePath;
    }

    @Override
    public void write(byte[] chunk, int from, int length) throws IOException {
        copy().write(chunk, from, length);
        bytes += length;
    }

    @Override
    public Searched finish() {
        return new Searched(bytes, 1, 1);
    }

    @Override
    public void stored(OffsetDateTime modified, String mediaType) {
        this.modified = modified;
        this.mediaType = mediaType;
    }

    @Override
    public SearchResult finish(long files, long bytes, Shortfall problem) throws IOException {
        StagedFile staged = null;
        if (problem == null) {
            copy().close();
            staged = new StagedFile(copyName(), packagePath, bytes, mediaType);
        }
        return new SearchResult(
                Set.of(),
                files,
                bytes,
                List.of(record(staged)),
                Set.of(),
                problem == null ? List.of() : List.of(problem),
                Review.NOTHING);
    }

    private Part record(StagedFile staged) throws IOException {
        Map<String, Object> row = new LinkedHashMap<>(placeholders);
        row.put("path", file.name());
        row.put("bytes", staged == null ? null : staged.bytes());
        row.put("modified", staged == null || modified == null ? null : modified.toInstant());
        row.put("mediaType", staged == null ? null : mediaType);
        row.put(Dataset.FILE_COLUMN, staged == null ? null : staged.path());
        OutputStream out = staging.create(partName);
        RowLines lines = new RowLines(out);
        lines.write(row);
        out.close();
        return new Part(partName, null, lines.rows(), lines.bytes(), lines.columns(), Map.of(), staged);
    }

    private OutputStream copy() {
        if (copy == null) {
            copy = staging.create(copyName());
        }
        return copy;
    }

    private String copyName() {
        return Staging.fileName(partName);
    }
}
