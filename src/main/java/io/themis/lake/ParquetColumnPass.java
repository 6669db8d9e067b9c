package io.themis.lake;

import io.themis.lake.ParquetMasks.Mask;
import java.util.List;
import java.util.Map;
import org.apache.parquet.VersionParser;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.VersionParser.VersionParseException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Goes through one column of one row group, and hands on its triples as the edits leave them. */
final class ParquetColumnPass {

    private final ColumnDescriptor column;
    private final Pages pages;
    private final ColumnReader reader;
    private final ParquetEdits edits;

    /** Remembers what the column reader was given last. */
    private static final class Pages implements PageReader {

        private final PageReader pages;
        private DictionaryPage dictionary;
        private DataPage page;

        private Pages(PageReader pages) {
            this.pages = pages;
        }

        @Override
        public DictionaryPage readDictionaryPage() {
            dictionary = pages.readDictionaryPage();
            return dictionary;
        }

        @Override
        public long getTotalValueCount() {
            return pages.getTotalValueCount();
        }

        @Override
        public DataPage readPage() {
            page = pages.readPage();
            if (page == null) {
                throw new ParquetDamageException("a column of the file has fewer values than the footer says");
            }
            return page;
        }
    }

    ParquetColumnPass(ColumnDescriptor column, PageReader pages, String createdBy, ParquetEdits edits) {
        this.column = column;
        this.pages = new Pages(pages);
        this.edits = edits;
        reader = new ColumnReaderImpl(column, this.pages, new PrimitiveConverter() {}, version(createdBy));
    }

    /** Null if it can't be told. */
    private static ParsedVersion version(String createdBy) {
        try {
            return VersionParser.parse(createdBy);
        } catch (VersionParseException | RuntimeException e) {
            return null;
        }
    }

    /** Null if the column has none. */
    DictionaryPage dictionary() {
        return pages.dictionary;
    }

    /**
     * @param digest gets every triple
     * @param writer gets the same, or is null
     * @param rows that there must be
     */
    void run(TripleSink digest, ParquetChunkWriter writer, int rows) {
        Map<Integer, Mask> masks = edits.masks(List.of(column.getPath()));
        int row = -1;
        boolean isDeleted = false;
        Mask mask = null;
        for (long left = reader.getTotalValueCount(); left > 0; left--) {
            int repetition = reader.getCurrentRepetitionLevel();
            int definition = reader.getCurrentDefinitionLevel();
            if (repetition == 0) {
                row++;
                isDeleted = edits.isDeleted(row);
                mask = masks.get(row);
                if (writer != null && !isDeleted) {
                    writer.beginRow(pages.page);
                }
            } else if (row < 0) {
                throw new ParquetDamageException("a column of the file does not begin with a row");
            }
            boolean isMasked = mask != null && definition >= mask.level();
            if (isDeleted || isMasked) {
                if (definition == column.getMaxDefinitionLevel()) {
                    reader.skip();
                }
                if (!isDeleted && repetition == 0) {
                    replace(mask, digest);
                    if (writer != null) {
                        replace(mask, writer);
                    }
                }
            } else {
                copy(repetition, definition, digest);
                if (writer != null) {
                    copy(repetition, definition, writer);
                }
            }
            reader.consume();
        }
        if (row + 1 != rows) {
            throw new ParquetDamageException("a column of the file has another number of rows than the footer says");
        }
    }

    private void replace(Mask mask, TripleSink sink) {
        int definition = column.getMaxDefinitionLevel();
        if (mask.stored() == null) {
            sink.empty(0, mask.level());
        } else if (mask.stored() instanceof Boolean value) {
            sink.value(0, definition, (boolean) value);
        } else if (mask.stored() instanceof Integer value) {
            sink.value(0, definition, (int) value);
        } else if (mask.stored() instanceof Long value) {
            sink.value(0, definition, (long) value);
        } else if (mask.stored() instanceof Float value) {
            sink.value(0, definition, (float) value);
        } else if (mask.stored() instanceof Double value) {
            sink.value(0, definition, (double) value);
        } else {
            sink.value(0, definition, (Binary) mask.stored());
        }
    }

    private void copy(int repetition, int definition, TripleSink sink) {
        if (definition < column.getMaxDefinitionLevel()) {
            sink.empty(repetition, definition);
            return;
        }
        switch (column.getPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> sink.value(repetition, definition, reader.getBoolean());
            case INT32 -> sink.value(repetition, definition, reader.getInteger());
            case INT64 -> sink.value(repetition, definition, reader.getLong());
            case FLOAT -> sink.value(repetition, definition, reader.getFloat());
            case DOUBLE -> sink.value(repetition, definition, reader.getDouble());
            case INT96, BINARY, FIXED_LEN_BYTE_ARRAY -> sink.value(repetition, definition, reader.getBinary());
        }
    }
}
