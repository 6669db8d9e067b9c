package io.themis.bench;

import static io.themis.bench.PerformancePage.milliseconds;
import static io.themis.bench.PerformancePage.ratio;

import io.themis.lake.FileEdits;
import io.themis.lake.NewContent;
import io.themis.lake.ParquetEditor;
import io.themis.lake.RowVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/** Writing files of this machine once more without the rows of a hundred people, against copying them and against DuckDB. */
@Tag("bench")
class ErasureSpeedTest {

    private static final long SIZE = Long.getLong("themis.bench.size", 1_000_000_000L);
    private static final Path OUT = Path.of("target/bench/rewritten");
    private static final int PEOPLE = 100;

    @Test
    void files() throws Exception {
        SampleFiles posts = SampleFiles.of(new Posts(), SIZE);
        try (DuckDb rows = DuckDb.readingRows();
                DuckDb lines = DuckDb.readingLines()) {
            PerformancePage page =
                    new PerformancePage("5-erasure", "Writing files without people's rows", rows.version());
            page.say(
                    "Posts in eight files of each format, %d people; two threads; from the page cache to a file. Medians of %d rounds."
                            .formatted(PEOPLE, Contest.ROUNDS));
            page.header("format", "what", "ms", "fastest to slowest", "GB/s");
            for (String format : List.of("xml", "jsonl", "csv", "parquet")) {
                Question question = new Question(posts, format, String.valueOf(PEOPLE), posts.people(PEOPLE));
                race(question, format.equals("xml") ? lines : rows, page);
            }
            page.write();
        }
    }

    private interface Way {
        /** @return how many rows went */
        long write(Path file, OutputStream target) throws Exception;
    }

    private static void race(Question question, DuckDb duckDb, PerformancePage page) throws Exception {
        Times copying = new Times();
        Times erasing = new Times();
        Times verifying = new Times();
        Times duckDbs = new Times();
        for (int round = -1; round < Contest.ROUNDS; round++) {
            long start = begin();
            each(question, (file, target) -> Files.copy(file, target) * 0);
            end(round, copying, start);

            start = begin();
            check(question, each(question, way(question)));
            end(round, erasing, start);

            start = System.nanoTime();
            Threads.each(question.files(), file -> verify(question, OUT.resolve(file.getFileName())));
            end(round, verifying, start);

            start = begin();
            duckDb.copyWithout(question, OUT);
            end(round, duckDbs, start);
        }
        FileSystemUtils.deleteRecursively(OUT);
        row(question, "copy", copying, page);
        row(question, "Themis, erase", erasing, page);
        row(question, "Themis, verify by the full parser", verifying, page);
        row(question, duckDb.name(), duckDbs, page);
        page.atLeast("DuckDB ÷ erase, " + question.format(), 1, duckDbs.median() / erasing.median());
    }

    /** What was written before is deleted, as writing over it costs other time. */
    private static long begin() throws IOException {
        FileSystemUtils.deleteRecursively(OUT);
        Files.createDirectories(OUT);
        return System.nanoTime();
    }

    private static void end(int round, Times times, long start) {
        if (round >= 0) {
            times.addSince(start);
        }
    }

    private static long each(Question question, Way way) throws Exception {
        return Threads.each(question.files(), file -> {
                    try (OutputStream target = Files.newOutputStream(OUT.resolve(file.getFileName()))) {
                        return way.write(file, target);
                    }
                })
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static Way way(Question question) {
        return question.format().equals("parquet")
                ? (file, target) -> parquet(question, file, target)
                : (file, target) -> {
                    try (InputStream content = Files.newInputStream(file)) {
                        return question.rowFormat()
                                .scanEdits(
                                        content,
                                        question.match(),
                                        row -> RowVerdict.DELETE,
                                        NewContent.writtenTo(target))
                                .deleted();
                    }
                };
    }

    /** Surveyed and then rewritten, as of a file of which it is not known before what is in it. */
    private static long parquet(Question question, Path file, OutputStream target) throws Exception {
        try (FileChannel channel = FileChannel.open(file)) {
            LocalRanges ranges = new LocalRanges(channel, channel.size());
            ParquetEditor editor = new ParquetEditor(question.match(), row -> RowVerdict.DELETE);
            editor.survey(ranges);
            return editor.rewrite(ranges, target).deleted();
        }
    }

    private static long verify(Question question, Path file) throws Exception {
        FileEdits left;
        try (InputStream content = Files.newInputStream(file);
                FileChannel channel = FileChannel.open(file)) {
            left = question.format().equals("parquet")
                    ? new ParquetEditor(question.match(), row -> RowVerdict.DELETE)
                            .survey(new LocalRanges(channel, channel.size()))
                    : question.rowFormat().edits(content, question.match(), row -> RowVerdict.DELETE);
        }
        if (left.deleted() > 0) {
            throw new AssertionError("rows are left in %s".formatted(file));
        }
        return left.rows();
    }

    private static void check(Question question, long deleted) {
        if (deleted != question.truth().rows()) {
            throw new AssertionError("%d rows of %s went, and it has %d"
                    .formatted(deleted, question.format(), question.truth().rows()));
        }
    }

    private static void row(Question question, String what, Times times, PerformancePage page) throws IOException {
        page.row(
                question.format(),
                what,
                milliseconds(times.median()),
                milliseconds(times.fastest()) + " to " + milliseconds(times.slowest()),
                ratio(question.bytes() / times.median() / 1e9));
    }
}
