package io.themis.lake;

import io.airlift.compress.Compressor;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/**
 * Parquet files for the tests of a class, written and read by two that share no code with the search: DuckDB, and parquet-java's
 * example.
 */
final class ParquetFiles implements BeforeAllCallback, AfterAllCallback {

    private Path folder;
    private Connection duckDb;
    private int count;

    @Override
    public void beforeAll(ExtensionContext context) throws SQLException, IOException {
        folder = Files.createTempDirectory("parquet");
        duckDb = DriverManager.getConnection("jdbc:duckdb:");
        execute("SET TimeZone = 'UTC'");
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = duckDb.createStatement()) {
            statement.execute(sql);
        }
    }

    /** @param options of DuckDB's COPY, such as {@code CODEC 'zstd'} */
    byte[] duckDb(String query, String... options) throws SQLException, IOException {
        Path file = next();
        execute("COPY (%s) TO '%s' (FORMAT parquet%s)"
                .formatted(query, file, options.length == 0 ? "" : ", " + String.join(", ", options)));
        return content(file);
    }

    private Path next() {
        return folder.resolve(++count + ".parquet");
    }

    private static byte[] content(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.delete(file);
        return content;
    }

    /** @param rows each fills one row */
    byte[] example(String schema, WriterVersion version, int pageRows, List<Consumer<Group>> rows) throws IOException {
        return example(schema, version, pageRows, null, rows);
    }

    /** @param encryption null for none */
    byte[] example(
            String schema,
            WriterVersion version,
            int pageRows,
            FileEncryptionProperties encryption,
            List<Consumer<Group>> rows)
            throws IOException {
        return example(
                schema,
                writer -> writer.withWriterVersion(version)
                        .withStatisticsEnabled(false)
                        .withPageRowCountLimit(pageRows)
                        .withEncryption(encryption),
                rows);
    }

    /** @param options of the writer */
    byte[] example(String schema, Consumer<ExampleParquetWriter.Builder> options, List<Consumer<Group>> rows)
            throws IOException {
        MessageType type = MessageTypeParser.parseMessageType(schema);
        Path file = next();
        ExampleParquetWriter.Builder builder = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withConf(new PlainParquetConfiguration())
                .withType(type)
                .withCodecFactory(new Codecs())
                .withCompressionCodec(CompressionCodecName.UNCOMPRESSED);
        options.accept(builder);
        try (ParquetWriter<Group> writer = builder.build()) {
            for (Consumer<Group> row : rows) {
                Group group = new SimpleGroup(type);
                row.accept(group);
                writer.write(group);
            }
        }
        return content(file);
    }

    /** The rows of a file that the filter lets through, by the example's reader. It looks at statistics, bloom filters and indexes. */
    List<Group> rows(byte[] file, FilterCompat.Filter filter) throws IOException {
        Path path = Files.write(next(), file);
        List<Group> rows = new ArrayList<>();
        try (ParquetReader<Group> reader =
                new ParquetReader.Builder<Group>(new LocalInputFile(path), new PlainParquetConfiguration()) {
                    @Override
                    protected ReadSupport<Group> getReadSupport() {
                        return new GroupReadSupport();
                    }
                }.withCodecFactory(new Codecs())
                        .usePageChecksumVerification()
                        .withFilter(filter)
                        .build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                rows.add(row);
            }
        }
        Files.delete(path);
        return rows;
    }

    /** @param sql has {@code FILE} where the file is read; its first row's first value is the answer */
    String askDuckDb(String sql, byte[] file) throws SQLException, IOException {
        Path path = Files.write(next(), file);
        try (Statement statement = duckDb.createStatement();
                ResultSet answer = statement.executeQuery(sql.replace("FILE", "'" + path + "'"))) {
            answer.next();
            return answer.getString(1);
        } finally {
            Files.delete(path);
        }
    }

    /** The same file, of which the footer says nothing that isn't needed to read it. */
    static byte[] withoutNotes(byte[] file) throws IOException {
        return withFooter(
                file,
                footer -> footer.getRow_groups()
                        .forEach(group -> group.getColumns().forEach(column -> {
                            column.unsetColumn_index_offset();
                            column.unsetColumn_index_length();
                            column.unsetOffset_index_offset();
                            column.unsetOffset_index_length();
                            column.getMeta_data().unsetStatistics();
                            column.getMeta_data().unsetBloom_filter_offset();
                            column.getMeta_data().unsetBloom_filter_length();
                        })));
    }

    /** The same file with another footer. */
    static byte[] withFooter(byte[] file, Consumer<FileMetaData> change) throws IOException {
        int from = footerStart(file);
        FileMetaData footer = footer(file);
        change.accept(footer);
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        Util.writeFileMetaData(footer, changed);
        return ByteBuffer.allocate(from + changed.size() + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(file, 0, from)
                .put(changed.toByteArray())
                .putInt(changed.size())
                .put(file, file.length - 4, 4)
                .array();
    }

    static FileMetaData footer(byte[] file) throws IOException {
        int from = footerStart(file);
        return Util.readFileMetaData(new ByteArrayInputStream(file, from, file.length - from));
    }

    private static int footerStart(byte[] file) {
        return file.length
                - 8
                - ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
    }

    @Override
    public void afterAll(ExtensionContext context) throws SQLException, IOException {
        duckDb.close();
        FileSystemUtils.deleteRecursively(folder);
    }

    /** As Hadoop's own would need all of Hadoop. */
    private static final class Codecs implements CompressionCodecFactory {

        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return new BytesInputCompressor() {
                @Override
                public BytesInput compress(BytesInput bytes) throws IOException {
                    return BytesInput.from(compressed(codec, bytes.toByteArray()));
                }

                @Override
                public CompressionCodecName getCodecName() {
                    return codec;
                }

                @Override
                public void release() {}
            };
        }

        private static byte[] compressed(CompressionCodecName codec, byte[] plain) throws IOException {
            return switch (codec) {
                case UNCOMPRESSED -> plain;
                case GZIP -> {
                    ByteArrayOutputStream packed = new ByteArrayOutputStream();
                    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                        gzip.write(plain);
                    }
                    yield packed.toByteArray();
                }
                case SNAPPY -> compressed(new SnappyCompressor(), plain);
                case ZSTD -> compressed(new ZstdCompressor(), plain);
                case LZ4_RAW -> compressed(new Lz4Compressor(), plain);
                default -> throw new IllegalArgumentException(codec.name());
            };
        }

        private static byte[] compressed(Compressor compressor, byte[] plain) {
            byte[] packed = new byte[compressor.maxCompressedLength(plain.length)];
            int length = compressor.compress(plain, 0, plain.length, packed, 0, packed.length);
            return Arrays.copyOf(packed, length);
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            return new BytesInputDecompressor() {
                @Override
                public BytesInput decompress(BytesInput bytes, int length) throws IOException {
                    return BytesInput.from(plain(codec, bytes.toByteArray(), length));
                }

                @Override
                public void decompress(ByteBuffer packed, int packedLength, ByteBuffer plain, int length) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void release() {}
            };
        }

        private static byte[] plain(CompressionCodecName codec, byte[] packed, int length) throws IOException {
            byte[] plain = new byte[length];
            switch (codec) {
                case UNCOMPRESSED -> plain = packed;
                case GZIP -> plain = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
                case SNAPPY -> new SnappyDecompressor().decompress(packed, 0, packed.length, plain, 0, length);
                case ZSTD -> new ZstdDecompressor().decompress(packed, 0, packed.length, plain, 0, length);
                case LZ4_RAW -> new Lz4Decompressor().decompress(packed, 0, packed.length, plain, 0, length);
                default -> throw new IllegalArgumentException(codec.name());
            }
            return plain;
        }

        @Override
        public void release() {}
    }
}
