package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.internal.column.columnindex.BinaryTruncator;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.ColumnOrder.ColumnOrderName;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveComparator;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * The least and the greatest value of a column that is written, in the order of its type, and how many nulls it has: the other side of
 * {@link ParquetBounds}. The library's own statistics need libraries that are not here.
 */
final class ParquetExtremes {

    /** A longer one is more than a search has of it. */
    private static final int LONGEST = 4 << 10;

    /** As other writers cut them in indexes, of which each page has two. */
    private static final int LONGEST_INDEXED = 64;

    private final PrimitiveType type;
    private final PrimitiveComparator<Object> order;
    private Object least;
    private Object most;
    private boolean hasNaN;
    private long values;
    private long nulls;

    ParquetExtremes(PrimitiveType type) {
        this.type = type;
        order = type.columnOrder().getColumnOrderName() == ColumnOrderName.TYPE_DEFINED_ORDER
                ? type.comparator()
                : null;
    }

    void takeNull() {
        nulls++;
    }

    void take(boolean value) {
        values++;
        if (order != null && (least == null || order.compare(value, (boolean) least) < 0)) {
            least = value;
        }
        if (order != null && (most == null || order.compare(value, (boolean) most) > 0)) {
            most = value;
        }
    }

    void take(int value) {
        values++;
        if (order != null && (least == null || order.compare(value, (int) least) < 0)) {
            least = value;
        }
        if (order != null && (most == null || order.compare(value, (int) most) > 0)) {
            most = value;
        }
    }

    void take(long value) {
        values++;
        if (order != null && (least == null || order.compare(value, (long) least) < 0)) {
            least = value;
        }
        if (order != null && (most == null || order.compare(value, (long) most) > 0)) {
            most = value;
        }
    }

    void take(float value) {
        values++;
        hasNaN |= Float.isNaN(value);
        if (order != null && (least == null || order.compare(value, (float) least) < 0)) {
            least = value;
        }
        if (order != null && (most == null || order.compare(value, (float) most) > 0)) {
            most = value;
        }
    }

    void take(double value) {
        values++;
        hasNaN |= Double.isNaN(value);
        if (order != null && (least == null || order.compare(value, (double) least) < 0)) {
            least = value;
        }
        if (order != null && (most == null || order.compare(value, (double) most) > 0)) {
            most = value;
        }
    }

    void take(Binary value) {
        values++;
        if (order != null && (least == null || order.compare(value, (Binary) least) < 0)) {
            least = value.copy();
        }
        if (order != null && (most == null || order.compare(value, (Binary) most) > 0)) {
            most = value.copy();
        }
    }

    /** To be called at the end of a page: a value may be a part of its page, which would stay in memory. */
    void settle() {
        if (least instanceof Binary value) {
            least = Binary.fromConstantByteArray(value.getBytes().clone());
        }
        if (most instanceof Binary value) {
            most = Binary.fromConstantByteArray(value.getBytes().clone());
        }
    }

    void take(ParquetExtremes page) {
        values += page.values;
        nulls += page.nulls;
        hasNaN |= page.hasNaN;
        if (page.least != null) {
            least = least == null || order.compare(page.least, least) < 0 ? page.least : least;
            most = most == null || order.compare(page.most, most) > 0 ? page.most : most;
        }
    }

    /** @return what was told of the column as it was, and nothing else */
    Statistics statistics(Statistics stated) {
        Statistics now = new Statistics();
        if (stated.isSetNull_count()) {
            now.setNull_count(nulls);
        }
        if (!isBounded() || length(least) > LONGEST || length(most) > LONGEST) {
            return now;
        }
        if (stated.isSetMin() && stated.isSetMax() && isSigned()) {
            now.setMin(least());
            now.setMax(most());
        }
        if (stated.isSetMin_value() && stated.isSetMax_value()) {
            now.setMin_value(least());
            now.setMax_value(most());
        }
        return now;
    }

    /** With NaN there is no order. */
    private boolean isBounded() {
        return least != null && !hasNaN;
    }

    private static int length(Object value) {
        return value instanceof Binary binary ? binary.length() : 0;
    }

    /** The first two fields of statistics are of values that have a sign. */
    private boolean isSigned() {
        boolean isUnsigned =
                type.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation integer && !integer.isSigned();
        return !isUnsigned
                && type.getPrimitiveTypeName() != PrimitiveTypeName.BINARY
                && type.getPrimitiveTypeName() != PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    }

    /** As there are two zeros, which some readers take for one. */
    private byte[] least() {
        if (least instanceof Float number && number == 0) {
            return bytes(-0f);
        }
        return bytes(least instanceof Double number && number == 0 ? (Object) (-0d) : least);
    }

    private byte[] most() {
        if (most instanceof Float number && number == 0) {
            return bytes(0f);
        }
        return bytes(most instanceof Double number && number == 0 ? (Object) 0d : most);
    }

    private static byte[] bytes(Object value) {
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (value instanceof Binary binary) {
            return binary.getBytes();
        } else if (value instanceof Boolean bool) {
            number.put((byte) (bool ? 1 : 0));
        } else if (value instanceof Integer integer) {
            number.putInt(integer);
        } else if (value instanceof Long integer) {
            number.putLong(integer);
        } else if (value instanceof Float real) {
            number.putFloat(real);
        } else {
            number.putDouble((Double) value);
        }
        byte[] bytes = new byte[number.flip().remaining()];
        number.get(bytes);
        return bytes;
    }

    /** @return nothing if not every page has bounds, or is of nulls */
    static Optional<ColumnIndex> index(PrimitiveType type, List<ParquetExtremes> pages) {
        List<Boolean> areNull = new ArrayList<>();
        List<ByteBuffer> least = new ArrayList<>();
        List<ByteBuffer> most = new ArrayList<>();
        for (ParquetExtremes page : pages) {
            if (page.values > 0 && !page.isBounded()) {
                return Optional.empty();
            }
            areNull.add(page.values == 0);
            byte[] from = page.values == 0 ? new byte[0] : page.least();
            byte[] to = page.values == 0 ? new byte[0] : page.most();
            if (from.length > LONGEST_INDEXED || to.length > LONGEST_INDEXED) {
                BinaryTruncator truncator = BinaryTruncator.getTruncator(type);
                from = truncator
                        .truncateMin(Binary.fromConstantByteArray(from), LONGEST_INDEXED)
                        .getBytes();
                to = truncator
                        .truncateMax(Binary.fromConstantByteArray(to), LONGEST_INDEXED)
                        .getBytes();
            }
            least.add(ByteBuffer.wrap(from));
            most.add(ByteBuffer.wrap(to));
        }
        return Optional.of(new ColumnIndex(areNull, least, most, order(pages))
                .setNull_counts(pages.stream().map(page -> page.nulls).toList()));
    }

    private static BoundaryOrder order(List<ParquetExtremes> pages) {
        boolean ascends = true;
        boolean descends = true;
        ParquetExtremes before = null;
        for (ParquetExtremes page : pages) {
            if (before != null && page.values > 0) {
                int byLeast = page.order.compare(page.least, before.least);
                int byMost = page.order.compare(page.most, before.most);
                ascends &= byLeast >= 0 && byMost >= 0;
                descends &= byLeast <= 0 && byMost <= 0;
            }
            before = page.values > 0 ? page : before;
        }
        if (ascends) {
            return BoundaryOrder.ASCENDING;
        }
        return descends ? BoundaryOrder.DESCENDING : BoundaryOrder.UNORDERED;
    }
}
