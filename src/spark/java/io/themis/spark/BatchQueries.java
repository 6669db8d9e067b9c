package io.themis.spark;

import static org.apache.spark.sql.functions.col;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakeJob.Source;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;

/** Chooses the query for files of a dataset. */
final class BatchQueries {

    private BatchQueries() {}

    /**
     * Nothing if there is none, and Themis has to read the files.
     *
     * @param isAgain whether the files are those that another query could not read
     */
    static Optional<BatchQuery> of(Dataset dataset, Batch batch, boolean isAgain) {
        Set<String> keys = new HashSet<>(dataset.match().keySet());
        keys.addAll(dataset.provides().values());
        if (dataset.format() == Format.PARQUET) {
            keys.addAll(dataset.maskedColumns());
            return ParquetFind.of(batch, keys);
        }
        Optional<CutFormat> format = switch (dataset.format()) {
            case XML_ROWS -> Optional.of(new XmlPieces());
            case JSONL -> Optional.of(new JsonLines(keys));
            case CSV -> csv(dataset, batch, isAgain);
            default -> Optional.empty();
        };
        return format.filter(cut -> batch.columns().stream().allMatch(cut::canRead))
                .map(cut -> new RecordCut(batch, cut));
    }

    /** For files with the head of the first one. */
    private static Optional<CutFormat> csv(Dataset dataset, Batch batch, boolean isAgain) {
        if (!CsvLines.canCut(dataset.csv())) {
            return Optional.empty();
        }
        byte[] head = dataset.csv().header().isEmpty()
                ? firstLine(batch).getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        return dataset.rowFormat().columns(head).map(columns -> isAgain
 ? new CsvRecords(dataset.csv(), head, columns)
 : new CsvLines(dataset.csv(), head, columns));
    }

    private static String firstLine(Batch batch) {
        Source first = batch.sources().get(0);
        List<Row> lines = batch.reader()
                .option("lineSep", "\n")
                .text(batch.path(first))
                .where(col("_metadata.file_block_start").equalTo(0L))
                .select("value")
                .takeAsList(1);
        return lines.isEmpty() ? "" : lines.get(0).getString(0);
    }
}
