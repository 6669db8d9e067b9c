package io.themis.lake;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntervalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.LogicalTypeAnnotationVisitor;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * What a stored value of one column means. Nothing is rounded: a type that has no exact form in Java stays what is stored.
 *
 * <table>
 * <caption>Parquet type to Java value</caption>
 * <tr><td>string, enum, json</td><td>{@link String}; it must be UTF-8</td></tr>
 * <tr><td>integers, signed and unsigned</td><td>{@link Integer}, {@link Long}, and {@link BigInteger} for unsigned ones of
 *     64 bits</td></tr>
 * <tr><td>decimal</td><td>{@link BigDecimal} with the column's scale</td></tr>
 * <tr><td>float, double, float16, boolean</td><td>{@link Float}, {@link Double}, {@link Float}, {@link Boolean}</td></tr>
 * <tr><td>uuid</td><td>{@link UUID}</td></tr>
 * <tr><td>date</td><td>{@link LocalDate}</td></tr>
 * <tr><td>time</td><td>{@link LocalTime}, with an offset of zero if adjusted to UTC; what is no time of a day, such as
 *     24:00, is the stored number</td></tr>
 * <tr><td>timestamp</td><td>{@link Instant} if adjusted to UTC, otherwise {@link LocalDateTime}</td></tr>
 * <tr><td>INT96</td><td>{@link LocalDateTime}, as writers disagree on its time zone and the file does not tell</td></tr>
 * <tr><td>interval</td><td>ISO 8601 text, such as {@code P1M2DT3.004S}</td></tr>
 * <tr><td>bson and all others</td><td>{@code byte[]}</td></tr>
 * </table>
 */
final class ParquetValues implements LogicalTypeAnnotationVisitor<Function<Object, Object>> {

    static final int JULIAN_DAY_OF_EPOCH = 2_440_588;

    private final PrimitiveType type;

    private ParquetValues(PrimitiveType type) {
        this.type = type;
    }

    /** From what is stored, boxed or a {@link Binary}, to its meaning. */
    static Function<Object, Object> of(PrimitiveType type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        return Optional.ofNullable(logical)
                .flatMap(annotation -> annotation.accept(new ParquetValues(type)))
                .orElse(
                        type.getPrimitiveTypeName() == PrimitiveTypeName.INT96
                                ? ParquetValues::int96
                                : ParquetValues::raw);
    }

    private static Object raw(Object stored) {
        return stored instanceof Binary binary ? binary.getBytes() : stored;
    }

    private static Object int96(Object stored) {
        ByteBuffer bytes = ((Binary) stored).toByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
        long nanos = bytes.getLong();
        long day = Integer.toUnsignedLong(bytes.getInt()) - JULIAN_DAY_OF_EPOCH;
        return LocalDate.ofEpochDay(day).atStartOfDay().plusNanos(nanos);
    }

    @Override
    public Optional<Function<Object, Object>> visit(StringLogicalTypeAnnotation string) {
        return Optional.of(ParquetValues::text);
    }

    @Override
    public Optional<Function<Object, Object>> visit(EnumLogicalTypeAnnotation name) {
        return Optional.of(ParquetValues::text);
    }

    @Override
    public Optional<Function<Object, Object>> visit(JsonLogicalTypeAnnotation json) {
        return Optional.of(ParquetValues::text);
    }

    private static Object text(Object stored) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(((Binary) stored).toByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ParquetDamageException("there is text that is not valid UTF-8");
        }
    }

    @Override
    public Optional<Function<Object, Object>> visit(DecimalLogicalTypeAnnotation decimal) {
        int scale = decimal.getScale();
        return Optional.of(stored -> stored instanceof Binary binary
                ? new BigDecimal(new BigInteger(binary.getBytes()), scale)
                : BigDecimal.valueOf(((Number) stored).longValue(), scale));
    }

    @Override
    public Optional<Function<Object, Object>> visit(IntLogicalTypeAnnotation integer) {
        if (integer.isSigned()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (integer.getBitWidth()) {
                    case Integer.SIZE -> stored -> Integer.toUnsignedLong((Integer) stored);
                    case Long.SIZE -> stored -> new BigInteger(Long.toUnsignedString((Long) stored));
                    default -> Function.identity();
                });
    }

    @Override
    public Optional<Function<Object, Object>> visit(Float16LogicalTypeAnnotation half) {
        return Optional.of(stored -> half(((Binary) stored)
                .toByteBuffer()
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getShort()));
    }

    /** IEEE 754: one bit of sign, five of exponent, ten of fraction. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        float size = switch (exponent) {
            case 0 -> Math.scalb((float) fraction, -24);
            case 0x1F -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
        };
        return bits < 0 ? -size : size;
    }

    @Override
    public Optional<Function<Object, Object>> visit(UUIDLogicalTypeAnnotation uuid) {
        return Optional.of(stored -> {
            ByteBuffer bytes = ((Binary) stored).toByteBuffer().slice();
            return new UUID(bytes.getLong(), bytes.getLong());
        });
    }

    @Override
    public Optional<Function<Object, Object>> visit(DateLogicalTypeAnnotation date) {
        return Optional.of(stored -> LocalDate.ofEpochDay((Integer) stored));
    }

    @Override
    public Optional<Function<Object, Object>> visit(TimeLogicalTypeAnnotation time) {
        long nanosPerUnit = Duration.ofDays(1).toNanos() / perDay(time.getUnit());
        return Optional.of(stored -> {
            long units = ((Number) stored).longValue();
            if (units < 0 || units >= perDay(time.getUnit())) {
                return stored;
            }
            LocalTime local = LocalTime.ofNanoOfDay(units * nanosPerUnit);
            return time.isAdjustedToUTC() ? local.atOffset(ZoneOffset.UTC) : local;
        });
    }

    @Override
    public Optional<Function<Object, Object>> visit(TimestampLogicalTypeAnnotation timestamp) {
        long perSecond = perDay(timestamp.getUnit()) / Duration.ofDays(1).toSeconds();
        long nanosPerUnit = Duration.ofSeconds(1).toNanos() / perSecond;
        return Optional.of(stored -> {
            long seconds = Math.floorDiv((Long) stored, perSecond);
            long nanos = Math.floorMod((Long) stored, perSecond) * nanosPerUnit;
            Instant instant = Instant.ofEpochSecond(seconds, nanos);
            return timestamp.isAdjustedToUTC() ? instant : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        });
    }

    private static long perDay(LogicalTypeAnnotation.TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> Duration.ofDays(1).toMillis();
            case MICROS -> Duration.ofDays(1).toNanos() / 1_000;
            case NANOS -> Duration.ofDays(1).toNanos();
        };
    }

    @Override
    public Optional<Function<Object, Object>> visit(IntervalLogicalTypeAnnotation interval) {
        return Optional.of(stored -> {
            ByteBuffer parts = ((Binary) stored).toByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
            long months = Integer.toUnsignedLong(parts.getInt());
            long days = Integer.toUnsignedLong(parts.getInt());
            long millis = Integer.toUnsignedLong(parts.getInt());
            return "P%dM%dDT%d.%03dS".formatted(months, days, millis / 1_000, millis % 1_000);
        });
    }
}
