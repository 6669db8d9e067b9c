package io.themis.spark;

import static org.apache.spark.sql.functions.col;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakeJob.Source;
import io.themis.lake.CsvLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;

/** Chooses the query for files of a dataset. */
final class BatchQueries {

    /** Each costs a query, if a small one. */
    private static final int MOST_LOOKS = 20;

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

    /** For files with the same head as the first that has one. */
    private static Optional<CutFormat> csv(Dataset dataset, Batch batch, boolean isAgain) {
        CsvLayout layout = dataset.csv();
        if (!CsvLines.canCut(layout)) {
            return Optional.empty();
        }
        List<Source> files = layout.header().isEmpty() ? batch.sources() : List.of();
        byte[] head = files.stream()
                .limit(MOST_LOOKS)
                .map(file -> firstLine(batch, file))
                .filter(line -> !line.contains(UNREADABLE))
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .filter(line -> dataset.rowFormat().columns(line).isPresent())
                .findFirst()
                .orElse(new byte[0]);
        return dataset.rowFormat().columns(head).map(columns -> isAgain
                ? new CsvRecords(layout, head, columns)
                : new CsvLines(layout, head, columns));
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
