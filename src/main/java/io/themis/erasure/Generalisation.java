package io.themis.erasure;

import io.themis.datamap.Column.DateForm;
import io.themis.datamap.Erasure.Strategy;
import io.themis.lake.KeyText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes values coarser. What is not understood becomes null: it may say more than was meant to stay, and to remove more is safe.
 *
 * <p>A date that is text loses what is finer: {@code 2026-05-17T10:00Z} becomes {@code 2026} or {@code 2026-05}. One that a column
 * holds as a number or as a date, which it must stay, becomes the beginning of its year, month or day, in UTC where it is a moment.
 */
final class Generalisation {

    /** What stands behind the day, time and zone, goes in any case. Years of ISO 8601 beyond 9999 are not of this world's data. */
    private static final Pattern ISO = Pattern.compile("(\\d{4})(?:-(\\d\\d)(?:-(\\d\\d)(?s:[T ].*)?)?)?");

    private static final int MOST_DIGITS = 20;
    private static final int MILLIS = 1_000;

    private final Strategy to;
    private final DateForm form;

    /**
     * @param to one that generalises
     * @param form how the column stores dates, or null if nobody has said
     */
    Generalisation(Strategy to, DateForm form) {
        this.to = to;
        this.form = form;
    }

    /** @return null, or text, or a number for a number */
    Object of(Object value) {
        try {
            if (value instanceof LocalDate day) {
                return start(day).toString();
            }
            if (value instanceof LocalDateTime time) {
                return start(time.toLocalDate()).atStartOfDay().toString();
            }
            if (value instanceof Instant || value instanceof OffsetDateTime) {
                Instant moment = value instanceof OffsetDateTime time ? time.toInstant() : (Instant) value;
                return start(moment).toString();
            }
            return KeyText.of(value)
                    .map(text -> isEpoch() ? ofEpoch(text, value instanceof Number) : ofText(text.strip()))
                    .orElse(null);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private boolean isEpoch() {
        return to != Strategy.LAST_PART && (form == DateForm.EPOCH_SECONDS || form == DateForm.EPOCH_MILLISECONDS);
    }

    private Object ofEpoch(String text, boolean isNumber) {
        BigDecimal number = new BigDecimal(text.strip());
        if (number.precision() - (long) number.scale() > MOST_DIGITS || Math.abs((long) number.scale()) > MOST_DIGITS) {
            return null;
        }
        long stored = number.setScale(0, RoundingMode.FLOOR).longValueExact();
        boolean isSeconds = form == DateForm.EPOCH_SECONDS;
        long start = start(isSeconds ? Instant.ofEpochSecond(stored) : Instant.ofEpochMilli(stored))
                .getEpochSecond();
        Long epoch = isSeconds ? start : start * MILLIS;
        return isNumber ? epoch : epoch.toString();
    }

    private String ofText(String text) {
        if (to == Strategy.LAST_PART) {
            int comma = text.lastIndexOf(',');
            String last = text.substring(comma + 1).strip();
            return comma < 0 || last.isEmpty() ? null : last;
        }
        Matcher date = ISO.matcher(text);
        if (!date.matches()) {
            return null;
        }
        // Throws if there is no such day
        LocalDate.of(Integer.parseInt(date.group(1)), part(date, 2), part(date, 3));
        int end = date.end(to == Strategy.YEAR ? 1 : to == Strategy.MONTH ? 2 : 3);
        return text.substring(0, end >= 0 ? end : text.length());
    }

    private static int part(Matcher date, int group) {
        return date.group(group) == null ? 1 : Integer.parseInt(date.group(group));
    }

    private Instant start(Instant moment) {
        return start(moment.atOffset(ZoneOffset.UTC).toLocalDate())
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
    }

    private LocalDate start(LocalDate day) {
        return switch (to) {
            case YEAR -> day.withDayOfYear(1);
            case MONTH -> day.withDayOfMonth(1);
            case DAY -> day;
            default -> throw new DateTimeException("a date is no place");
        };
    }
}
