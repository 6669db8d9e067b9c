package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.withSettings;

import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.lake.ExactMatch;
import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EngineQueue;
import io.themis.request.EngineQueue.Waiting;
import io.themis.request.NotYetException;
import io.themis.request.Requests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is served by a job, and who is not. */
class EngineJobsTest {

    private static final String MAP = """
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

    private final EngineQueue queue = mock(EngineQueue.class);
    private final LakeSearches searches = mock(LakeSearches.class);
    private final Datasets datasets = mock(Datasets.class);
    private final Requests requests = mock(Requests.class);
    private final List<Integer> served = new ArrayList<>();
    private final DataSubjectRequest ada = OneDataset.requestOf("ada@example.org");
    private final DataSubjectRequest ben = OneDataset.requestOf("ben@example.org");
    private final List<Waiting> both = List.of(waiting(ada), waiting(ben));
    private DataSubjectRequest dropsOut;

    private final EngineSearches engine = new EngineSearches(mock(LakeListing.class), () -> null) {
        @Override
        void search(Dataset dataset, List<EngineSeat> seats) {
            served.add(seats.size());
            if (dropsOut != null) {
                seats.get(dropsOut == ada ? 0 : 1).dropOut(new IOException("no room"));
            }
        }
    };

    private final EngineJobs jobs = new EngineJobs(queue, engine, searches, datasets, requests, 4);

    EngineJobsTest() throws IOException {
        Dataset posts = map(MAP).dataset("posts");
        LakePlan plan = plan(1);
        doReturn(posts).when(datasets).get("posts");
        doReturn(plan).when(searches).plan(any(), eq("posts"));
        doReturn(ben).when(requests).get(ben.id());
    }

    private static DataMap map(String text) throws IOException {
        return DataMapLoader.load("map", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Waiting waiting(DataSubjectRequest request) {
        return new Waiting(UUID.randomUUID(), request.id());
    }

    private static LakePlan plan(int files) {
        FileProgress progress = mock(FileProgress.class, withSettings().stubOnly());
        RowMatch match = ExactMatch.of(Map.of("Owner", Set.of("ada@example.org")));
        return new LakePlan(
                IntStream.range(0, files)
                        .mapToObj(number -> new LakeFile(number + "/Posts.xml", String.valueOf(number)))
                        .map(file -> new LakeFileQuery(null, file, match, progress))
                        .toList(),
                Map.of(),
                List.of(),
                List.of(),
                null);
    }

    @Test
    void allAreServed() throws IOException {
        jobs.search(ada, "posts", both);
        assertThat(served).containsExactly(2);
        both.forEach(each -> verify(queue).answer(eq(each.search()), eq(ada.id()), any(EngineAnswer.class)));
        verify(queue).rejoin("posts");
    }

    @Test
    void whoDropsOutIsSearchedForAloneAndTheOthersAreServed() throws IOException {
        for (DataSubjectRequest each : List.of(ada, ben)) {
            dropsOut = each;
            jobs.search(ada, "posts", both);
            verify(queue).separate(List.of(both.get(each == ada ? 0 : 1).search()));
            verify(queue).answer(eq(both.get(each == ada ? 1 : 0).search()), eq(ada.id()), any(EngineAnswer.class));
        }
    }

    @Test
    void whoDropsOutOfAJobOfTheirOwnFails() {
        dropsOut = ada;
        assertThatThrownBy(() -> jobs.search(ada, "posts", both.subList(0, 1))).hasRootCauseMessage("no room");
        verify(queue, never()).answer(any(), any(), any());
    }

    @Test
    void whoCanNotBePlannedForIsLeftOutUnlessTheJobIsTheirs() throws IOException {
        doThrow(new IllegalStateException("no key")).when(searches).plan(ben, "posts");
        jobs.search(ada, "posts", both);
        assertThat(served).containsExactly(1);
        verify(queue, never()).answer(eq(both.get(1).search()), any(), any());

        List<Waiting> own = List.of(both.get(1), both.get(0));
        assertThatThrownBy(() -> jobs.search(ben, "posts", own)).hasMessage("no key");
        assertThat(served).containsExactly(1);
    }

    @Test
    void aJobIsForNoMorePeopleThanThereIsMemoryForButForOneAlways() throws IOException {
        LakePlan large = plan(200_000);
        doReturn(large).when(searches).plan(any(), eq("posts"));
        jobs.search(ada, "posts", both);
        LakePlan tooLarge = plan(300_000);
        doReturn(tooLarge).when(searches).plan(any(), eq("posts"));
        jobs.search(ada, "posts", both);
        assertThat(served).containsExactly(1, 1);
        verify(queue, never()).answer(eq(both.get(1).search()), any(), any());
    }

    @Test
    void whereTheDataMapNamesNoEngineAnyMoreNothingIsToldAndThemisReadsAllOfIt() throws IOException {
        doReturn(map(MAP.replace("engine: spark", "engine: themis")).dataset("posts"))
                .when(datasets)
                .get("posts");
        jobs.search(ada, "posts", both);
        both.forEach(each -> verify(queue).answer(each.search(), ada.id(), EngineAnswer.NOTHING));
        assertThat(served).isEmpty();
    }

    /** One of four here: three are for mails, packages and erasures. */
    @Test
    void jobsLeaveStepsForOthersAndAPlaceIsFreeAgainHoweverAJobEnds() {
        jobs.begin(ada, "posts");
        assertThatThrownBy(() -> jobs.begin(ben, "votes")).isInstanceOf(NotYetException.class);
        jobs.end(ada, "posts");
        verify(queue).leave(ada.id(), "posts");

        doThrow(new NotYetException("others")).when(queue).lead(ben.id(), "votes");
        assertThatThrownBy(() -> jobs.begin(ben, "votes")).hasMessage("others");
        jobs.begin(ada, "posts");
    }

    @Test
    void aStepIsNotDoneBeforeItsRequestIsServed() {
        jobs.requireServed(ada, "posts");
        doReturn(true).when(queue).isWaiting(ada.id(), "posts");
        assertThatThrownBy(() -> jobs.requireServed(ada, "posts")).isInstanceOf(NotYetException.class);
    }
}
