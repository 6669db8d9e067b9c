package io.themis.lake;

import io.themis.lake.ParquetFooter.Group;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/**
 * Searches one Parquet file: row group by row group, first the columns matched on, and only where a row is the person's the
 * others. A row group that can't have such a row by its statistics or bloom filters is not read ({@link ParquetPruning}). Values are as {@link ParquetValues} and {@link ParquetRows} have them. A column is matched on by its name, or by
 * the {@link ColumnPath} of a field in groups, such as {@code customer.id}; a value by its {@link KeyText}.
 *
 * <p>Codecs: none, snappy, gzip, zstd and lz4_raw. Encrypted files and columns can't be read.
 *
 * <p>A file is unreadable if it or its footer is damaged, if it lacks a column matched on, a key column or a masked one, or if one matched
 * on holds several values or something that is neither text nor a number nor a UUID. Where only a row group is damaged, its rows before the damage
 * and the other row groups are searched all the same.
 *
 * <p>Memory: see {@link ParquetPages}; besides, the footer and one row. For one file and one thread.
 */
public final class ParquetRowSearch {

    private final RowMatch match;
    private final Set<String> keyColumns;
    private final Set<String> maskedColumns;
    private final RowSink sink;
    private ParquetReads reads;
    private ParquetFooter footer;
    private UnreadableFileException unreadable;
    private long rows;
    private long matched;

    /**
     * @param keyColumns where the person's rows have keys of theirs; a file without one of them would hide those keys
     * @param maskedColumns where others' data is to be hidden; of a file without one of them no row is handed over, as it may
     *     have that data under another name
     */
    public ParquetRowSearch(RowMatch match, Set<String> keyColumns, Set<String> maskedColumns, RowSink sink) {
        this.match = match;
        this.keyColumns = keyColumns;
        this.maskedColumns = maskedColumns;
        this.sink = sink;
    }

    /**
     * @throws UnreadableFileException if not all of the file could be searched; rows found all the same have gone to the
     *     sink
     * @throws IOException from the sink or the store; the store's unchecked exceptions come through too
     */
    public Searched search(FileRanges file) throws UnreadableFileException, IOException {
        reads = new ParquetReads(file);
        ParquetKeys keys = decode(() -> {
            footer = ParquetFooter.read(reads);
            maskedColumns.forEach(column -> ParquetKeys.requireMaskable(footer.schema(), column));
            return new ParquetKeys(footer.schema(), match);
        });
        for (String column : keys == null ? Set.<String>of() : keyColumns) {
            decode(() -> ParquetKeys.field(footer.schema(), column));
        }
        ParquetPruning pruning = keys == null ? null : new ParquetPruning(reads, footer, keys);
        for (Group group : keys == null ? List.<Group>of() : footer.groups()) {
            if (!pruning.excludes(group)) {
                search(group, keys);
            }
            rows += group.rows();
        }
        if (unreadable != null) {
            throw unreadable;
        }
        return new Searched(file.length(), rows, matched);
    }

    private void search(Group group, ParquetKeys keys) throws IOException {
        BitSet mine = new BitSet();
        try (ParquetPages pages = new ParquetPages(reads, group, keys.schema())) {
            decode(() -> {
                RecordReader<Boolean> all = reader(keys.schema(), pages, keys);
                for (int row = 0; row < group.rows(); row++) {
                    mine.set(row, all.read());
                }
                return null;
            });
        }
        if (!mine.isEmpty()) {
            handOver(group, mine);
        }
    }

    private void handOver(Group group, BitSet mine) throws IOException {
        ParquetRows values = new ParquetRows(footer.schema());
        try (ParquetPages pages = new ParquetPages(reads, group, footer.schema())) {
            RecordReader<Map<String, Object>> all = decode(() -> reader(footer.schema(), pages, values));
            int next = 0;
            for (int row = mine.nextSetBit(0); row >= 0 && all != null; row = mine.nextSetBit(row + 1)) {
                int skipped = row - next;
                Map<String, Object> found = decode(() -> values.after(skipped, all));
                if (found == null) {
                    return;
                }
                matched++;
                sink.row(found);
                next = row + 1;
            }
        }
    }

    private <T> RecordReader<T> reader(MessageType columns, ParquetPages pages, RecordMaterializer<T> values) {
        return new ColumnIOFactory(footer.createdBy())
                .getColumnIO(columns, footer.schema())
                .getRecordReader(pages, values);
    }

    private interface Decoding<T> {
        T run() throws IOException;
    }

    /** Null if the content is damaged, which is noted. What the store fails with goes up. */
    private <T> T decode(Decoding<T> decoding) throws IOException {
        try {
            return decoding.run();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            reads.rethrow();
            if (unreadable == null) {
                unreadable = new UnreadableFileException(ParquetDamageException.reason(e), reads.position(), rows);
            }
            return null;
        }
    }
}
