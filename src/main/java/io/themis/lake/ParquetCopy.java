package io.themis.lake;

import io.themis.lake.ParquetFooter.Chunk;
import io.themis.lake.ParquetFooter.Range;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SortingColumn;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;

/**
 * The new file: columns of row groups, each copied byte for byte or written anew, bloom filters after their row group, then the indexes and
 * the footer. What the footer says of the whole file stays as it was written, as does the name of its writer: by that, readers know the
 * faults of the bytes that are copied.
 *
 * <p>An index or bloom filter that can't be found in the old file is left out, as nothing but the speed of a search depends on it.
 */
final class ParquetCopy {

    private static final int COPIED_AT_ONCE = 4 << 20;

    /** What is longer is more likely damage than an index. */
    private static final int LONGEST_INDEX = 64 << 20;

    private final ParquetReads file;
    private final FileMetaData stated;
    private final ParquetTarget target;
    private final List<RowGroup> groups = new ArrayList<>();
    private final List<Indexes> indexes = new ArrayList<>();
    private final List<Filter> filters = new ArrayList<>();
    private List<ColumnChunk> chunks = new ArrayList<>();

    /** Writes the indexes of one column of one row group, at the end of the file. */
    private interface Indexes {
        void write() throws IOException;
    }

    /** Writes a bloom filter, at the end of its row group. */
    private interface Filter {
        void write() throws IOException;
    }

    ParquetCopy(ParquetReads file, FileMetaData stated, ParquetTarget target) throws IOException {
        this.file = file;
        this.stated = stated;
        this.target = target;
        writeMagic();
    }

    private void writeMagic() throws IOException {
        target.write(ParquetFooter.MAGIC.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next column of the row group, as it is. */
    void copy(ColumnChunk old, Chunk place) throws IOException {
        long moved = target.position() - place.from();
        copy(new Range(place.from(), place.to() - place.from()));
        ColumnChunk chunk = old.deepCopy();
        ColumnMetaData data = chunk.getMeta_data();
        data.setData_page_offset(data.getData_page_offset() + moved);
        if (data.isSetDictionary_page_offset() && data.getDictionary_page_offset() > 0) {
            data.setDictionary_page_offset(data.getDictionary_page_offset() + moved);
        }
        data.unsetIndex_page_offset();
        Range filter = filter(old.getMeta_data());
        if (filter != null) {
            filters.add(() -> {
                data.setBloom_filter_offset(target.position());
                data.setBloom_filter_length((int) filter.length());
                copy(filter);
            });
        }
        add(chunk);
        indexes.add(() -> copyIndexes(old, chunk, moved));
    }

    private void add(ColumnChunk chunk) {
        chunk.getMeta_data().unsetBloom_filter_offset();
        chunk.getMeta_data().unsetBloom_filter_length();
        chunk.unsetColumn_index_offset();
        chunk.unsetColumn_index_length();
        chunk.unsetOffset_index_offset();
        chunk.unsetOffset_index_length();
        if (chunk.getFile_offset() > 0) {
            chunk.setFile_offset(start(chunk.getMeta_data()));
        }
        chunks.add(chunk);
    }

    private static long start(ColumnMetaData data) {
        return data.isSetDictionary_page_offset() && data.getDictionary_page_offset() > 0
                ? Math.min(data.getDictionary_page_offset(), data.getData_page_offset())
                : data.getData_page_offset();
    }

    /** Some writers do not state the length of a filter, but its own header does. */
    private Range filter(ColumnMetaData data) throws IOException {
        if (!data.isSetBloom_filter_offset()) {
            return null;
        }
        long from = data.getBloom_filter_offset();
        if (data.isSetBloom_filter_length()) {
            return inFile(from, data.getBloom_filter_length());
        }
        Range start = inFile(from, Math.min(ParquetBloomFilter.FIRST_READ, file.length() - from));
        if (start == null) {
            return null;
        }
        ByteArrayInputStream bytes = new ByteArrayInputStream(file.read(from, (int) start.length()));
        try {
            int length = Util.readBloomFilterHeader(bytes).getNumBytes();
            return inFile(from, start.length() - bytes.available() + (long) length);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** Null if it is not. */
    private Range inFile(long from, long length) {
        return from < 0 || length <= 0 || length > file.length() - from ? null : new Range(from, length);
    }

    private void copy(Range range) throws IOException {
        Chunk bytes = new Chunk(range.from(), range.from() + range.length(), 0, null, null, null);
        new ChunkBytes(file, bytes, COPIED_AT_ONCE, () -> {}).transferTo(target);
    }

    /** Pages are where they were in the column, and hold the same rows. */
    private void copyIndexes(ColumnChunk old, ColumnChunk chunk, long moved) throws IOException {
        Range columnIndex = inFile(old.getColumn_index_offset(), old.getColumn_index_length());
        Range offsetIndex = inFile(old.getOffset_index_offset(), old.getOffset_index_length());
        if (offsetIndex == null || offsetIndex.length() > LONGEST_INDEX) {
            return;
        }
        byte[] bytes = file.read(offsetIndex.from(), (int) offsetIndex.length());
        OffsetIndex pages;
        try {
            pages = Util.readOffsetIndex(new ByteArrayInputStream(bytes));
        } catch (IOException | RuntimeException e) {
            return;
        }
        pages.getPage_locations().forEach(page -> page.setOffset(page.getOffset() + moved));
        if (columnIndex != null) {
            chunk.setColumn_index_offset(target.position());
            chunk.setColumn_index_length((int) columnIndex.length());
            copy(columnIndex);
        }
        write(pages, chunk);
    }

    private void write(OffsetIndex pages, ColumnChunk chunk) throws IOException {
        chunk.setOffset_index_offset(target.position());
        Util.writeOffsetIndex(pages, target);
        chunk.setOffset_index_length((int) (target.position() - chunk.getOffset_index_offset()));
    }

    /** The next column of the row group, written anew. */
    final class NewChunk {

        private final ColumnChunk old;
        private final BlockSplitBloomFilter filter;
        private final ParquetChunkWriter writer;

        /** @param dictionary of the column as it was; null if it had none */
        NewChunk(ColumnDescriptor column, ColumnChunk old, DictionaryPage dictionary) throws IOException {
            this.old = old;
            filter = emptyFilter(old.getMeta_data());
            writer = new ParquetChunkWriter(column, old.getMeta_data().getCodec(), dictionary, filter, target);
        }

        ParquetChunkWriter writer() {
            return writer;
        }

        void finish() throws IOException {
            ColumnChunk chunk = old.deepCopy();
            ColumnMetaData data = writer.finish(old.getMeta_data());
            chunk.setMeta_data(data);
            add(chunk);
            if (filter != null) {
                filters.add(() -> {
                    data.setBloom_filter_offset(target.position());
                    Util.writeBloomFilterHeader(ParquetMetadataConverter.toBloomFilterHeader(filter), target);
                    filter.writeTo(target);
                    data.setBloom_filter_length((int) (target.position() - data.getBloom_filter_offset()));
                });
            }
            if (old.isSetOffset_index_offset()) {
                OffsetIndex pages = writer.offsetIndex();
                Optional<ColumnIndex> bounds = old.isSetColumn_index_offset() ? writer.columnIndex() : Optional.empty();
                indexes.add(() -> writeIndexes(bounds, pages, chunk));
            }
        }
    }

    private void writeIndexes(Optional<ColumnIndex> bounds, OffsetIndex pages, ColumnChunk chunk) throws IOException {
        if (bounds.isPresent()) {
            chunk.setColumn_index_offset(target.position());
            Util.writeColumnIndex(bounds.get(), target);
            chunk.setColumn_index_length((int) (target.position() - chunk.getColumn_index_offset()));
        }
        write(pages, chunk);
    }

    /** Of the size of the old one. Null if that is none that the library can write. */
    private BlockSplitBloomFilter emptyFilter(ColumnMetaData data) throws IOException {
        Range range = filter(data);
        if (range == null) {
            return null;
        }
        byte[] start = file.read(range.from(), (int) Math.min(range.length(), ParquetBloomFilter.FIRST_READ));
        try {
            BloomFilterHeader header = Util.readBloomFilterHeader(new ByteArrayInputStream(start));
            BlockSplitBloomFilter filter = new BlockSplitBloomFilter(header.getNumBytes());
            return header.getAlgorithm().isSetBLOCK()
                            && header.getHash().isSetXXHASH()
                            && header.getCompression().isSetUNCOMPRESSED()
                            && header.getNumBytes() <= range.length()
                    ? filter
                    : null;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /**
     * @param rows that are left in it, at least one
     * @param changed tells of a column, by its place in the schema, whether values in it were replaced
     */
    void endGroup(RowGroup old, long rows, IntPredicate changed) throws IOException {
        for (Filter filter : filters) {
            filter.write();
        }
        filters.clear();
        RowGroup group = new RowGroup()
                .setColumns(chunks)
                .setNum_rows(rows)
                .setTotal_byte_size(chunks.stream()
                        .mapToLong(chunk -> chunk.getMeta_data().getTotal_uncompressed_size())
                        .sum());
        if (old.isSetSorting_columns()) {
            group.setSorting_columns(sorting(old.getSorting_columns(), changed));
        }
        if (old.isSetFile_offset()) {
            group.setFile_offset(start(chunks.get(0).getMeta_data()));
        }
        if (old.isSetTotal_compressed_size()) {
            group.setTotal_compressed_size(chunks.stream()
                    .mapToLong(chunk -> chunk.getMeta_data().getTotal_compressed_size())
                    .sum());
        }
        if (old.isSetOrdinal()) {
            group.setOrdinal((short) groups.size());
        }
        groups.add(group);
        chunks = new ArrayList<>();
    }

    /** Rows are still in the order of the columns before the first that was changed. */
    private static List<SortingColumn> sorting(List<SortingColumn> old, IntPredicate changed) {
        return old.stream()
                .takeWhile(column -> !changed.test(column.getColumn_idx()))
                .toList();
    }

    void finish() throws IOException {
        for (Indexes each : indexes) {
            each.write();
        }
        FileMetaData footer = stated.deepCopy()
                .setRow_groups(groups)
                .setNum_rows(groups.stream().mapToLong(RowGroup::getNum_rows).sum());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Util.writeFileMetaData(footer, bytes);
        target.write(bytes.toByteArray());
        target.write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.size())
                .array());
        writeMagic();
    }
}
