package io.themis.bench;

import static io.themis.bench.PerformancePage.milliseconds;
import static io.themis.bench.PerformancePage.ratio;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Finding people's rows by looking at every byte of the lake, compared with others who do so. */
@Tag("bench")
class LakeSpeedTest {

    private static final long SIZE = Long.getLong("themis.bench.size", 1_000_000_000L);

    /** What newer JVMs are asked for: they can look at more bytes at a time. */
    private static final double SHARE_OF_READING = Runtime.version().feature() >= 25 ? 0.60 : 0.40;

    private static final int MOST_PEOPLE = 10_000;

    private final Optional<Ripgrep> ripgrep = Ripgrep.find();

    @Test
    void wideRows() throws Exception {
        SampleFiles posts = SampleFiles.of(new Posts(), SIZE);
        try (DuckDb duckDb = DuckDb.readingRows();
                DuckDb duckDbLines = DuckDb.readingLines()) {
            PerformancePage page = page("1-wide-rows", "A person's rows among wide ones", posts, duckDb);
            Race xml = new Race(posts, "xml");
            Race jsonl = new Race(posts, "jsonl");
            Race csv = new Race(posts, "csv");
            xml.run(duckDbLines, page);
            jsonl.run(duckDb, page);
            csv.run(duckDb, page);
            parquet(posts, duckDb, page);
            for (Race race : List.of(xml, jsonl, csv)) {
                page.atLeast("reading and summing ÷ scan, " + race.format, SHARE_OF_READING, race.shareOfReading());
            }
            page.atLeast("DuckDB ÷ scan, jsonl", 3, jsonl.timesFaster());
            page.atLeast("DuckDB ÷ scan, csv", 5, csv.timesFaster());
            page.atLeast("DuckDB ÷ scan, xml as lines", 1.5, xml.timesFaster());
            for (Race race : List.of(xml, jsonl, csv)) {
                page.atMost("10,000 people ÷ 100 people, " + race.format, 1.2, race.manyPeople());
            }
            page.write();
        }
    }

    @Test
    void narrowRows() throws Exception {
        // Rows are ten times as many in as many bytes, and a ratio needs no gigabyte
        SampleFiles votes = SampleFiles.of(new Votes(), SIZE / 4);
        try (DuckDb duckDb = DuckDb.readingRows();
                DuckDb duckDbLines = DuckDb.readingLines()) {
            PerformancePage page = page("2-narrow-rows", "A person's rows among narrow ones", votes, duckDb);
            new Race(votes, "xml").run(duckDbLines, page);
            new Race(votes, "jsonl").run(duckDb, page);
            new Race(votes, "csv").run(duckDb, page);
            parquet(votes, duckDb, page);
            page.write();
        }
    }

    private PerformancePage page(String name, String title, SampleFiles data, DuckDb duckDb) throws Exception {
        PerformancePage page = new PerformancePage(
                name,
                title,
                duckDb.version(),
                ripgrep.map(Ripgrep::version).orElse("no ripgrep, as there is no rg on the PATH"));
        page.say("%s, %,d rows, %,d MB as XML, in eight files of each format; two threads. Medians of %d rounds."
                .formatted(data.table().name(), data.rows(), data.bytes("xml") / 1_000_000, Contest.ROUNDS));
        page.header("format", "engine", "people", "rows found", "ms", "fastest to slowest", "GB/s", "÷ read and sum");
        return page;
    }

    private static void parquet(SampleFiles data, DuckDb duckDb, PerformancePage page) throws Exception {
        Contest contest = new Contest();
        for (Question question : Question.ofMoreAndMore(data, "parquet")) {
            contest.enter(new ParquetSearch(), question);
            contest.enter(duckDb, question);
        }
        contest.run();
        rows(contest, null, page);
    }

    /** @param reading null where nothing read all bytes */
    private static void rows(Contest contest, Contest.Entry reading, PerformancePage page) throws IOException {
        for (Contest.Entry entry : contest.entries()) {
            Question question = entry.question();
            boolean finds = entry != reading;
            page.row(
                    question.format(),
                    entry.engine().name(),
                    finds ? question.people() : "",
                    finds ? "%,d".formatted(question.truth().rows()) : "",
                    milliseconds(entry.times().median()),
                    milliseconds(entry.times().fastest()) + " to "
                            + milliseconds(entry.times().slowest()),
                    ratio(question.bytes() / entry.times().median() / 1e9),
                    reading == null
                            ? ""
                            : ratio(reading.times().median() / entry.times().median()));
        }
    }

    /** Everybody on the same bytes. */
    private final class Race {

        private final SampleFiles data;
        private final String format;
        private final Contest contest = new Contest();
        private Contest.Entry reading;
        private Contest.Entry scanOne;
        private Contest.Entry scanHundred;
        private Contest.Entry scanMost;
        private Contest.Entry duckDbOne;

        private Race(SampleFiles data, String format) {
            this.data = data;
            this.format = format;
        }

        private void run(DuckDb duckDb, PerformancePage page) throws Exception {
            List<Question> questions = Question.ofMoreAndMore(data, format);
            Question one = questions.get(0);
            reading = contest.enter(new ReadAndSum(), one);
            scanOne = contest.enter(Search.scan(), one);
            duckDbOne = contest.enter(duckDb, one);
            scanHundred = contest.enter(Search.scan(), questions.get(1));
            contest.enter(duckDb, questions.get(1));
            scanMost = contest.enter(Search.scan(), questions.get(2));
            contest.enter(duckDb, questions.get(2));
            // CSV has values of several lines
            if (ripgrep.isPresent() && !format.equals("csv")) {
                contest.enter(ripgrep.get(), one);
            }
            List<Long> all = data.people(MOST_PEOPLE);
            contest.enterOnce(Search.scan(), new Question(data, format, "%,d, all here".formatted(all.size()), all));
            contest.enterOnce(Search.fullParser(), one);
            contest.run();
            rows(contest, reading, page);
        }

        private double shareOfReading() {
            return reading.times().median() / scanOne.times().median();
        }

        private double timesFaster() {
            return duckDbOne.times().median() / scanOne.times().median();
        }

        private double manyPeople() {
            return scanMost.times().median() / scanHundred.times().median();
        }
    }
}
