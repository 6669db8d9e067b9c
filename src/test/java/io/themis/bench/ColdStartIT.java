package io.themis.bench;

import io.themis.SecureParts;
import io.themis.ThemisJar;
import io.themis.cluster.Image;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Dockerfile does, by hand: the layers, the archive of classes, and a start with each of the image's options. */
@Tag("bench")
class ColdStartIT {

    private static final int ROUNDS = 3;

    /** The container's limit in k8s/base/deployment.yaml. */
    private static final String LIMIT = "-XX:MaxRAM=1g";

    private static final Duration REST = Duration.ofSeconds(90);
    private static final double MOST_RESIDENT_MB = 300;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void fromNothingToReadyAndAtRest() throws Exception {
        Path unpacked = Image.unpack(folder.resolve("image"));
        Image.archiveClasses(unpacked);
        Times with = new Times();
        Times without = new Times();
        List<Long> resident = new ArrayList<>();
        List<Long> residentWithout = new ArrayList<>();
        try (SecureParts parts = SecureParts.start(folder)) {
            for (int round = 0; round <= ROUNDS; round++) {
                boolean last = round == ROUNDS;
                List<String> archive = new ArrayList<>(Image.options(unpacked));
                // The JVM starts without an archive that does not fit, and says nothing.
                archive.add("-Xshare:on");
                start(unpacked, parts, archive, round > 0 ? with : new Times(), last ? resident : null);
                start(
                        unpacked,
                        parts,
                        Image.optionsWithoutArchive(),
                        round > 0 ? without : new Times(),
                        last ? residentWithout : null);
            }
        }

        PerformancePage page = new PerformancePage("91-cold-start", "Cold start and memory at rest, as in the image");
        page.say(
                "The layers of the packaged jar with the options of the Dockerfile and `%s`, as in a container of 1 GiB: from the start of the process until `/observe/health/ready` says yes. In turns, medians of %d rounds."
                        .formatted(LIMIT, ROUNDS));
        page.header("what", "median", "fastest", "slowest");
        row(page, "with the archive of classes, seconds", with);
        row(page, "without, seconds", without);
        page.row("with ÷ without", PerformancePage.ratio(with.median() / without.median()), "", "");
        page.say("Resident memory of the process, MB, %d s after it was ready with nothing to do (`VmRSS` of Linux):"
                .formatted(REST.toSeconds()));
        page.header("what", "resident", "of it files, which the system can drop");
        page.row("with the archive of classes", megabytes(resident.get(0)), megabytes(resident.get(1)));
        page.row("without", megabytes(residentWithout.get(0)), megabytes(residentWithout.get(1)));
        page.atMost("megabytes resident at rest, as in the image", MOST_RESIDENT_MB, resident.get(0) / 1024.0);
        page.write();
    }

    private static void row(PerformancePage page, String what, Times times) {
        page.row(what, seconds(times.median()), seconds(times.fastest()), seconds(times.slowest()));
    }

    private static String seconds(double seconds) {
        return "%.1f".formatted(seconds);
    }

    private static String megabytes(long kilobytes) {
        return "%.0f".formatted(kilobytes / 1024.0);
    }

    /** @param resident gets what is resident, and what of it is of files; null not to wait for that */
    private void start(Path unpacked, SecureParts parts, List<String> image, Times times, List<Long> resident)
            throws Exception {
        List<String> options = new ArrayList<>(image);
        options.add(LIMIT);
        options.addAll(parts.options());
        long begin = System.nanoTime();
        try (ThemisJar jar = ThemisJar.startUnpacked(unpacked, options, parts.settings(), Image.environment())) {
            jar.awaitStarted();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> isReady(jar));
            times.addSince(begin);
            if (resident != null) {
                Thread.sleep(REST.toMillis());
                resident.add(kilobytes(jar, "VmRSS"));
                resident.add(kilobytes(jar, "RssFile"));
            }
            jar.stop();
        }
    }

    private boolean isReady(ThemisJar jar) throws Exception {
        URI ready = URI.create("http://localhost:" + jar.managementPort() + "/observe/health/ready");
        return http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }

    private static long kilobytes(ThemisJar jar, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(jar.pid()), "status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
