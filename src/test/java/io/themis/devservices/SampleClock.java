package io.themis.devservices;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** When things happened on a site: five years, ended before the dump was made. Times are milliseconds in UTC. */
final class SampleClock {

    private static final DateTimeFormatter DUMP_FORMAT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static final long DAY = 86_400_000L;
    static final long OPENED = Instant.parse("2019-03-04T09:00:00Z").toEpochMilli();

    /** Founders have joined by then. */
    private static final long FIRST_POST = OPENED + 14 * DAY;

    /** Leaves half a year for what follows a post, such as an edit. */
    private static final long LAST_POST = OPENED + 5 * 365 * DAY;

    private SampleClock() {}

    /** When the {@code index}-th of {@code count} things began that came at a steady pace. */
    static long at(long index, long count) {
        return FIRST_POST + (long) ((double) (LAST_POST - FIRST_POST) * index / count);
    }

    static long founderJoined(long userId) {
        return OPENED + (FIRST_POST - OPENED) * userId / (SamplePeople.FOUNDERS + 1);
    }

    static String text(long time) {
        return DUMP_FORMAT.format(Instant.ofEpochMilli(time));
    }

    /** Votes are published with their day only. */
    static String dayText(long time) {
        return text(Math.floorDiv(time, DAY) * DAY);
    }
}
