package io.themis.page;

import io.themis.export.ReadableSize;
import io.themis.export.Texts;
import io.themis.request.RequestProgress;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/** What the pages say about times and numbers, in one language. Times are of UTC. */
final class PageWords {

    static final String FOLDER = "templates/pages";

    private final Texts texts;
    private final Instant now;

    PageWords(Locale language, Instant now) {
        this.texts = new Texts(FOLDER, language);
        this.now = now;
    }

    Texts texts() {
        return texts;
    }

    String day(Instant instant) {
        return DateTimeFormatter.ofPattern(texts.get("day"), texts.language()).format(instant.atOffset(ZoneOffset.UTC));
    }

    String time(Instant instant) {
        return texts.time(instant);
    }

    /** How many days are left, or that it is late. */
    String left(Instant dueAt) {
        if (!now.isBefore(dueAt)) {
            return texts.get("late", Math.max(1, ChronoUnit.DAYS.between(dueAt, now)));
        }
        return texts.get("left", ChronoUnit.DAYS.between(date(now), date(dueAt)));
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    String size(long bytes) {
        return ReadableSize.of(bytes, texts.language());
    }

    /** How far a request has come that is being worked on. */
    String progress(long answered, long datasets, Long secondsLeft) {
        String places = texts.get("progress.places", answered, datasets);
        return secondsLeft == null ? places : places + " " + texts.get("progress.left", (secondsLeft + 59) / 60);
    }

    /** The same for what a page that watches is told. */
    String progress(long answered, long datasets, RequestProgress lake) {
        return progress(answered, datasets, lake == null ? null : lake.secondsLeft());
    }

    /** @param progress as a view of a request has it */
    String progress(Map<String, Object> progress) {
        Long secondsLeft =
                progress.get("lake") instanceof Map<?, ?> lake && lake.get("secondsLeft") instanceof Number left
                        ? left.longValue()
                        : null;
        return progress(number(progress, "datasetsAnswered"), number(progress, "datasets"), secondsLeft);
    }

    private static long number(Map<String, Object> object, String name) {
        return ((Number) object.get(name)).longValue();
    }
}
