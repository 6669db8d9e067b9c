package io.themis.lake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.schema.MessageType;

/**
 * What a Parquet file says of itself at its end. Each number in it is held against the file before anything is read or
 * allocated by it.
 *
 * @param createdBy the writer, as some had bugs that readers know
 */
record ParquetFooter(MessageType schema, String createdBy, List<Group> groups) {

    static final String MAGIC = "PAR1";
    private static final String ENCRYPTED_MAGIC = "PARE";

    /** Has the usual order of each type, and does not say so. */
    private static final String DUCKDB = "DuckDB version";

    private static final int TAIL = 8;
    private static final int USUAL_LENGTH = 1 << 16;

    /** A thousand columns in a thousand row groups take some 100 MB. */
    private static final int MOST_LENGTH = 128 << 20;

    private static final Set<CompressionCodec> CODECS = Set.of(
            CompressionCodec.UNCOMPRESSED,
            CompressionCodec.SNAPPY,
            CompressionCodec.GZIP,
            CompressionCodec.ZSTD,
            CompressionCodec.LZ4_RAW);

    /** A row group: a run of the file's rows, column after column. */
    record Group(int rows, Map<List<String>, Chunk> chunks) {}

    /**
     * One column of one row group.
     *
     * @param statistics null if there are none
     * @param bloomFilter null if there is none
     */
    record Chunk(long from, long to, long values, CompressionCodec codec, Statistics statistics, Range bloomFilter) {}

    /** Bytes of the file. */
    record Range(long from, long length) {}

    static ParquetFooter read(ParquetReads file) throws IOException {
        byte[] footer = bytes(file);
        return of(Util.readFileMetaData(new ByteArrayInputStream(footer)), file.length() - TAIL - footer.length);
    }

    /** All that the footer says, as it is written. Nothing of it is held against the file. */
    static FileMetaData stated(ParquetReads file) throws IOException {
        return Util.readFileMetaData(new ByteArrayInputStream(bytes(file)));
    }

    private static byte[] bytes(ParquetReads file) throws IOException {
        long length = file.length();
        if (length == 0) {
            throw new ParquetDamageException("the file is empty");
        }
        if (length < MAGIC.length() + TAIL) {
            throw new ParquetDamageException("the file is no Parquet file");
        }
        int tailLength = (int) Math.min(length, USUAL_LENGTH);
        byte[] tail = file.read(length - tailLength, tailLength);
        String magic = new String(tail, tailLength - MAGIC.length(), MAGIC.length(), StandardCharsets.ISO_8859_1);
        if (magic.equals(ENCRYPTED_MAGIC)) {
            throw new ParquetDamageException("the file is encrypted");
        }
        if (!magic.equals(MAGIC)) {
            throw new ParquetDamageException("the file does not end as a Parquet file does");
        }
        long footerLength = Integer.toUnsignedLong(
                ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt(tailLength - TAIL));
        long footerStart = length - TAIL - footerLength;
        if (footerStart < MAGIC.length()) {
            throw new ParquetDamageException("the file is shorter than it says at its end");
        }
        if (footerLength > MOST_LENGTH) {
            throw new ParquetDamageException("the file's footer is longer than %d bytes".formatted(MOST_LENGTH));
        }
        file.at(footerStart);
        if (footerLength + TAIL > tailLength) {
            tail = file.read(footerStart, (int) footerLength + TAIL);
        }
        int from = tail.length - TAIL - (int) footerLength;
        return Arrays.copyOfRange(tail, from, tail.length - TAIL);
    }

    private static ParquetFooter of(FileMetaData footer, long footerStart) throws IOException {
        List<RowGroup> rowGroups = footer.getRow_groups();
        // Only the schema is asked of the converter: what else it makes of a footer needs libraries that are not here
        MessageType schema = new ParquetMetadataConverter()
                .fromParquetMetadata(footer.setRow_groups(List.of()))
                .getFileMetaData()
                .getSchema();
        List<ColumnDescriptor> columns = columns(schema);
        boolean isDuckDb = footer.isSetCreated_by() && footer.getCreated_by().startsWith(DUCKDB);
        if (!footer.isSetColumn_orders() && !isDuckDb) {
            rowGroups.forEach(ParquetFooter::forgetUnorderedBounds);
        }
        List<Group> groups = new ArrayList<>();
        long rows = 0;
        for (RowGroup rowGroup : rowGroups) {
            groups.add(group(rowGroup, columns, footerStart));
            rows += rowGroup.getNum_rows();
        }
        if (rows != footer.getNum_rows()) {
            throw contradiction();
        }
        return new ParquetFooter(schema, footer.getCreated_by(), groups);
    }

    /** Without an order of its column nobody knows what is less than what; the converter takes the usual one. */
    private static void forgetUnorderedBounds(RowGroup group) {
        for (ColumnChunk chunk : group.getColumns()) {
            if (chunk.isSetMeta_data() && chunk.getMeta_data().isSetStatistics()) {
                chunk.getMeta_data().getStatistics().unsetMin_value();
                chunk.getMeta_data().getStatistics().unsetMax_value();
            }
        }
    }

    private static List<ColumnDescriptor> columns(MessageType schema) {
        List<ColumnDescriptor> columns = schema.getColumns();
        Set<List<String>> paths = new HashSet<>();
        if (!columns.stream().allMatch(column -> paths.add(List.of(column.getPath())))) {
            throw new ParquetDamageException("two columns of the file have the same name");
        }
        return columns;
    }

    private static Group group(RowGroup group, List<ColumnDescriptor> columns, long footerStart) {
        if (group.getNum_rows() < 0
                || group.getNum_rows() >= Integer.MAX_VALUE
                || group.getColumnsSize() != columns.size()) {
            throw contradiction();
        }
        Map<List<String>, Chunk> chunks = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            ColumnChunk column = group.getColumns().get(i);
            chunks.put(List.of(columns.get(i).getPath()), chunk(column, columns.get(i), group, footerStart));
        }
        return new Group((int) group.getNum_rows(), chunks);
    }

    private static Chunk chunk(ColumnChunk chunk, ColumnDescriptor column, RowGroup group, long footerStart) {
        if (chunk.isSetCrypto_metadata() || !chunk.isSetMeta_data()) {
            throw new ParquetDamageException("columns of the file are encrypted");
        }
        if (chunk.isSetFile_path()) {
            throw new ParquetDamageException("columns of the file are in other files");
        }
        ColumnMetaData data = chunk.getMeta_data();
        if (!CODECS.contains(data.getCodec())) {
            throw new ParquetDamageException(
                    "the file is compressed with %s, which is not read".formatted(data.getCodec()));
        }
        long from = data.getData_page_offset();
        if (data.isSetDictionary_page_offset() && data.getDictionary_page_offset() > 0) {
            from = Math.min(from, data.getDictionary_page_offset());
        }
        long length = data.getTotal_compressed_size();
        boolean isFlat = column.getMaxRepetitionLevel() == 0;
        if (from < MAGIC.length()
                || length < 0
                || length > footerStart - from
                || data.getNum_values() < group.getNum_rows()
                || isFlat && data.getNum_values() != group.getNum_rows()
                || !data.getPath_in_schema().equals(List.of(column.getPath()))
                || !typeName(data.getType())
                        .equals(column.getPrimitiveType().getPrimitiveTypeName().name())) {
            throw contradiction();
        }
        Range bloomFilter = data.isSetBloom_filter_length()
                ? range(data.getBloom_filter_offset(), data.getBloom_filter_length(), footerStart)
                : null;
        return new Chunk(from, from + length, data.getNum_values(), data.getCodec(), data.getStatistics(), bloomFilter);
    }

    /** Null if it is not in the file. */
    private static Range range(long from, long length, long footerStart) {
        return from < MAGIC.length() || length <= 0 || length > footerStart - from ? null : new Range(from, length);
    }

    private static String typeName(Type type) {
        return type == Type.BYTE_ARRAY ? "BINARY" : String.valueOf(type);
    }

    private static ParquetDamageException contradiction() {
        return new ParquetDamageException("the file's footer contradicts itself or the file");
    }
}
