package io.themis.export;

import io.themis.datamap.Column.DateForm;
import io.themis.datamap.Dataset;
import io.themis.request.DatasetFindings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.MessageFormat;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.ResourceBundle;

/** The words of pages for people: {@code texts*.properties}, one file a language, English where there is none. */
public final class Texts {

    /** Of 2026-03-01. */
    private static final int DAY_LENGTH = 10;

    private static final int MOST_DIGITS = 30;

    private final ResourceBundle texts;
    private final Locale language;

    /** @param folder of the class path that has the texts */
    public Texts(String folder, Locale wanted) {
        texts = ResourceBundle.getBundle(
                folder + "/texts",
                wanted,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
        language = texts.getLocale().equals(Locale.ROOT) ? Locale.ENGLISH : texts.getLocale();
    }

    /** The language that the texts are really in. */
    public Locale language() {
        return language;
    }

    public String get(String key, Object... values) {
        return new MessageFormat(texts.getString(key), language).format(values);
    }

    /** What was asked for; as it is if there are no words for it. */
    String type(String type) {
        String key = "type." + type;
        return texts.containsKey(key) ? get(key) : type;
    }

    /** To the minute, cut off: a link that ends at 12:00:59 is said to end at 12:00. */
    public String time(Instant instant) {
        return DateTimeFormatter.ofPattern(texts.getString("time"), language).format(instant.atOffset(ZoneOffset.UTC));
    }

    /** A date as the data map says it is stored; null if it is none. What has no offset gets no zone. */
    Moment moment(DateForm form, String stored) {
        try {
            TemporalAccessor time = form == DateForm.ISO ? iso(stored) : epoch(form, stored);
            if (time.get(ChronoField.YEAR) < 1 || time.get(ChronoField.YEAR) > 9999) {
                return null;
            }
            String pattern = texts.getString(time.isSupported(ChronoField.HOUR_OF_DAY) ? "table.time" : "table.date");
            String words = DateTimeFormatter.ofPattern(pattern, language).format(time);
            if (time.isSupported(ChronoField.OFFSET_SECONDS)) {
                ZoneOffset offset = ZoneOffset.from(time);
                words += offset.equals(ZoneOffset.UTC) ? " UTC" : " UTC" + offset.getId();
            }
            return new Moment(time.toString(), words);
        } catch (ArithmeticException | NumberFormatException | DateTimeException e) {
            return null;
        }
    }

    /** @param iso for programs */
    record Moment(String iso, String words) {}

    private static TemporalAccessor iso(String stored) {
        if (stored.length() <= DAY_LENGTH) {
            return LocalDate.parse(stored);
        }
        // Databases write a blank where ISO 8601 has a T
        String text = stored.charAt(DAY_LENGTH) == ' '
                ? stored.substring(0, DAY_LENGTH) + 'T' + stored.substring(DAY_LENGTH + 1)
                : stored;
        return DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    }

    private static TemporalAccessor epoch(DateForm form, String stored) {
        BigDecimal number = new BigDecimal(stored);
        if (number.precision() - (long) number.scale() > MOST_DIGITS || Math.abs((long) number.scale()) > MOST_DIGITS) {
            throw new ArithmeticException("not of this world's time");
        }
        BigDecimal milliseconds = form == DateForm.EPOCH_SECONDS ? number.movePointRight(3) : number;
        return Instant.ofEpochMilli(milliseconds.setScale(0, RoundingMode.FLOOR).longValueExact())
                .atOffset(ZoneOffset.UTC);
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
