package io.themis.lake;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.UUID;

/**
 * The one text under which a stored value is a key, so that a number in one place and a text in another can be the same
 * key.
 *
 * <p>A text is itself, character by character. A number is its digits without sign of how it was written: no exponent, no
 * zeros at the end of a fraction, no point if there is no fraction. So the numbers {@code 42}, {@code 42.00} and
 * {@code 4.2E1} are the key {@code 42}, as is the text {@code "42"}; the texts {@code "42.0"} and {@code "042"} are keys of
 * their own. Nothing else is a key: a boolean, a date, bytes, a list or an object have no one text.
 */
public final class KeyText {

    /** 1E+1000000000 is a valid number, and its digits fill the memory. */
    private static final int MOST_DIGITS = 1_000;

    private KeyText() {}

    /** @return nothing for null and for a value that can't be a key */
    public static Optional<String> of(Object value) {
        if (value instanceof CharSequence || value instanceof UUID) {
            return Optional.of(value.toString());
        }
        if (value instanceof Long || value instanceof Integer || value instanceof BigInteger) {
            return Optional.of(value.toString());
        }
        if (value instanceof Number number && isFinite(number)) {
            BigDecimal decimal = new BigDecimal(number.toString());
            return decimal.precision() + Math.abs((long) decimal.scale()) > MOST_DIGITS
                    ? Optional.empty()
                    : Optional.of(decimal.stripTrailingZeros().toPlainString());
        }
        return Optional.empty();
    }

    private static boolean isFinite(Number number) {
        return !(number instanceof Double || number instanceof Float) || Double.isFinite(number.doubleValue());
    }
}
