package io.themis.export;

import java.text.NumberFormat;
import java.util.Locale;

/** A number of bytes for people, in steps of a thousand, such as {@code 4.2 MB}. */
public final class ReadableSize {

    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};

    private ReadableSize() {}

    public static String of(long bytes, Locale language) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        NumberFormat number = NumberFormat.getInstance(language);
        number.setMaximumFractionDigits(unit > 0 && value < 10 ? 1 : 0);
        return number.format(value) + "\u00A0" + UNITS[unit];
    }
}
