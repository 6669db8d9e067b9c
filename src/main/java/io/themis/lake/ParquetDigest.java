package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/**
 * A checksum over the rows of a Parquet file: of each column its triples, bit for bit. Two files of the same checksum have the same rows in
 * the same order, whatever their encodings, compression, pages and row groups are.
 */
final class ParquetDigest {

    private final Map<List<String>, Column> columns = new LinkedHashMap<>();

    ParquetDigest(MessageType schema) {
        schema.getColumns().forEach(column -> columns.put(List.of(column.getPath()), new Column(column)));
    }

    Column of(ColumnDescriptor column) {
        return columns.get(List.of(column.getPath()));
    }

    /** Lower-case hex. To be called once, at the end. */
    String finish() {
        MessageDigest all = sha256();
        columns.values().forEach(column -> all.update(column.finish()));
        return HexFormat.of().formatHex(all.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** One column, through all row groups. */
    static final class Column implements TripleSink {

        private static final int LONGEST_HELD = 512;

        private final MessageDigest digest = sha256();
        private final ByteBuffer held = ByteBuffer.allocate(8 * LONGEST_HELD);

        private Column(ColumnDescriptor column) {
            byte[] name = (Arrays.toString(column.getPath()) + column.getType()).getBytes(StandardCharsets.UTF_8);
            digest.update(name);
        }

        private byte[] finish() {
            flush();
            return digest.digest();
        }

        private void flush() {
            digest.update(held.array(), 0, held.position());
            held.clear();
        }

        private ByteBuffer levels(int repetition, int definition) {
            if (held.remaining() < LONGEST_HELD) {
                flush();
            }
            return held.putShort((short) repetition).putShort((short) definition);
        }

        @Override
        public void empty(int repetition, int definition) {
            levels(repetition, definition);
        }

        @Override
        public void value(int repetition, int definition, boolean value) {
            levels(repetition, definition).put((byte) (value ? 1 : 0));
        }

        @Override
        public void value(int repetition, int definition, int value) {
            levels(repetition, definition).putInt(value);
        }

        @Override
        public void value(int repetition, int definition, long value) {
            levels(repetition, definition).putLong(value);
        }

        @Override
        public void value(int repetition, int definition, float value) {
            levels(repetition, definition).putInt(Float.floatToRawIntBits(value));
        }

        @Override
        public void value(int repetition, int definition, double value) {
            levels(repetition, definition).putLong(Double.doubleToRawLongBits(value));
        }

        @Override
        public void value(int repetition, int definition, Binary value) {
            ByteBuffer bytes = value.toByteBuffer();
            levels(repetition, definition).putInt(bytes.remaining());
            if (bytes.remaining() > held.remaining()) {
                flush();
                digest.update(bytes);
            } else {
                held.put(bytes);
            }
        }
    }
}
