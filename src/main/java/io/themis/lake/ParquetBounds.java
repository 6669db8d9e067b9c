package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.Optional;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.ColumnOrder.ColumnOrderName;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * No value of a column is less than {@code least} or greater than {@code most} in the order of its type. Either may be a
 * value that is not stored, where a long one was cut short.
 *
 * <p>The rules are those of parquet.thrift. The library's own reading of statistics needs libraries that are not here.
 */
record ParquetBounds(Object least, Object most) {

    /** @return nothing if there are none that can be relied on */
    static Optional<ParquetBounds> of(Statistics statistics, PrimitiveType type) {
        if (statistics.isSetMin_value() && statistics.isSetMax_value()) {
            return type.columnOrder().getColumnOrderName() == ColumnOrderName.TYPE_DEFINED_ORDER
                    ? of(statistics.getMin_value(), statistics.getMax_value(), type)
                    : Optional.empty();
        }
        return statistics.isSetMin() && statistics.isSetMax() && isSignedNumber(type)
                ? of(statistics.getMin(), statistics.getMax(), type)
                : Optional.empty();
    }

    /** Old writers compared everything as if it had a sign. */
    private static boolean isSignedNumber(PrimitiveType type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        boolean isInteger = type.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                || type.getPrimitiveTypeName() == PrimitiveTypeName.INT64;
        return isInteger
                && (logical == null
                        || logical instanceof DecimalLogicalTypeAnnotation
                        || logical instanceof IntLogicalTypeAnnotation integer && integer.isSigned());
    }

    private static Optional<ParquetBounds> of(byte[] min, byte[] max, PrimitiveType type) {
        if (!hasLengthOf(type, min) || !hasLengthOf(type, max)) {
            return Optional.empty();
        }
        Object least = value(type, min);
        Object most = value(type, max);
        if (least instanceof Number && (isNaN(least) || isNaN(most))) {
            return Optional.empty();
        }
        Comparator<Object> order = type.comparator();
        return order.compare(least, most) > 0
                ? Optional.empty()
                : Optional.of(new ParquetBounds(zero(least, -0f, -0d), zero(most, 0f, 0d)));
    }

    private static boolean hasLengthOf(PrimitiveType type, byte[] bound) {
        return switch (type.getPrimitiveTypeName()) {
            case INT32, FLOAT -> bound.length == Integer.BYTES;
            case INT64, DOUBLE -> bound.length == Long.BYTES;
            case FIXED_LEN_BYTE_ARRAY -> bound.length == type.getTypeLength();
            default -> bound.length > 0 || !(type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation);
        };
    }

    private static Object value(PrimitiveType type, byte[] bytes) {
        ByteBuffer number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (type.getPrimitiveTypeName()) {
            case INT32 -> number.getInt();
            case INT64 -> number.getLong();
            case FLOAT -> number.getFloat();
            case DOUBLE -> number.getDouble();
            default -> Binary.fromConstantByteArray(bytes);
        };
    }

    private static boolean isNaN(Object number) {
        return Double.isNaN(((Number) number).doubleValue());
    }

    /** Writers do not agree whether the two zeros are one. */
    private static Object zero(Object bound, float ofFloat, double ofDouble) {
        if (bound instanceof Float number && number == 0) {
            return ofFloat;
        }
        return bound instanceof Double number && number == 0 ? (Object) ofDouble : bound;
    }
}
