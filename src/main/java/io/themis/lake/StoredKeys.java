package io.themis.lake;

import io.themis.lake.RowMatch.Wanted;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/**
 * What is stored in a Parquet column where it holds one of the wanted keys: the way back from {@link KeyText}. There may be
 * a value too many here, never one too few, as what is not here is not looked for.
 *
 * <p>The text of a number or a UUID is its own normal form in each {@link NormalForm}. Stored texts are known where values
 * are compared exactly; where only case is ignored, the two cases of letters of ASCII are.
 */
abstract sealed class StoredKeys {

    /** {@link KeyText} gives no number more digits than some thousand. */
    private static final int LONGEST_NUMBER = 2_100;

    private static final int LARGEST_SCALE = 1_000;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?");

    /** @return nothing if it can't be told what is stored */
    static Optional<StoredKeys> of(PrimitiveType type, Wanted wanted) {
        if (!isText(type)) {
            return isWithinReach(type)
                    ? Optional.of(new Values(type, texts -> values(type, texts), wanted.normalForms()))
                    : Optional.empty();
        }
        if (wanted.form().equals(NormalForm.EXACT)) {
            return Optional.of(new Values(type, text -> List.of(Binary.fromString(text)), wanted.normalForms()));
        }
        boolean isCaseAlone = wanted.form().equals(new NormalForm(null, false, true));
        return isCaseAlone && wanted.normalForms().stream().allMatch(StoredKeys::isAscii)
                ? Optional.of(new Spellings(wanted.normalForms()))
                : Optional.empty();
    }

    /** Whether none of the keys is from {@code least} to {@code most}, in the order of the column's statistics. */
    abstract boolean areOutside(Object least, Object most);

    /**
     * All of the keys that are from {@code least} to {@code most}, in the only bytes that they can be stored in; nothing if
     * there are several ways to store one.
     */
    abstract Optional<Collection<Object>> within(Object least, Object most);

    /** All of the keys, as {@link #within}. */
    abstract Optional<Collection<Object>> all();

    private static boolean isText(PrimitiveType type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        return logical instanceof StringLogicalTypeAnnotation || logical instanceof EnumLogicalTypeAnnotation;
    }

    private static boolean isWithinReach(PrimitiveType type) {
        return !(type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal)
                || decimal.getScale() <= LARGEST_SCALE;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 0x80);
    }

    private static List<Object> values(PrimitiveType type, String text) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        if (logical instanceof UUIDLogicalTypeAnnotation) {
            return uuid(text);
        }
        if (text.length() > LONGEST_NUMBER || !NUMBER.matcher(text).matches()) {
            return List.of();
        }
        BigDecimal number = new BigDecimal(text);
        switch (type.getPrimitiveTypeName()) {
            case FLOAT:
                return number.signum() == 0 ? List.of(0f, -0f) : List.of(number.floatValue());
            case DOUBLE:
                return number.signum() == 0 ? List.of(0d, -0d) : List.of(number.doubleValue());
            default:
                BigDecimal stored = logical instanceof DecimalLogicalTypeAnnotation decimal
                        ? number.movePointRight(decimal.getScale())
                        : number;
                return stored.stripTrailingZeros().scale() > 0 ? List.of() : integer(type, stored.toBigInteger());
        }
    }

    /** Signed and unsigned: the bits are the same. */
    private static List<Object> integer(PrimitiveType type, BigInteger number) {
        return switch (type.getPrimitiveTypeName()) {
            case INT32 -> number.bitLength() > Integer.SIZE ? List.of() : List.of(number.intValue());
            case INT64 -> number.bitLength() > Long.SIZE ? List.of() : List.of(number.longValue());
            case FIXED_LEN_BYTE_ARRAY ->
                number.bitLength() >= Byte.SIZE * type.getTypeLength()
                        ? List.of()
                        : List.of(Binary.fromConstantByteArray(filled(number, type.getTypeLength())));
            default -> List.of(Binary.fromConstantByteArray(number.toByteArray()));
        };
    }

    private static byte[] filled(BigInteger number, int length) {
        byte[] digits = number.toByteArray();
        byte[] filled = new byte[length];
        Arrays.fill(filled, (byte) (number.signum() < 0 ? -1 : 0));
        System.arraycopy(digits, 0, filled, length - digits.length, digits.length);
        return filled;
    }

    private static List<Object> uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return List.of(Binary.fromConstantByteArray(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array()));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private interface Storing {
        List<Object> values(String text);
    }

    /** Where each stored value is known. */
    private static final class Values extends StoredKeys {

        private final NavigableSet<Object> values;
        private final boolean isOneForm;

        private Values(PrimitiveType type, Storing storing, Collection<String> texts) {
            Comparator<Object> order = type.comparator();
            values = new TreeSet<>(order);
            texts.forEach(text -> values.addAll(storing.values(text)));
            // Zeros may stand before the digits of a decimal in bytes
            isOneForm = !(type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation
                    && type.getPrimitiveTypeName() == PrimitiveType.PrimitiveTypeName.BINARY);
        }

        @Override
        boolean areOutside(Object least, Object most) {
            Object first = values.ceiling(least);
            return first == null || values.comparator().compare(first, most) > 0;
        }

        @Override
        Optional<Collection<Object>> within(Object least, Object most) {
            return isOneForm ? Optional.of(values.subSet(least, true, most, true)) : Optional.empty();
        }

        @Override
        Optional<Collection<Object>> all() {
            return isOneForm ? Optional.of(values) : Optional.empty();
        }
    }

    /** Where a text can be stored in upper and lower case. */
    private static final class Spellings extends StoredKeys {

        private final Collection<String> lowerCase;

        private Spellings(Collection<String> lowerCase) {
            this.lowerCase = lowerCase;
        }

        @Override
        boolean areOutside(Object least, Object most) {
            byte[] from = ((Binary) least).getBytes();
            byte[] to = ((Binary) most).getBytes();
            return lowerCase.stream()
                    .allMatch(text -> leastFrom(from, text)
                            .filter(spelling -> Arrays.compareUnsigned(spelling, to) <= 0)
                            .isEmpty());
        }

        /** The least way to spell the text that is not less than {@code from}. */
        private static Optional<byte[]> leastFrom(byte[] from, String text) {
            byte[] spelling = new byte[text.length()];
            int same = 0;
            while (same < from.length && same < text.length() && isSpelling(from[same], text.charAt(same))) {
                same++;
            }
            for (int split = same; split >= 0; split--) {
                for (int i = 0; i < text.length(); i++) {
                    spelling[i] = i < split ? from[i] : (byte) upper(text.charAt(i));
                }
                if (split < text.length()
                        && split < from.length
                        && Byte.compareUnsigned(spelling[split], from[split]) < 0) {
                    spelling[split] = (byte) text.charAt(split);
                }
                if (Arrays.compareUnsigned(spelling, from) >= 0) {
                    return Optional.of(spelling);
                }
            }
            return Optional.empty();
        }

        private static boolean isSpelling(byte stored, char lower) {
            return stored == lower || stored == upper(lower);
        }

        private static char upper(char lower) {
            return lower >= 'a' && lower <= 'z' ? (char) (lower - 'a' + 'A') : lower;
        }

        @Override
        Optional<Collection<Object>> within(Object least, Object most) {
            return Optional.empty();
        }

        @Override
        Optional<Collection<Object>> all() {
            return Optional.empty();
        }
    }
}
