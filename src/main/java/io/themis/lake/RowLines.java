package io.themis.lake;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Writes rows as JSON Lines: UTF-8, one object a row in the order of its columns, each line ended by LF.
 *
 * <p>Nothing of a value is lost:
 *
 * <table>
 * <caption>Java value to JSON</caption>
 * <tr><td>text, {@link UUID}, {@link Clob}</td><td>string; half of a surrogate pair, which UTF-8 can't hold, as
 *     <code>&#92;uD83D</code></td></tr>
 * <tr><td>numbers, {@link Boolean}</td><td>number without exponent where it has fewer than 1,000 digits, boolean;
 *     {@code NaN} and infinities, which JSON lacks, as strings</td></tr>
 * <tr><td>{@code java.time}, {@code java.sql} and {@code java.util} dates and times</td><td>ISO 8601 string, with an
 *     offset only if the value has one</td></tr>
 * <tr><td>{@code byte[]}, {@link Blob}</td><td>Base64 string (RFC 4648, section 4)</td></tr>
 * <tr><td>{@link Map}, {@link Iterable}, arrays, {@link java.sql.Array}</td><td>object, array</td></tr>
 * <tr><td>null</td><td>null</td></tr>
 * </table>
 *
 * <p>Memory: one buffer and the column names; a CLOB or BLOB passes through. After an exception a line may be incomplete,
 * and what was written must not be used.
 */
public class RowLines implements Closeable {

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator("")
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();
    private static final int MOST_DIGITS = 1_000;
    private static final DateTimeFormatter SQL_SERVER_DATETIMEOFFSET = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendLiteral(' ')
            .appendOffset("+HH:MM", "+00:00")
            .toFormatter(Locale.ROOT);

    private final CountingStream out;
    private final JsonGenerator json;
    private final Set<String> columns = new LinkedHashSet<>();
    private long rows;

    public RowLines(OutputStream out) throws IOException {
        this.out = new CountingStream(out);
        json = JSON.createGenerator(this.out, JsonEncoding.UTF8);
    }

    /**
     * Writes one row and passes it on to the stream, without flushing that.
     *
     * @throws IllegalArgumentException if a value is of a type that has no form in the table above
     */
    public void write(Map<String, ?> row) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, ?> column : row.entrySet()) {
            json.writeFieldName(column.getKey());
            try {
                writeValue(column.getKey(), column.getValue());
            } catch (SQLException e) {
                throw new IOException("Column %s could not be read".formatted(column.getKey()), e);
            }
        }
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
        columns.addAll(row.keySet());
        rows++;
    }

    /** Lines written. */
    public long rows() {
        return rows;
    }

    /** Bytes written. */
    public long bytes() {
        return out.bytes;
    }

    /** Every column of the rows written, in order of first appearance. */
    public List<String> columns() {
        return List.copyOf(columns);
    }

    /** Closes the stream too. */
    @Override
    public void close() throws IOException {
        json.close();
    }

    private void writeValue(String column, Object value) throws IOException, SQLException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof UUID) {
            json.writeString(value.toString());
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value instanceof Number number) {
            writeNumber(column, number);
        } else if (value instanceof Temporal || value instanceof Date || isDateTimeOffset(value)) {
            json.writeString(isoTime(value));
        } else if (value instanceof byte[] bytes) {
            json.writeBinary(bytes);
        } else if (value instanceof Blob blob) {
            try (InputStream bytes = blob.getBinaryStream()) {
                json.writeBinary(bytes, -1);
            }
        } else if (value instanceof Clob clob) {
            try (Reader text = clob.getCharacterStream()) {
                json.writeString(text, -1);
            }
        } else {
            writeNested(column, value);
        }
    }

    private void writeNested(String column, Object value) throws IOException, SQLException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(entry.getKey().toString());
                writeValue(column, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> items) {
            json.writeStartArray();
            for (Object item : items) {
                writeValue(column, item);
            }
            json.writeEndArray();
        } else if (value instanceof Object[] items) {
            writeNested(column, Arrays.asList(items));
        } else if (value instanceof java.sql.Array array) {
            writeNested(column, array.getArray());
        } else {
            throw unknownType(column, value);
        }
    }

    private void writeNumber(String column, Number number) throws IOException {
        if (number instanceof BigDecimal decimal) {
            boolean isShort = decimal.precision() + Math.abs((long) decimal.scale()) < MOST_DIGITS;
            json.writeNumber(isShort ? decimal.toPlainString() : decimal.toString());
        } else if (number instanceof Double || number instanceof Float) {
            writeBinaryFraction(number);
        } else if (number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte
                || number instanceof BigInteger) {
            json.writeNumber(number.toString());
        } else {
            throw unknownType(column, number);
        }
    }

    private void writeBinaryFraction(Number number) throws IOException {
        if (Double.isFinite(number.doubleValue())) {
            json.writeNumber(number.toString());
        } else {
            json.writeString(number.toString());
        }
    }

    private static String isoTime(Object value) {
        if (value instanceof Timestamp timestamp) {
            return timestamp.toLocalDateTime().toString();
        }
        if (value instanceof java.sql.Date date) {
            return date.toLocalDate().toString();
        }
        if (value instanceof Time time) {
            // toLocalTime() would drop the milliseconds
            return Instant.ofEpochMilli(time.getTime())
                    .atZone(ZoneId.systemDefault())
                    .toLocalTime()
                    .toString();
        }
        if (isDateTimeOffset(value)) {
            return OffsetDateTime.parse(value.toString(), SQL_SERVER_DATETIMEOFFSET)
                    .toString();
        }
        return value instanceof Date date ? date.toInstant().toString() : value.toString();
    }

    /** SQL Server's driver has a type of its own, and the application does not compile against drivers. */
    private static boolean isDateTimeOffset(Object value) {
        return value.getClass().getName().equals("microsoft.sql.DateTimeOffset");
    }

    private static IllegalArgumentException unknownType(String column, Object value) {
        return new IllegalArgumentException(
                "Column %s holds a %s, which can't be written as JSON; let the query turn it into text"
                        .formatted(column, value.getClass().getName()));
    }

    private static final class CountingStream extends FilterOutputStream {

        private long bytes;

        private CountingStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] buffer, int from, int length) throws IOException {
            out.write(buffer, from, length);
            bytes += length;
        }
    }
}
