package io.themis.bench;

import static io.themis.bench.PerformancePage.ratio;

import io.themis.spark.SparkServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When it pays to have Spark look for people's rows: against Themis' own scan of the same files, and by how much two workers are quicker than one. */
@Tag("bench")
class SparkSpeedIT {

    private static final long SIZE = Long.getLong("themis.bench.size", 1_000_000_000L);
    private static final int TIMES = 10;
    private static final List<String> FORMATS = List.of("xml", "jsonl");

    /** Eight files of some rows: what a job takes for them, every job takes. */
    private static final long TINY = 100_000;

    // After which no more rounds of a contest begin
    private static final Duration ENOUGH_OF_TINY = Duration.ofSeconds(15);
    private static final Duration ENOUGH = Duration.ofSeconds(60);

    @Test
    void themisAndSpark() throws Exception {
        SampleFiles tiny = SampleFiles.of(new Posts(), TINY);
        SampleFiles small = SampleFiles.of(new Posts(), SIZE);
        SampleFiles large = small.times(TIMES);
        PerformancePage page = new PerformancePage("85-spark", "Themis' own engine, or Spark");
        page.say(
                "Posts, in eight files of each format; ten times the bytes are the same files under ten names each, so that they stay in the page cache. Themis is the scan on two threads, without an index. Spark is a Connect server with two workers of one core each; a job is from the call until Themis has read the rows that it was handed. Seconds are medians, and fastest to slowest. The machine's cores are for all of them together.");
        page.header(
                "format", "size", "people", "rows found", "Themis, s", "Spark, s", "Spark ÷ Themis", "rounds");
        List<Sizing> sizings = new ArrayList<>();
        try (Cluster cluster = Cluster.of(2)) {
            Match match = new Match(Search.scan(), SparkSearch.by("Spark, two workers", cluster.server()));
            for (String format : FORMATS) {
                match.warmUp(hundred(small, format));
                List<Pair> least = match.of(List.of(Question.ofOne(tiny, format)), ENOUGH_OF_TINY);
                List<Pair> some = match.of(Question.ofMoreAndMore(small, format), ENOUGH);
                // Takes long, and how time grows with bytes is seen in one format
                List<Pair> most = format.equals("xml")
                        ? match.of(Question.ofMoreAndMore(large, format), ENOUGH)
                        : List.of();
                Stream.of(least, some, most).flatMap(List::stream).forEach(pair -> pair.tell(page));
                sizings.add(new Sizing(format, least.get(0), (most.isEmpty() ? some : most).get(1)));
            }
        }
        Sizing.tell(sizings, page);
        page.write();
    }

    @Test
    void oneWorkerAndTwo() throws Exception {
        Question question = hundred(SampleFiles.of(new Posts(), SIZE), "xml");
        PerformancePage page = new PerformancePage("86-spark-workers", "One worker of Spark, or two");
        page.say(
                "A job for 100 people in posts as XML, %s. A worker has one core; but the machine has no more of them for that, and workers, servers and Themis share them. In turns, after a round that does not count."
                        .formatted(size(question)));
        page.header("Spark", "s", "fastest to slowest", "rounds");
        try (SparkServer server = SparkServer.alone();
                Cluster one = Cluster.of(1);
                Cluster two = Cluster.of(2)) {
            Contest contest = new Contest();
            contest.enter(SparkSearch.by("the server alone, two threads", server), question);
            Contest.Entry ofOne = contest.enter(SparkSearch.by("one worker", one.server()), question);
            Contest.Entry ofTwo = contest.enter(SparkSearch.by("two workers", two.server()), question);
            contest.warmUp();
            contest.runFor(ENOUGH);
            for (Contest.Entry entry : contest.entries()) {
                Times times = entry.times();
                page.row(
                        entry.engine().name(),
                        seconds(times.median()),
                        seconds(times.fastest()) + " to " + seconds(times.slowest()),
                        String.valueOf(times.rounds()));
            }
            page.told(
                    "Spark, one worker ÷ two workers, seconds",
                    ofOne.times().median() / ofTwo.times().median());
        }
        page.write();
    }

    private static Question hundred(SampleFiles data, String format) {
        return Question.ofMoreAndMore(data, format).get(1);
    }

    private static String size(Question question) {
        double megabytes = question.bytes() / 1e6;
        return megabytes < 10
                ? String.format(Locale.ROOT, "%.1f MB", megabytes)
                : String.format(Locale.ROOT, "%.2f GB", megabytes / 1000);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, seconds < 10 ? "%.2f" : "%.1f", seconds);
    }

    /** Processes of Spark that work together: the server, and those that work for it. */
    private record Cluster(SparkServer server, List<SparkServer> others) implements AutoCloseable {

        /** @param workers with one core each */
        static Cluster of(int workers) {
            List<SparkServer> others = new ArrayList<>();
            SparkServer master = SparkServer.master();
            others.add(master);
            for (int i = 0; i < workers; i++) {
                others.add(SparkServer.worker(master));
            }
            return new Cluster(SparkServer.of(master), others);
        }

        @Override
        public void close() {
            server.close();
            others.forEach(SparkServer::close);
        }
    }

    /** The two that answer the same questions in turns. */
    private record Match(Engine themis, Engine spark) {

        void warmUp(Question question) throws Exception {
            contest(List.of(question)).warmUp();
        }

        List<Pair> of(List<Question> questions, Duration enough) throws Exception {
            Contest contest = contest(questions);
            contest.runFor(enough);
            List<Contest.Entry> entries = contest.entries();
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < entries.size(); i += 2) {
                pairs.add(new Pair(entries.get(i), entries.get(i + 1)));
            }
            return pairs;
        }

        private Contest contest(List<Question> questions) {
            Contest contest = new Contest();
            for (Question question : questions) {
                contest.enter(themis, question);
                contest.enter(spark, question);
            }
            return contest;
        }
    }

    /** What one question has taken each of them. */
    private record Pair(Contest.Entry themis, Contest.Entry spark) {

        void tell(PerformancePage page) {
            Question question = themis.question();
            double ratio = spark.times().median() / themis.times().median();
            page.row(
                    question.format(),
                    size(question),
                    question.people(),
                    "%,d".formatted(question.truth().rows()),
                    range(themis),
                    range(spark),
                    ratio(ratio),
                    String.valueOf(themis.times().rounds()));
            page.told(
                    "Spark ÷ Themis, seconds, %s, %s, people: %s"
                            .formatted(question.format(), size(question), question.people()),
                    ratio);
        }

        private static String range(Contest.Entry entry) {
            Times times = entry.times();
            return seconds(times.median())
                    + (times.rounds() == 1
                            ? ""
                            : " (%s to %s)".formatted(seconds(times.fastest()), seconds(times.slowest())));
        }
    }

    /**
     * What can be worked out of the measured for lakes and machines that are not here.
     *
     * @param least next to nothing to search, so that what it takes is what a job takes to begin and to end
     * @param most the largest that was measured
     */
    private record Sizing(String format, Pair least, Pair most) {

        /** Bytes a second of a lake that is far away, for each machine: 10 Gbit/s. */
        private static final double LINK = 1.25e9;

        private static final int MEASURED_CORES = 2;
        private static final List<Double> LAKES = List.of(1e10, 1e11, 1e12, 1e13, 1e14);
        private static final List<Integer> REPLICAS = List.of(1, 4);
        private static final List<Integer> CORES = List.of(16, 64, 256);

        static void tell(List<Sizing> sizings, PerformancePage page) {
            page.say(
                    "**Worked out of these, not measured:** how long it takes to read a lake once, for 100 people, with replicas of two cores that get 10 Gbit/s each, and with Spark where its cores are what it is short of; as if with more of them nothing were lost.");
            page.header(Stream.of(
                            Stream.of("format", "size"),
                            REPLICAS.stream().map("Themis, replicas: %d"::formatted),
                            CORES.stream().map("Spark, cores: %d"::formatted))
                    .flatMap(cells -> cells)
                    .toArray(String[]::new));
            for (Sizing sizing : sizings) {
                LAKES.forEach(bytes -> page.row(sizing.lake(bytes)));
            }
            page.header(
                    "format",
                    "Themis, MB/s a core",
                    "Spark, MB/s a core",
                    "the least a job takes, s",
                    "cores of Spark that are as quick as one replica");
            for (Sizing sizing : sizings) {
                page.row(
                        sizing.format,
                        "%,.0f".formatted(sizing.themis() / MEASURED_CORES / 1e6),
                        "%,.0f".formatted(sizing.sparkCore() / 1e6),
                        seconds(sizing.start()),
                        "%,.0f".formatted(Math.ceil(sizing.replica() / sizing.sparkCore())));
            }
        }

        private String[] lake(double bytes) {
            return Stream.of(
                            Stream.of(format, bytes < 1e12 ? amount(bytes / 1e9, "GB") : amount(bytes / 1e12, "TB")),
                            REPLICAS.stream().map(replicas -> duration(bytes / replicas / replica())),
                            CORES.stream().map(cores -> duration(start() + bytes / cores / sparkCore())))
                    .flatMap(cells -> cells)
                    .toArray(String[]::new);
        }

        /** Bytes a second, of all cores together. */
        private double themis() {
            return most.themis().question().bytes() / most.themis().times().median();
        }

        private double replica() {
            return Math.min(themis(), LINK);
        }

        private double sparkCore() {
            return most.spark().question().bytes() / (most.spark().times().median() - start()) / MEASURED_CORES;
        }

        private double start() {
            return least.spark().times().median();
        }

        private static String duration(double seconds) {
            if (seconds < 100) {
                return amount(seconds, "s");
            }
            return seconds < 6_000 ? amount(seconds / 60, "min") : amount(seconds / 3_600, "h");
        }

        private static String amount(double amount, String unit) {
            return String.format(Locale.ROOT, amount % 1 != 0 && amount < 10 ? "%.1f %s" : "%,.0f %s", amount, unit);
        }
    }
}
