package io.themis.bench;

import static io.themis.bench.PerformancePage.milliseconds;

import com.azure.storage.common.StorageSharedKeyCredential;
import io.themis.datamap.DataMapLoader;
import io.themis.devservices.Azurite;
import io.themis.devservices.Port;
import io.themis.erasure.BlobErasure;
import io.themis.erasure.BlobErasure.Moved;
import io.themis.lake.FileEdits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Erasing a hundred people from files that are behind HTTP, against copying these files. */
@Tag("bench")
class BlobErasureSpeedIT {

    private static final long SIZE = Long.getLong("themis.bench.size", 1_000_000_000L);
    private static final String DATA_MAP = "datamap/bench-erasure.yaml";
    private static final List<String> FORMATS = List.of("xml", "jsonl", "csv", "parquet");
    private static final String OLD = "old/";
    private static final String NEW = "new/";
    private static final int PEOPLE = 100;

    /** Of eight files, where the ratio needs no gigabyte. */
    private static final int FEWER = 2;

    private final SampleFiles posts = posts();

    private static SampleFiles posts() {
        try {
            return SampleFiles.of(new Posts(), SIZE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whereTheStoreCopiesRanges() throws Exception {
        PerformancePage page = page("6-erasure-copied", "Erasing people where the store copies ranges");
        page.say("The store is a stand-in in this process, which copies a range from file to file.");
        header(page);
        for (String format : FORMATS) {
            try (RangeStore store = new RangeStore(Path.of("target/bench/store"))) {
                for (Path file : files(format)) {
                    store.put(OLD + file.getFileName(), file);
                }
                new Race(format, files(format), erasure(store.endpoint(), RangeStore.ACCOUNT, RangeStore.KEY, format))
                        .run(true, page);
            }
        }
        page.write();
    }

    @Test
    void whereItCant() throws Exception {
        PerformancePage page = page("7-erasure-streamed", "Erasing people where the store can't copy");
        page.say("Azurite, which has one thread, on the same cores.");
        header(page);
        for (String format : FORMATS) {
            // A store of its own, as what was replaced stays on the disk for some minutes
            try (Azurite azurite = Azurite.start(Port.free())) {
                for (Path file : files(format)) {
                    azurite.client()
                            .getBlobContainerClient("lake")
                            .getBlobClient(OLD + file.getFileName())
                            .uploadFromFile(file.toString());
                }
                new Race(
                                format,
                                files(format),
                                erasure(azurite.endpoint(), Azurite.ACCOUNT_NAME, Azurite.ACCOUNT_KEY, format))
                        .run(false, page);
            }
        }
        page.write();
    }

    private static PerformancePage page(String name, String title) {
        PerformancePage page = new PerformancePage(name, title);
        page.say(
                "Posts in files of %,d MB as XML, one file after the other: eight, and of other formats %d. %d people, whose rows are spread over all eight. Erasing is finding by a scan, and swapping. Medians of %d rounds."
                        .formatted(SIZE / SampleFiles.COUNT / 1_000_000, FEWER, PEOPLE, Contest.ROUNDS));
        return page;
    }

    private static void header(PerformancePage page) {
        page.header("format", "what", "ms", "fastest to slowest", "MB read", "MB written", "MB copied by the store");
    }

    private List<Path> files(String format) {
        return posts.of(format).subList(0, format.equals("xml") ? SampleFiles.COUNT : FEWER);
    }

    private BlobErasure erasure(String endpoint, String account, String key, String format) throws IOException {
        try (InputStream yaml = getClass().getClassLoader().getResourceAsStream(DATA_MAP)) {
            return new BlobErasure(
                    endpoint,
                    new StorageSharedKeyCredential(account, key),
                    DataMapLoader.load(DATA_MAP, yaml).dataset(format),
                    "account",
                    posts.people(PEOPLE));
        }
    }

    /** Each round copies the files to where they are erased from then. */
    private static final class Race {

        private final String format;
        private final List<Path> files;
        private final BlobErasure erasure;
        private final Part copyByStore = new Part("plain copy by the store");
        private final Part copy = new Part("plain copy through the process");
        private final Part erasing = new Part("erase");
        private final Part verifying = new Part("verify, by the full parser");

        private Race(String format, List<Path> files, BlobErasure erasure) {
            this.format = format;
            this.files = files;
            this.erasure = erasure;
        }

        private void run(boolean storeCopies, PerformancePage page) throws Exception {
            round(files.subList(0, 1), storeCopies, false);
            for (int round = 0; round < Contest.ROUNDS; round++) {
                round(files, storeCopies, true);
            }
            for (Part part : List.of(copyByStore, copy, erasing, verifying)) {
                if (part.moved != null) {
                    part.write(format, page);
                }
            }
            page.atMost(
                    "erase ÷ plain copy where the store %s, %s"
                            .formatted(storeCopies ? "copies ranges" : "can't copy", format),
                    storeCopies ? 1.0 : 1.3,
                    erasing.times.median() / copy.times.median());
        }

        private void round(List<Path> files, boolean storeCopies, boolean isMeasured) throws Exception {
            if (storeCopies) {
                copyByStore.run(files, isMeasured, name -> erasure.copyByStore(OLD + name, NEW + name));
            }
            copy.run(files, isMeasured, name -> erasure.copy(OLD + name, NEW + name));
            erasing.run(files, isMeasured, name -> erasure.erase(NEW + name, storeCopies));
            verifying.run(files, isMeasured, name -> {
                FileEdits left = erasure.read(NEW + name);
                if (left.deleted() > 0) {
                    throw new AssertionError("rows are left in " + name);
                }
                return new Moved(left.length(), 0, 0, 0);
            });
        }
    }

    /** One way to treat all files. */
    private static final class Part {

        private final String name;
        private final Times times = new Times();
        private Moved moved;

        private Part(String name) {
            this.name = name;
        }

        private void write(String format, PerformancePage page) {
            page.row(
                    format,
                    name,
                    milliseconds(times.median()),
                    milliseconds(times.fastest()) + " to " + milliseconds(times.slowest()),
                    megabytes(moved.read()),
                    megabytes(moved.written()),
                    megabytes(moved.copied()));
        }

        private static String megabytes(long bytes) {
            return "%,d".formatted(Math.round(bytes / 1e6));
        }

        private interface Way {
            Moved of(String file) throws Exception;
        }

        private void run(List<Path> files, boolean isMeasured, Way way) throws Exception {
            long start = System.nanoTime();
            Moved all = new Moved(0, 0, 0, 0);
            for (Path file : files) {
                all = all.plus(way.of(file.getFileName().toString()));
            }
            if (isMeasured) {
                times.addSince(start);
                moved = all;
            }
        }
    }
}
