package io.themis.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Parquet files for tests, by two writers that share no code with the search: DuckDB, and parquet-java's example. */
final class ParquetFiles implements AutoCloseable {

    private final Path folder;
    private final Connection duckDb;
    private int count;

    ParquetFiles(Path folder) throws SQLException {
        this.folder = folder;
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
        MessageType type = MessageTypeParser.parseMessageType(schema);
        Path file = next();
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withConf(new PlainParquetConfiguration())
                .withType(type)
                .withCodecFactory(new NoCodecs())
                .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                .withWriterVersion(version)
                .withStatisticsEnabled(false)
                .withPageRowCountLimit(pageRows)
                .withEncryption(encryption)
                .build()) {
            for (Consumer<Group> row : rows) {
                Group group = new SimpleGroup(type);
                row.accept(group);
                writer.write(group);
            }
        }
        return content(file);
    }

    @Override
    public void close() throws SQLException {
        duckDb.close();
    }

    /** As Hadoop's own would need all of Hadoop. */
    private static final class NoCodecs implements CompressionCodecFactory {

        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return new BytesInputCompressor() {
                @Override
                public BytesInput compress(BytesInput bytes) {
                    return bytes;
                }

                @Override
                public CompressionCodecName getCodecName() {
                    return codec;
                }

                @Override
                public void release() {}
            };
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release() {}
    }
}
