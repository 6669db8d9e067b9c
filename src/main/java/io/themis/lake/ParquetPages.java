package io.themis.lake;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.themis.lake.ParquetFooter.Chunk;
import io.themis.lake.ParquetFooter.Group;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.MessageType;

/**
 * The pages of some columns of one row group, each read when the decoder comes to it: in memory are a page and a dictionary
 * a column, and {@value #BUFFERS} bytes of buffers. parquet-hadoop's own reader holds the whole row group, and needs
 * Hadoop.
 */
final class ParquetPages implements PageReadStore {

    /** For all columns together: what has arrived, and as much again that is on its way. */
    private static final int BUFFERS = 32 << 20;

    private static final int LARGEST_READ = 4 << 20;
    private static final int SMALLEST_READ = 64 << 10;

    /** Columns that are begun before the decoder comes to them. */
    private static final int AHEAD = 3;

    /** Writers make pages of 1 MB, some of up to 100 MB; what is larger is more likely damage than data. */
    private static final int LARGEST_PAGE = 256 << 20;

    private final ParquetReads file;
    private final Group group;
    private final Map<List<String>, Column> columns = new LinkedHashMap<>();

    ParquetPages(ParquetReads file, Group group, MessageType columns) {
        this.file = file;
        this.group = group;
        int count = columns.getColumns().size();
        int readLength = Math.max(SMALLEST_READ, Math.min(LARGEST_READ, BUFFERS / 2 / count));
        for (ColumnDescriptor column : columns.getColumns()) {
            List<String> path = List.of(column.getPath());
            this.columns.put(path, new Column(group.chunks().get(path), readLength));
        }
    }

    @Override
    public PageReader getPageReader(ColumnDescriptor column) {
        return columns.get(List.of(column.getPath()));
    }

    @Override
    public long getRowCount() {
        return group.rows();
    }

    /** Gives up the reads under way. */
    @Override
    public void close() {
        columns.values().forEach(column -> column.bytes.giveUp());
    }

    private void beginNext(Column column) {
        List<Column> all = new ArrayList<>(columns.values());
        int from = all.indexOf(column) + 1;
        all.subList(from, Math.min(all.size(), from + AHEAD)).forEach(next -> next.bytes.begin());
    }

    private final class Column implements PageReader {

        private final Chunk chunk;
        private final ChunkBytes bytes;
        private PageHeader next;
        private long values;

        private Column(Chunk chunk, int readLength) {
            this.chunk = chunk;
            bytes = new ChunkBytes(file, chunk, readLength, () -> beginNext(this));
        }

        @Override
        public long getTotalValueCount() {
            return chunk.values();
        }

        @Override
        public DictionaryPage readDictionaryPage() {
            try {
                PageHeader header = header();
                if (!header.isSetDictionary_page_header()) {
                    next = header;
                    return null;
                }
                DictionaryPageHeader dictionary = header.getDictionary_page_header();
                return new DictionaryPage(
                        BytesInput.from(plain(body(header), header.getUncompressed_page_size())),
                        dictionary.getNum_values(),
                        encoding(dictionary.getEncoding()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public DataPage readPage() {
            try {
                while (values < chunk.values()) {
                    PageHeader header = next == null ? header() : next;
                    next = null;
                    byte[] body = body(header);
                    DataPage page = header.isSetData_page_header()
                            ? first(header, body)
                            : header.isSetData_page_header_v2() ? second(header, body) : null;
                    if (page != null) {
                        values += page.getValueCount();
                        return counted(page);
                    }
                }
                return null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private PageHeader header() throws IOException {
            file.at(bytes.position());
            return Util.readPageHeader(bytes);
        }

        private byte[] body(PageHeader header) throws IOException {
            int length = header.getCompressed_page_size();
            if (length < 0 || length > bytes.left()) {
                throw new ParquetDamageException("a page of the file is longer than its column");
            }
            if (length > LARGEST_PAGE || header.getUncompressed_page_size() > LARGEST_PAGE) {
                throw new ParquetDamageException("the file has a page of more than %d bytes".formatted(LARGEST_PAGE));
            }
            byte[] body = bytes.readNBytes(length);
            if (header.isSetCrc()) {
                CRC32 sum = new CRC32();
                sum.update(body);
                if ((int) sum.getValue() != header.getCrc()) {
                    throw new ParquetDamageException("a page of the file does not have its checksum");
                }
            }
            return body;
        }

        private DataPage first(PageHeader header, byte[] body) throws IOException {
            DataPageHeader page = header.getData_page_header();
            return new DataPageV1(
                    BytesInput.from(plain(body, header.getUncompressed_page_size())),
                    page.getNum_values(),
                    header.getUncompressed_page_size(),
                    null,
                    encoding(page.getRepetition_level_encoding()),
                    encoding(page.getDefinition_level_encoding()),
                    encoding(page.getEncoding()));
        }

        /** Its levels are never compressed. */
        private DataPage second(PageHeader header, byte[] body) throws IOException {
            DataPageHeaderV2 page = header.getData_page_header_v2();
            int repetition = page.getRepetition_levels_byte_length();
            int levels = Math.addExact(repetition, page.getDefinition_levels_byte_length());
            byte[] data = new ByteArrayInputStream(body, levels, body.length - levels).readAllBytes();
            boolean isPlain = !page.isIs_compressed() || data.length == 0;
            return DataPageV2.uncompressed(
                    page.getNum_rows(),
                    page.getNum_nulls(),
                    page.getNum_values(),
                    BytesInput.from(body, 0, repetition),
                    BytesInput.from(body, repetition, levels - repetition),
                    encoding(page.getEncoding()),
                    BytesInput.from(isPlain ? data : plain(data, header.getUncompressed_page_size() - levels)),
                    null);
        }

        private DataPage counted(DataPage page) {
            if (page.getValueCount() < 0 || values > chunk.values()) {
                throw new ParquetDamageException("a column of the file has more values than the footer says");
            }
            return page;
        }

        private byte[] plain(byte[] body, int length) throws IOException {
            if (chunk.codec() == CompressionCodec.UNCOMPRESSED) {
                return body;
            }
            if (chunk.codec() == CompressionCodec.GZIP) {
                try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
                    return whole(unzipped.readNBytes(length), length);
                }
            }
            byte[] plain = new byte[length];
            int written = decompressor(chunk.codec()).decompress(body, 0, body.length, plain, 0, length);
            return whole(written == length ? plain : new byte[0], length);
        }
    }

    /** The libraries' own wrappers need native code that is unpacked into the temporary folder. */
    private static Decompressor decompressor(CompressionCodec codec) {
        return switch (codec) {
            case SNAPPY -> new SnappyDecompressor();
            case ZSTD -> new ZstdDecompressor();
            case LZ4_RAW -> new Lz4Decompressor();
            default -> throw new IllegalArgumentException(codec.name());
        };
    }

    private static byte[] whole(byte[] plain, int length) {
        if (plain.length != length) {
            throw new ParquetDamageException("a page of the file is shorter than it says");
        }
        return plain;
    }

    private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
        return Encoding.valueOf(encoding.name());
    }
}
