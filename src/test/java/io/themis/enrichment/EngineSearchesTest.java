package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.index.FileVersion;
import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;
import io.themis.request.Part;
import io.themis.request.ProgressLog;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What another engine finds is each person's own, and what it can't tell is left to be read. */
class EngineSearchesTest {

    /** One dataset that is another engine's. */
    static final String MAP = """
            engine: spark
            subject: {key: mail}
            datasets:
              - name: posts
                title: t
                kind: lake
                path: "{site}/Posts.xml"
                format: xml-rows
                match: {Owner: mail}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
            """;

    private static final int LENGTH = 100;

    private Dataset posts;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LakeProgress lake;
    private final DatasetProgress progress;
    private final Map<String, String> etags = new TreeMap<>(Map.of("coffee/Posts.xml", "1", "tea/Posts.xml", "1"));
    private final Map<String, ByteArrayOutputStream> staged = new TreeMap<>();
    private final LakeListing listing = mock(LakeListing.class);
    private DataMap map;
    private LakeJob late;

    EngineSearchesTest() throws IOException {
        map = DataMapLoader.load("map", new ByteArrayInputStream(MAP.getBytes(StandardCharsets.UTF_8)));
        posts = map.dataset("posts");
        lake = new LakeProgress(mock(ProgressLog.class), meters, Clock.systemUTC(), map);
        progress = lake.begin(OneDataset.requestOf("ada@example.org"), "posts");
        doAnswer(call -> listed()).when(listing).of(any());
    }

    private Stream<Listed> listed() {
        return etags.entrySet().stream()
                .map(file -> new Listed(
                        posts.lakePath().file(file.getKey()).orElseThrow(),
                        new FileVersion(file.getKey(), file.getValue(), LENGTH),
                        LENGTH));
    }

    @Test
    void whatIsFoundIsEachPersonsOwnAndEachFileIsSearched() throws Exception {
        LakePlan plan = new EngineSearches(listing, lake, () -> job -> {
                    assertThat(job.files()).extracting(LakeJob.Source::name).containsExactlyElementsOf(etags.keySet());
                    assertThat(job.match("tea")
                                    .orElseThrow()
                                    .columns()
                                    .get("Owner")
                                    .normalForms())
                            .containsExactly("ada@example.org");
                    job.take(job.files().get(0), cut(true, 0));
                    job.take(
                            job.files().get(1),
                            cut(
                                    true,
                                    0,
                                    "<row Owner='ADA@example.org' Id='1'/>",
                                    "<row Owner='ben@example.org' Id='2'/>"));
                })
                .search(plan("ada@example.org"));

        assertThat(plan.queries()).isEmpty();
        assertThat(plan.known().values()).extracting(SearchResult::bytes).containsExactly(100L, 100L);
        assertThat(staged.values())
                .extracting(Object::toString)
                .containsExactly("{\"Owner\":\"ADA@example.org\",\"Id\":\"1\"}\n");
    }

    @Test
    void whereTheDataMapNamesNoEngineNoneIsAsked() throws Exception {
        map = DataMapLoader.load(
                "map", new ByteArrayInputStream(MAP.replace("spark", "themis").getBytes(StandardCharsets.UTF_8)));
        posts = map.dataset("posts");
        LakePlan plan = plan("ada@example.org");
        assertThat(new EngineSearches(listing, lake, () -> null).search(plan)).isSameAs(plan);
    }

    @Test
    void whatTheEngineIsNotSureOfOrDoesNotTellOfIsLeft() throws Exception {
        LakePlan plan = new EngineSearches(
                        listing,
                        lake,
                        () -> job -> job.take(job.files().get(0), cut(false, 0, "<row Owner='ada@example.org'/>")))
                .search(plan("ada@example.org"));

        assertThat(plan.queries()).hasSize(2);
        assertThat(plan.known()).isEmpty();
        assertThat(plan.gaps()).isEmpty();
    }

    @Test
    void rowsThatAreNoneAreCountedAndTheFileIsLeft() throws Exception {
        LakePlan plan = new EngineSearches(listing, lake, () -> job -> {
                    job.take(job.files().get(0), cut(true, 2));
                    job.take(
                            job.files().get(1), cut(true, 0, "<row Owner='ada@example.org' Owner='ben@example.org'/>"));
                })
                .search(plan("ada@example.org"));

        assertThat(plan.queries()).hasSize(2);
        assertThat(plan.gaps())
                .extracting(problem -> problem.sentence())
                .containsExactly(
                        "coffee/Posts.xml: 2 rows are not what the format has",
                        "tea/Posts.xml: 1 row is not what the format has");
    }

    @Test
    void aFileThatHasChangedMeanwhileIsLeft() throws Exception {
        LakePlan plan = new EngineSearches(listing, lake, () -> job -> {
                    job.files().forEach(file -> job.take(file, cut(true, 0)));
                    etags.put("tea/Posts.xml", "2");
                })
                .search(plan("ada@example.org"));

        assertThat(plan.queries()).extracting(query -> query.file().name()).containsExactly("tea/Posts.xml");
        assertThat(plan.known()).hasSize(1);
    }

    @Test
    void aFileThatIsGoneMeanwhileIsNamedUnlessItIsBack() throws Exception {
        EngineSeat seat = new EngineSeat(plan("ada@example.org"));
        new EngineSearches(listing, lake, () -> job -> {
                    job.files().forEach(file -> job.take(file, cut(true, 0)));
                    etags.remove("tea/Posts.xml");
                })
                .search(posts, List.of(seat));

        LakePlan without = plan("ada@example.org").answered(seat.answer());
        assertThat(without.queries()).isEmpty();
        assertThat(without.known().get("tea/Posts.xml").problems())
                .extracting(Shortfall::sentence)
                .containsExactly("tea/Posts.xml: the lake does not have this file any more");
        assertThat(without.known().get("coffee/Posts.xml").problems()).isEmpty();

        etags.put("tea/Posts.xml", "1");
        LakePlan back = plan("ada@example.org").answered(seat.answer());
        assertThat(back.queries()).extracting(query -> query.file().name()).containsExactly("tea/Posts.xml");
        assertThat(back.known()).containsOnlyKeys("coffee/Posts.xml");
    }

    @Test
    void aFileThatIsLeftToThemisAndGoesAwayBeforeItIsReadIsNamed() throws Exception {
        EngineSeat seat = new EngineSeat(plan("ada@example.org"));
        new EngineSearches(listing, lake, () -> job -> job.take(job.files().get(0), cut(true, 0)))
                .search(posts, List.of(seat));

        assertThat(plan("ada@example.org").answered(seat.answer()).queries())
                .extracting(query -> query.file().name())
                .containsExactly("tea/Posts.xml");
        etags.remove("tea/Posts.xml");
        assertThat(plan("ada@example.org")
                        .answered(seat.answer())
                        .known()
                        .get("tea/Posts.xml")
                        .problems())
                .hasSize(1);
    }

    /** So that what many have found in one file is not in memory until its end. */
    @Test
    void whereAFileHasMuchTheRowsAreSeveralParts() throws Exception {
        String row = "<row Owner='ada@example.org' Text='%s'/>".formatted("x".repeat(5 << 20));
        EngineSeat seat = new EngineSeat(plan("ada@example.org"));
        new EngineSearches(
                        listing,
                        lake,
                        () -> job -> job.take(
                                job.files().get(0),
                                cut(true, 0, Collections.nCopies(8, row).toArray(String[]::new))))
                .search(posts, List.of(seat));

        List<Part> parts = seat.answer().results().get("coffee/Posts.xml").parts();
        assertThat(parts).extracting(Part::rows).containsExactly(7L, 1L);
        assertThat(staged).hasSize(2);
    }

    @Test
    void howFarAJobHasComeIsSeenAndAtItsEndWhatHasBeenDealtWith() throws Exception {
        List<Long> seen = new ArrayList<>();
        LakePlan left = new EngineSearches(listing, lake, () -> job -> {
                    for (long read : List.of(50L, 150L, 1_000L, 60L)) {
                        job.hasRead(read);
                        seen.add(progress.figures().bytesDone());
                    }
                    job.take(job.files().get(0), cut(true, 0));
                    late = job;
                })
                .search(plan("ada@example.org"));

        assertThat(seen).containsExactly(50L, 150L, 200L, 60L);
        assertThat(left.queries()).hasSize(1);
        assertThat(progress.figures().bytesDone()).isEqualTo(LENGTH);
        late.hasRead(150);
        assertThat(progress.figures().bytesDone()).isEqualTo(LENGTH);
        left.queries().get(0).end();
        assertThat(progress.figures().bytesDone()).isEqualTo(2 * LENGTH);
        assertThat(meters.get("themis.lake.read").counter().count())
                .as("bytes that Themis has read itself")
                .isZero();
    }

    @Test
    void whatAJobThatFailsHasReadCountsForNothing() {
        EngineSearches searches = new EngineSearches(listing, lake, () -> job -> {
            job.hasRead(150);
            throw new IOException("no");
        });

        assertThatThrownBy(() -> searches.search(plan("ada@example.org"))).hasMessage("no");
        assertThat(progress.figures().bytesDone()).isZero();
    }

    @Test
    void aJobEndsWithTheReplica() throws Exception {
        CountDownLatch isUnderWay = new CountDownLatch(1);
        EngineSearches searches = new EngineSearches(listing, lake, () -> job -> {
            isUnderWay.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException("no more");
            }
        });

        CompletableFuture<LakePlan> answer = begin(searches, "ada@example.org");
        isUnderWay.await();
        searches.close();
        assertThatThrownBy(answer::get).hasCauseInstanceOf(EngineFailedException.class);
    }

    /** What was cut wrong need not be a row. */
    @Test
    void rowsThatAreNoneInAFileOfWhichTheEngineIsNotSureAreNotTold() throws Exception {
        LakePlan plan = new EngineSearches(
                        listing,
                        lake,
                        () -> job -> job.take(
                                job.files().get(0),
                                cut(false, 0, "<row Owner='ada@example.org' Owner='ben@example.org'/>")))
                .search(plan("ada@example.org"));

        assertThat(plan.gaps()).isEmpty();
        assertThat(plan.queries()).hasSize(2);
    }

    /** Nobody is found there, and that says nothing. */
    @Test
    void aFileWithoutTheColumnOfTheKeyIsLeftAlthoughTheEngineIsSure() throws Exception {
        String csv = MAP.replaceFirst("format: xml-rows", "format: csv");
        map = DataMapLoader.load("map", new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)));
        posts = map.dataset("posts");
        LakePlan plan = new EngineSearches(listing, lake, () -> job -> {
                    job.take(job.files().get(0), cutBehind("Id,Customer", true, 0));
                    job.take(job.files().get(1), cutBehind("Owner,Id", true, 0, "ada@example.org,1"));
                })
                .search(plan("ada@example.org"));

        assertThat(plan.queries()).extracting(query -> query.file().name()).containsExactly("coffee/Posts.xml");
        assertThat(staged.values())
                .extracting(Object::toString)
                .containsExactly("{\"Owner\":\"ada@example.org\",\"Id\":\"1\"}\n");
    }

    @Test
    void rowsThatAreNoneInAFileThatHasChangedAreNotTold() throws Exception {
        LakePlan plan = new EngineSearches(listing, lake, () -> job -> {
                    job.take(job.files().get(1), cut(true, 1));
                    etags.put("tea/Posts.xml", "2");
                })
                .search(plan("ada@example.org"));

        assertThat(plan.gaps()).isEmpty();
        assertThat(plan.queries()).hasSize(2);
    }

    @Test
    void oneJobFindsEachPersonsRowsAndWhoseRowsCanNotBeKeptDropsOutAlone() throws Exception {
        EngineSeat ada = new EngineSeat(plan("ada@example.org"));
        EngineSeat full = new EngineSeat(plan("full@example.org"));
        EngineSeat ben = new EngineSeat(plan("ben@example.org"));
        List<Set<String>> wanted = new ArrayList<>();
        new EngineSearches(listing, lake, () -> job -> {
                    job.hasRead(150);
                    wanted.add(job.match("tea")
                            .orElseThrow()
                            .columns()
                            .get("Owner")
                            .normalForms());
                    job.take(
                            job.files().get(1),
                            cut(true, 0, "<row Owner='full@example.org'/>", "<row Owner='ben@example.org'/>"));
                })
                .search(posts, List.of(ada, full, ben));

        assertThat(wanted).containsExactly(Set.of("ada@example.org", "full@example.org", "ben@example.org"));
        assertThat(ada.answer().results().get("tea/Posts.xml").parts()).isEmpty();
        assertThat(ben.answer().results().get("tea/Posts.xml").parts()).hasSize(1);
        assertThat(full.hasDroppedOut()).isTrue();
        assertThat(meters.get("themis.lake.engine.read")
                        .tag("dataset", "posts")
                        .counter()
                        .count())
                .as("bytes, once for all")
                .isEqualTo(150);
        assertThatThrownBy(full::answer).rootCause().hasMessage("no room");
    }

    private CompletableFuture<LakePlan> begin(EngineSearches searches, String person) {
        CompletableFuture<LakePlan> answer = new CompletableFuture<>();
        new Thread(() -> complete(answer, searches, person)).start();
        return answer;
    }

    private void complete(CompletableFuture<LakePlan> answer, EngineSearches searches, String person) {
        try {
            answer.complete(searches.search(plan(person)));
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private LakePlan plan(String person) {
        Keys keys = new Keys(
                Set.of(new SubjectKey("mail", null, person)), Map.of("mail", io.themis.lake.NormalForm.EMAIL_ADDRESS));
        LakeQuery query = new LakeQuery(
                OneDataset.requestOf("ada@example.org"),
                posts,
                keys,
                null,
                name -> {
                    if (person.startsWith("full")) {
                        throw new UncheckedIOException(new IOException("no room"));
                    }
                    return staged.computeIfAbsent(name, none -> new ByteArrayOutputStream());
                },
                name -> new ByteArrayOutputStream());
        List<LakeFileQuery> queries = listed().map(file -> {
                    LakeFile place = file.file();
                    RowMatch match = query.match(place.partition()).orElseThrow();
                    return new LakeFileQuery(query, place, match, progress.file(LENGTH));
                })
                .toList();
        return new LakePlan(queries, Map.of(), List.of(), List.of(), progress);
    }

    private static LakeJob.Cut cut(boolean isSure, long malformed, String... rows) {
        return cutBehind("", isSure, malformed, rows);
    }

    private static LakeJob.Cut cutBehind(String head, boolean isSure, long malformed, String... rows) {
        Iterator<String> left = List.of(rows).iterator();
        return new LakeJob.Cut() {
            @Override
            public byte[] head() {
                return head.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public byte[] next() {
                return left.hasNext() ? left.next().getBytes(StandardCharsets.UTF_8) : null;
            }

            @Override
            public boolean isSure() {
                return isSure;
            }

            @Override
            public long malformed() {
                return malformed;
            }
        };
    }
}
