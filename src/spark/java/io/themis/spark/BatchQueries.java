package io.themis.spark;

import static org.apache.spark.sql.functions.col;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakeJob.Source;
import io.themis.lake.CsvLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;

/** Chooses the query for files of a dataset. */
final class BatchQueries {

    /** At how many files' first lines is looked. Each costs a query, if a small one. */
    private static final int LOOKS = 7;

    /** What bytes become that are no text. */
    private static final String UNREADABLE = "\uFFFD";

    private BatchQueries() {}

    /**
     * Nothing if there is none, and Themis has to read the files.
     *
     * @param isAgain whether the files are those that another query could not read
     */
    static Optional<BatchQuery> of(Dataset dataset, Batch batch, boolean isAgain) {
        if (dataset.format() == Format.PARQUET) {
            Set<String> needed = new HashSet<>(dataset.match().keySet());
            needed.addAll(dataset.provides().values());
            needed.addAll(dataset.maskedColumns());
            return ParquetFind.of(batch, needed);
        }
        Optional<CutFormat> format = switch (dataset.format()) {
            case XML_ROWS -> Optional.of(new XmlPieces());
            case JSONL -> Optional.of(new JsonLines(dataset.match().keySet()));
            case CSV -> csv(dataset, batch, isAgain);
            default -> Optional.empty();
        };
        return format.filter(cut -> batch.columns().stream().allMatch(cut::canRead))
                .map(cut -> new RecordCut(batch, cut));
    }

    /** For files with the head that most of those have that are looked at. */
    private static Optional<CutFormat> csv(Dataset dataset, Batch batch, boolean isAgain) {
        CsvLayout layout = dataset.csv();
        if (!CsvLines.canCut(layout)) {
            return Optional.empty();
        }
        byte[] head = layout.header().isEmpty() ? commonHead(dataset, batch) : new byte[0];
        return dataset.rowFormat().columns(head).map(columns -> isAgain
                ? new CsvRecords(layout, head, columns)
                : new CsvLines(layout, head, columns));
    }

    /** Empty if none has any. */
    private static byte[] commonHead(Dataset dataset, Batch batch) {
        int files = batch.sources().size();
        Map<String, Integer> looks = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(LOOKS, files); i++) {
            String line = firstLine(batch, batch.sources().get(i * files / Math.min(LOOKS, files)));
            if (!line.contains(UNREADABLE) && dataset.rowFormat().columns(line.getBytes(StandardCharsets.UTF_8)).isPresent()) {
                looks.merge(line, 1, Integer::sum);
            }
        }
        return looks.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(look -> look.getKey().getBytes(StandardCharsets.UTF_8))
                .orElse(new byte[0]);
    }

    private static String firstLine(Batch batch, Source file) {
        List<Row> lines = batch.reader()
                .option("lineSep", "\n")
                .text(batch.path(file))
                .where(col("_metadata.file_block_start").equalTo(0L))
                .select("value")
                .takeAsList(1);
        return lines.isEmpty() ? "" : lines.get(0).getString(0);
    }
}
