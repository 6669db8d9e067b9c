package io.themis.lake;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.LogicalTypeAnnotationVisitor;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * How a replacement, which is text, a number or a boolean, is stored in one column: the way back from {@link ParquetValues}. Nothing is
 * cut, and nothing rounded but to the next float or double.
 *
 * <table>
 * <caption>Parquet type to what it takes</caption>
 * <tr><td>string, enum, bytes without a meaning</td><td>anything, as its text in UTF-8</td></tr>
 * <tr><td>json</td><td>anything; text as a JSON string, as the column must stay JSON</td></tr>
 * <tr><td>integers, decimal, float, double</td><td>a number in its range, or text that is one</td></tr>
 * <tr><td>boolean</td><td>a boolean, or the text {@code true} or {@code false}</td></tr>
 * <tr><td>date, time, timestamp, INT96</td><td>ISO 8601 text; with {@code Z} if a time is adjusted to UTC</td></tr>
 * <tr><td>uuid</td><td>its text</td></tr>
 * <tr><td>all others</td><td>nothing</td></tr>
 * </table>
 */
final class ParquetStored implements LogicalTypeAnnotationVisitor<Object> {

    /** Of a number. What has more is no number of any type, and would take memory as a text of {@code 1e999999999}. */
    private static final int MOST_DIGITS = 400;

    private final PrimitiveType type;
    private final Object value;

    private ParquetStored(PrimitiveType type, Object value) {
        this.type = type;
        this.value = value;
    }

    /**
     * @return boxed or a {@link Binary}
     * @throws IllegalArgumentException or another unchecked exception of numbers and dates, if the column can't hold it
     */
    static Object of(PrimitiveType type, Object value) {
        ParquetStored stored = new ParquetStored(type, value);
        return type.getLogicalTypeAnnotation() == null
                ? stored.plain()
                : type.getLogicalTypeAnnotation().accept(stored).orElseThrow(stored::refusal);
    }

    private IllegalArgumentException refusal() {
        return new IllegalArgumentException("Nothing can be stored in " + type.getPrimitiveTypeName());
    }

    private Object plain() {
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> bool();
            case INT32 -> number().intValueExact();
            case INT64 -> number().longValueExact();
            case FLOAT -> finite(number().floatValue());
            case DOUBLE -> finite(number().doubleValue());
            case BINARY -> Binary.fromString(text());
            case INT96 -> int96(LocalDateTime.parse(text()));
            case FIXED_LEN_BYTE_ARRAY -> throw refusal();
        };
    }

    private static Binary int96(LocalDateTime moment) {
        return Binary.fromConstantByteArray(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(moment.toLocalTime().toNanoOfDay())
                .putInt(Math.toIntExact(moment.toLocalDate().toEpochDay() + ParquetValues.JULIAN_DAY_OF_EPOCH))
                .array());
    }

    private boolean bool() {
        return switch (text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refusal();
        };
    }

    private <T extends Number> T finite(T number) {
        if (!Double.isFinite(number.doubleValue())) {
            throw refusal();
        }
        return number;
    }

    private String text() {
        return value.toString();
    }

    private BigDecimal number() {
        BigDecimal number = new BigDecimal(text());
        if (number.precision() > MOST_DIGITS || Math.abs((long) number.scale()) > MOST_DIGITS) {
            throw refusal();
        }
        return number;
    }

    @Override
    public Optional<Object> visit(StringLogicalTypeAnnotation string) {
        return Optional.of(Binary.fromString(text()));
    }

    @Override
    public Optional<Object> visit(EnumLogicalTypeAnnotation name) {
        return Optional.of(Binary.fromString(text()));
    }

    @Override
    public Optional<Object> visit(JsonLogicalTypeAnnotation json) {
        return Optional.of(Binary.fromString(
                value instanceof String text
                        ? '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"'
                        : text()));
    }

    @Override
    public Optional<Object> visit(DecimalLogicalTypeAnnotation decimal) {
        BigDecimal number = number().setScale(decimal.getScale(), RoundingMode.UNNECESSARY);
        if (number.precision() > decimal.getPrecision()) {
            throw refusal();
        }
        BigInteger digits = number.unscaledValue();
        return Optional.of(
                switch (type.getPrimitiveTypeName()) {
                    case INT32 -> digits.intValueExact();
                    case INT64 -> digits.longValueExact();
                    case FIXED_LEN_BYTE_ARRAY -> Binary.fromConstantByteArray(wide(digits, type.getTypeLength()));
                    default -> Binary.fromConstantByteArray(digits.toByteArray());
                });
    }

    /** Big-endian two's complement. */
    private byte[] wide(BigInteger digits, int length) {
        byte[] bytes = digits.toByteArray();
        if (bytes.length > length) {
            throw refusal();
        }
        byte[] wide = new byte[length];
        Arrays.fill(wide, (byte) (digits.signum() < 0 ? -1 : 0));
        System.arraycopy(bytes, 0, wide, length - bytes.length, bytes.length);
        return wide;
    }

    @Override
    public Optional<Object> visit(IntLogicalTypeAnnotation integer) {
        BigInteger number = number().toBigIntegerExact();
        int bits = integer.isSigned() ? integer.getBitWidth() - 1 : integer.getBitWidth();
        if (number.bitLength() > bits || number.signum() < 0 && !integer.isSigned()) {
            throw refusal();
        }
        return Optional.of(
                type.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                        ? (Object) number.intValue()
                        : (Object) number.longValue());
    }

    @Override
    public Optional<Object> visit(UUIDLogicalTypeAnnotation uuid) {
        UUID id = UUID.fromString(text());
        return Optional.of(Binary.fromConstantByteArray(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array()));
    }

    @Override
    public Optional<Object> visit(DateLogicalTypeAnnotation date) {
        return Optional.of(Math.toIntExact(LocalDate.parse(text()).toEpochDay()));
    }

    @Override
    public Optional<Object> visit(TimeLogicalTypeAnnotation time) {
        String local =
                time.isAdjustedToUTC() && text().endsWith("Z") ? text().substring(0, text().length() - 1) : text();
        long units = units(LocalTime.parse(local).toNanoOfDay(), time.getUnit());
        return Optional.of(
                type.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                        ? (Object) Math.toIntExact(units)
                        : (Object) units);
    }

    @Override
    public Optional<Object> visit(TimestampLogicalTypeAnnotation timestamp) {
        Instant instant = timestamp.isAdjustedToUTC()
                ? Instant.parse(text())
                : LocalDateTime.parse(text()).toInstant(ZoneOffset.UTC);
        long perSecond = units(Duration.ofSeconds(1).toNanos(), timestamp.getUnit());
        return Optional.of(Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), perSecond),
                units(instant.getNano(), timestamp.getUnit())));
    }

    private long units(long nanos, TimeUnit unit) {
        long perUnit = switch (unit) {
            case MILLIS -> 1_000_000;
            case MICROS -> 1_000;
            case NANOS -> 1;
        };
        if (nanos % perUnit != 0) {
            throw refusal();
        }
        return nanos / perUnit;
    }
}
