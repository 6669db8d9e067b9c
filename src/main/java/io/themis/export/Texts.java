package io.themis.export;

import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import java.text.MessageFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.ResourceBundle;

/** The words of the pages: {@code texts*.properties}, one file a language, English where there is none. */
final class Texts {

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
            case LAKE ->
                get("searched.lake", findings.searchedFiles(), ReadableSize.of(findings.searchedBytes(), language));
        };
    }
}
