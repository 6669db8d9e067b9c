package io.themis.bench;

import static io.themis.bench.PerformancePage.milliseconds;
import static io.themis.bench.PerformancePage.percent;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What it costs to learn where people's rows are, and what it brings. */
@Tag("bench")
class IndexSpeedTest {

    private static final long SIZE = Long.getLong("themis.bench.size", 1_000_000_000L);

    /** Enough that a round takes some time. */
    private static final int PEOPLE = 2_000;

    private static final int TIMES = 10;

    @Test
    void building() throws Exception {
        PerformancePage page = new PerformancePage("3-index-build", "Building the index");
        page.say(
                "A scan for one typical person, without an index and building one of the key column; two threads, and the index in a local folder. Medians of %d rounds."
                        .formatted(Contest.ROUNDS));
        page.header(
                "table",
                "format",
                "MB",
                "scan, ms",
                "building, ms",
                "more, ms a GB",
                "merging, ms",
                "index ÷ files",
                "index ÷ files, merged");
        SampleFiles posts = SampleFiles.of(new Posts(), SIZE);
        page.atMostPercent("index ÷ files, wide rows, xml", 0.01, size(posts, "xml", page));
        size(posts, "jsonl", page);
        size(posts, "csv", page);
        SampleFiles votes = SampleFiles.of(new Votes(), SIZE / 4);
        page.atMostPercent("index ÷ files, narrow rows, xml", 0.05, size(votes, "xml", page));
        size(votes, "jsonl", page);
        size(votes, "csv", page);
        page.write();
    }

    /** @return size of the index by that of the files */
    private static double size(SampleFiles data, String format, PerformancePage page) throws Exception {
        Question question = new Question(data, format, "1", List.of(data.typicalPerson()));
        LocalIndex index = new LocalIndex("building");
        Contest contest = new Contest();
        Contest.Entry scan = contest.enter(Search.scan(), question);
        Contest.Entry building = contest.enter(index.building(), question);
        contest.run();
        long before = index.bytes();
        long start = System.nanoTime();
        index.merge(question);
        double merging = (System.nanoTime() - start) / 1e9;
        double gigabytes = data.bytes(format) / 1e9;
        double more = building.times().median() - scan.times().median();
        double share = index.bytes() / 1e9 / gigabytes;
        page.row(
                data.table().name(),
                format,
                "%,.0f".formatted(gigabytes * 1000),
                milliseconds(scan.times().median()),
                milliseconds(building.times().median()),
                milliseconds(more / gigabytes),
                milliseconds(merging),
                percent(before / 1e9 / gigabytes),
                percent(share));
        return share;
    }

    @Test
    void lookingUp() throws Exception {
        SampleFiles small = SampleFiles.of(new Posts(), SIZE);
        SampleFiles large = SampleFiles.xml(new Posts(), TIMES * SIZE, TIMES * SampleFiles.COUNT);
        Contest contest = new Contest();
        Contest.Entry amongFew = request(small, contest);
        Contest.Entry amongMany = request(large, contest);
        contest.run();

        PerformancePage page = new PerformancePage("4-index-look-up", "A person's rows by the index");
        page.say(
                "%d typical people one after another, in posts as XML: where their rows are, by an index in a local folder that is merged, and these rows, by ranges, on two threads. Medians of %d rounds."
                        .formatted(PEOPLE, Contest.ROUNDS));
        page.header("files", "MB", "rows found", "ms a person", "fastest to slowest");
        row(amongFew, page);
        row(amongMany, page);
        page.atMost(
                "indexed request at 10 times the files ÷ at 1",
                1.2,
                amongMany.times().median() / amongFew.times().median());
        page.write();
    }

    private static Contest.Entry request(SampleFiles data, Contest contest) throws Exception {
        Question question = new Question(data, "xml", String.valueOf(PEOPLE), data.typicalPeople(PEOPLE));
        LocalIndex index = new LocalIndex(data.of("xml").size() + "-files");
        index.building().answer(question);
        index.merge(question);
        return contest.enter(index.lookingUp(question), question);
    }

    private static void row(Contest.Entry entry, PerformancePage page) throws Exception {
        Question question = entry.question();
        page.row(
                String.valueOf(question.files().size()),
                "%,.0f".formatted(question.data().bytes("xml") / 1e6),
                "%,d".formatted(question.truth().rows()),
                perPerson(entry.times().median()),
                perPerson(entry.times().fastest()) + " to "
                        + perPerson(entry.times().slowest()));
    }

    private static String perPerson(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds * 1000 / PEOPLE);
    }
}
