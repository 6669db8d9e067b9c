package io.themis.page;

import io.themis.export.ReadableSize;
import io.themis.export.Texts;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

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

    String progress(Progress progress) {
        String places = texts.get("progress.places", progress.datasetsAnswered(), progress.datasets());
        return progress.secondsLeft() == null
                ? places
                : places + " " + texts.get("progress.left", (progress.secondsLeft() + 59) / 60);
    }
}
