package io.themis.bench;

import static io.themis.bench.PerformancePage.milliseconds;

import com.azure.storage.blob.BlobContainerClient;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.devservices.Azurite;
import io.themis.devservices.Port;
import io.themis.dryrun.LakeRequests;
import io.themis.request.SubjectKey;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person's rows in a lake that is behind HTTP, by the routes of the application. */
@Tag("bench")
class BlobLakeSpeedIT {

    private static final long SIZE = Long.getLong("themis.bench.size", 1_000_000_000L);
    private static final String DATA_MAP = "classpath:datamap/bench.yaml";

    /** How many ask for their rows by the index, for one that reads all. */
    private static final int PEOPLE = 20;

    private static final int MANY_ROWS = 40;

    @Test
    void requests() throws Exception {
        SampleFiles posts = SampleFiles.of(new Posts(), SIZE);
        Question one = new Question(posts, "xml", "1", posts.typicalPeople(1));
        Question some = new Question(posts, "xml", String.valueOf(PEOPLE), posts.typicalPeople(PEOPLE));
        Question busy = new Question(posts, "xml", String.valueOf(PEOPLE), posts.peopleWith(MANY_ROWS, PEOPLE));
        Times cold = new Times();
        Contest contest = new Contest();
        try (Azurite azurite = Azurite.start(Port.free())) {
            BlobContainerClient lake = azurite.client().getBlobContainerClient("lake");
            for (Path file : posts.of("xml")) {
                lake.getBlobClient("posts/" + file.getFileName()).uploadFromFile(file.toString());
            }
            try (LakeRequests scanning = LakeRequests.withoutIndex(azurite, DATA_MAP)) {
                Times building = new Times();
                for (int round = 0; round < Contest.ROUNDS; round++) {
                    try (LakeRequests process = LakeRequests.withIndex(azurite, DATA_MAP)) {
                        Contest of = new Contest();
                        Contest.Entry first = of.enterOnce(new Requests("the first request", process), one);
                        of.run();
                        (round == 0 ? building : cold).addAll(first.times());
                    }
                }
                try (LakeRequests knowing = LakeRequests.withIndex(azurite, DATA_MAP)) {
                    Contest.Entry scan = contest.enter(new Requests("scan of the whole", scanning), one);
                    Contest.Entry indexed = contest.enter(new Requests("index", knowing), some);
                    Contest.Entry indexedBusy = contest.enter(new Requests("index", knowing), busy);
                    contest.run();
                    write(posts, some, scan.times(), indexed.times(), indexedBusy.times(), cold, building);
                }
            }
        }
    }

    private static void write(
            SampleFiles posts, Question some, Times scan, Times indexed, Times indexedBusy, Times cold, Times building)
            throws Exception {
        PerformancePage page = new PerformancePage("5-blob", "A person's rows through Azurite");
        page.say(
                "%,d MB of posts as XML in eight blobs, for a typical person; one request at a time, by the routes of the application: listing, look-up, reading and parsing. What is found stays in memory. Azurite has one thread, on the same cores. Medians of %d rounds; of the index, of %d people a round."
                        .formatted(posts.bytes("xml") / 1_000_000, Contest.ROUNDS, PEOPLE));
        page.header("what", "ms", "fastest to slowest");
        row("scan of the whole", scan, 1, page);
        row("first scan of a process, which builds the index (once)", building, 1, page);
        row("by the index", indexed, PEOPLE, page);
        row("by the index, people with %d rows".formatted(MANY_ROWS), indexedBusy, PEOPLE, page);
        row("by the index, first request of a process (four)", cold, 1, page);
        page.say("The %d typical people have %,d rows together."
                .formatted(PEOPLE, some.truth().rows()));
        page.atLeast("scan ÷ indexed request, through Azurite", 30, scan.median() * PEOPLE / indexed.median());
        page.write();
    }

    private static void row(String what, Times times, int people, PerformancePage page) {
        page.row(
                what,
                milliseconds(times.median() / people),
                milliseconds(times.fastest() / people) + " to " + milliseconds(times.slowest() / people));
    }

    /** One person after another. */
    private record Requests(String name, LakeRequests lake) implements Engine {

        private static final ObjectMapper JSON = new ObjectMapper();

        @Override
        public Answer answer(Question question) throws Exception {
            Answer.Builder found = new Answer.Builder();
            for (Long id : question.ids()) {
                for (String row : lake.rows("posts", new SubjectKey("account", null, id.toString()))) {
                    found.row(JSON.readValue(row, new TypeReference<Map<String, Object>>() {}));
                }
            }
            return found.answer();
        }
    }
}
