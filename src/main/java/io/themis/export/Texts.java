package io.themis.export;

import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.ResourceBundle;

/** The words of the pages: {@code texts*.properties}, one file a language, English where there is none. */
final class Texts {

    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};

    private final ResourceBundle texts;
    private final Locale language;

    Texts(Locale wanted) {
        texts = ResourceBundle.getBundle(
                PackagePages.FOLDER + "/texts",
                wanted,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
        language = texts.getLocale().equals(Locale.ROOT) ? Locale.ENGLISH : texts.getLocale();
    }

    /** The language that the texts are really in. */
    Locale language() {
        return language;
    }

    String get(String key, Object... values) {
        return new MessageFormat(texts.getString(key), language).format(values);
    }

    /** What was asked for; as it is if there are no words for it. */
    String type(String type) {
        String key = "type." + type;
        return texts.containsKey(key) ? get(key) : type;
    }

    /** To the minute, cut off: a link that ends at 12:00:59 is said to end at 12:00. */
    String time(Instant instant) {
        return DateTimeFormatter.ofPattern(texts.getString("time"), language).format(instant.atOffset(ZoneOffset.UTC));
    }

    String searched(Dataset dataset, DatasetFindings findings) {
        return switch (dataset.kind()) {
            case SQL -> get("searched.sql");
            case ROUTE -> get("searched.route");
            case LAKE -> get("searched.lake", findings.searchedFiles(), size(findings.searchedBytes()));
        };
    }

    private String size(long bytes) {
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
