package io.themis.lake;

import io.themis.lake.ParquetCopy.NewChunk;
import io.themis.lake.ParquetFooter.Group;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** One file's way through a {@link ParquetEditor}. */
final class ParquetRewrite {

    private final ParquetReads reads;
    private final RowMatch match;
    private final RowJudge judge;
    private final ParquetTarget target;
    private ParquetFooter footer;
    private FileMetaData stated;
    private ParquetKeys keys;
    private ParquetMasks masks;
    private ParquetDigest digest;
    private ParquetCopy copy;
    private long rows;
    private long deleted;
    private long masked;

    /** @param target null if nothing is written */
    ParquetRewrite(FileRanges file, RowMatch match, RowJudge judge, OutputStream target) {
        reads = new ParquetReads(file);
        this.match = match;
        this.judge = judge;
        this.target = target == null ? null : new ParquetTarget(target);
    }

    FileEdits run() throws UnreadableFileException, IOException {
        decode(this::begin);
        for (int i = 0; i < footer.groups().size(); i++) {
            Group group = footer.groups().get(i);
            ParquetEdits edits = judge(group);
            if (edits.deleted() < group.rows()) {
                RowGroup old = stated.getRow_groups().get(i);
                decode(() -> pass(group, old, edits));
            }
            rows += group.rows();
            deleted += edits.deleted();
        }
        if (copy != null) {
            decode(() -> {
                copy.finish();
                return null;
            });
        }
        return new FileEdits(List.of(), reads.length(), rows, deleted, masked, digest.finish());
    }

    private Void begin() throws IOException {
        footer = ParquetFooter.read(reads);
        stated = ParquetFooter.stated(reads);
        if (stated.isSetEncryption_algorithm()) {
            // Nothing in it is, but its footer is signed with a key
            throw new ParquetDamageException("the file is encrypted");
        }
        keys = new ParquetKeys(footer.schema(), match);
        masks = new ParquetMasks(footer.schema());
        digest = new ParquetDigest(footer.schema());
        if (target != null) {
            copy = new ParquetCopy(reads, stated, target);
        }
        return null;
    }

    private ParquetEdits judge(Group group) throws UnreadableFileException, IOException {
        ParquetEdits edits = new ParquetEdits();
        BitSet found = decode(() -> find(group));
        if (found.isEmpty()) {
            return edits;
        }
        ParquetRows values = new ParquetRows(footer.schema());
        try (ParquetPages pages = new ParquetPages(reads, group, footer.schema())) {
            RecordReader<Map<String, Object>> all = decode(() -> reader(footer.schema(), pages, values));
            int next = 0;
            for (int row = found.nextSetBit(0); row >= 0; row = found.nextSetBit(row + 1)) {
                int skipped = row - next;
                judge(row, decode(() -> values.after(skipped, all)), edits);
                next = row + 1;
            }
        }
        return edits;
    }

    private BitSet find(Group group) {
        BitSet found = new BitSet();
        try (ParquetPages pages = new ParquetPages(reads, group, keys.schema())) {
            RecordReader<Boolean> all = reader(keys.schema(), pages, keys);
            for (int row = 0; row < group.rows(); row++) {
                found.set(row, all.read());
            }
        }
        return found;
    }

    private <T> RecordReader<T> reader(MessageType columns, ParquetPages pages, RecordMaterializer<T> values) {
        return new ColumnIOFactory(footer.createdBy())
                .getColumnIO(columns, footer.schema())
                .getRecordReader(pages, values);
    }

    private void judge(int row, Map<String, Object> values, ParquetEdits edits) throws UnreadableFileException {
        RowVerdict verdict = judge.of(values);
        if (verdict.isDeleted()) {
            edits.delete(row);
        } else if (!verdict.replaced().isEmpty()) {
            try {
                edits.mask(row, masks.of(verdict.replaced()));
            } catch (ParquetDamageException e) {
                throw new UnreadableFileException(e.getMessage(), rows + row);
            }
            masked++;
        }
    }

    private Void pass(Group group, RowGroup old, ParquetEdits edits) throws IOException {
        List<ColumnDescriptor> columns = footer.schema().getColumns();
        try (ParquetPages pages = new ParquetPages(reads, group, footer.schema())) {
            for (int i = 0; i < columns.size(); i++) {
                ColumnDescriptor column = columns.get(i);
                List<String> path = List.of(column.getPath());
                ParquetColumnPass pass =
                        new ParquetColumnPass(column, pages.getPageReader(column), footer.createdBy(), edits);
                boolean isNew = copy != null && edits.change(path);
                NewChunk chunk =
                        isNew ? copy.new NewChunk(column, old.getColumns().get(i), pass.dictionary()) : null;
                pass.run(digest.of(column), isNew ? chunk.writer() : null, group.rows());
                if (isNew) {
                    chunk.finish();
                } else if (copy != null) {
                    copy.copy(old.getColumns().get(i), group.chunks().get(path));
                }
            }
        }
        if (copy != null) {
            copy.endGroup(
                    old,
                    group.rows() - edits.deleted(),
                    i -> !edits.masks(List.of(columns.get(i).getPath())).isEmpty());
        }
        return null;
    }

    private interface Decoding<T> {
        T run() throws IOException;
    }

    /** What the stores fail with goes up. */
    private <T> T decode(Decoding<T> decoding) throws UnreadableFileException, IOException {
        try {
            return decoding.run();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            reads.rethrow();
            if (target != null) {
                target.rethrow();
            }
            throw new UnreadableFileException(ParquetDamageException.reason(e), reads.position(), rows);
        }
    }
}
