package io.themis.bench;

import io.themis.export.ZipThroughput;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Writing the package's zip, apart from where it goes. */
@Tag("bench")
class PackageSpeedTest {

    private static final int MEGABYTES = 128;

    @Test
    void zip() throws Exception {
        ZipThroughput zip = ZipThroughput.measure(MEGABYTES);

        PerformancePage page = new PerformancePage("6-zip", "The zip of a package");
        page.say("JSON Lines that deflate to a third, on all cores; the JDK's `ZipOutputStream` at the same level."
                + " Medians of five rounds.");
        page.header("what", "seconds", "MB/s");
        row("one file of %d MB".formatted(zip.bytes() / 1_000_000), zip.bytes(), zip.seconds(), page);
        row("the same by `ZipOutputStream`", zip.bytes(), zip.jdkSeconds(), page);
        page.row("10,000 files of 2 KB", seconds(zip.entriesSeconds()), "");
        page.row("20,000 files of 2 KB", seconds(zip.twiceEntriesSeconds()), "");
        page.atLeast("deflate ÷ `ZipOutputStream` at the same level", 1.7, zip.gain());
        page.atMost("20,000 entries ÷ 10,000 entries", 2.2, zip.growth());
        page.write();
    }

    private static void row(String what, long bytes, double seconds, PerformancePage page) {
        page.row(what, seconds(seconds), "%.0f".formatted(bytes / seconds / 1e6));
    }

    private static String seconds(double seconds) {
        return "%.2f".formatted(seconds);
    }
}
