package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.enrichment.EngineJobs.Job;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;

/** Who is served by a job, and who is not. */
class EngineJobsTest {

    private static final String MAP = EngineSearchesTest.MAP;

    private final EngineQueue queue = mock(EngineQueue.class);
    private final LakeSearches searches = mock(LakeSearches.class);
    private final Requests requests = mock(Requests.class);
    private final DataSubjectRequest ada = OneDataset.requestOf("ada@example.org");
    private final DataSubjectRequest ben = OneDataset.requestOf("ben@example.org");
    private final Waiting adas = new Waiting(UUID.randomUUID(), ada.id());
    private final Waiting bens = new Waiting(UUID.randomUUID(), ben.id());
    private final UUID job = UUID.randomUUID();
    /** By their searches; the files of which each was told. */
    private final Map<UUID, Set<String>> answered = new LinkedHashMap<>();

    private DataSubjectRequest dropsOut;

    private final EngineSearches engine = new EngineSearches(null, null, () -> null) {
        @Override
        void search(Dataset dataset, List<EngineSeat> seats) {
            if (dropsOut != null) {
                seats.get(dropsOut == ada ? 0 : 1).dropOut(new IOException("no room"));
            }
            seats.forEach(seat -> seat.queries().keySet().forEach(file -> seat.take(file, null)));
        }
    };

    EngineJobsTest() {
        plan(ada, "ada/", 1);
        plan(ben, "ben/", 2);
        doReturn(ben).when(requests).get(ben.id());
        doReturn(ada).when(requests).get(ada.id());
        leads(ada, adas, bens);
        doAnswer(call -> {
                    EngineAnswer answer = call.getArgument(2);
                    answered.put(call.getArgument(1), answer.results().keySet());
                    return true;
                })
                .when(queue)
                .answer(eq(job), any(), any(EngineAnswer.class));
    }

    private void leads(DataSubjectRequest request, Waiting... waiting) {
        doReturn(new EngineQueue.Job(job, List.of(waiting))).when(queue).lead(request.id(), "posts");
    }

    private void plan(DataSubjectRequest request, String folder, int files) {
        FileProgress progress = new FileProgress(null, 1);
        RowMatch match = ExactMatch.of(Map.of("Owner", Set.of("ada@example.org")));
        LakePlan plan = new LakePlan(
                IntStream.range(0, files)
                        .mapToObj(number -> new LakeFile(folder + number + "/Posts.xml", String.valueOf(number)))
                        .map(file -> new LakeFileQuery(null, file, match, progress))
                        .toList(),
                Map.of(),
                List.of(),
                List.of(),
                null);
        doReturn(plan).when(searches).plan(request, "posts");
    }

    private EngineJobs jobs(String map) throws IOException {
        return new EngineJobs(
                queue,
                engine,
                searches,
                DataMapLoader.load("map", new ByteArrayInputStream(map.getBytes(StandardCharsets.UTF_8))),
                requests,
                4);
    }

    private List<DataSubjectRequest> search(EngineJobs jobs) throws IOException {
        Job begun = jobs.begin(ada, "posts");
        try {
            return jobs.search(begun);
        } finally {
            jobs.end(begun);
        }
    }

    @Test
    void eachIsToldOfTheirOwnFilesWhoLeadsLastAndOthersMayGoOn() throws IOException {
        assertThat(search(jobs(MAP))).containsExactly(ben);
        assertThat(answered)
                .containsExactly(
                        Map.entry(bens.search(), Set.of("ben/0/Posts.xml", "ben/1/Posts.xml")),
                        Map.entry(adas.search(), Set.of("ada/0/Posts.xml")));
        verify(queue).rejoin(job, "posts");
        verify(queue).end(job);
    }

    @Test
    void whoDropsOutIsSearchedForAloneAndTheOthersAreServed() throws IOException {
        EngineJobs jobs = jobs(MAP);
        dropsOut = ada;
        assertThat(search(jobs)).containsExactly(ben);
        verify(queue).separate(List.of(adas.search()));
        assertThat(answered).containsOnlyKeys(bens.search());

        answered.clear();
        dropsOut = ben;
        assertThat(search(jobs)).isEmpty();
        verify(queue).separate(List.of(bens.search()));
        assertThat(answered).containsOnlyKeys(adas.search());
    }

    /** Such as a key with a character that the request database does not take. */
    @Test
    void whoseAnswerCanNotBeKeptIsSearchedForAlone() throws IOException {
        doThrow(new DataIntegrityViolationException("no"))
                .when(queue)
                .answer(eq(job), eq(bens.search()), any(EngineAnswer.class));
        assertThat(search(jobs(MAP))).isEmpty();
        verify(queue).separate(List.of(bens.search()));
        assertThat(answered).containsOnlyKeys(adas.search());
    }

    /** A job of hours must not be taken for somebody's fault. */
    @Test
    void whereTheRequestDatabaseIsAwayNobodyIsSeparated() throws IOException {
        doThrow(new QueryTimeoutException("no"))
                .when(queue)
                .answer(eq(job), eq(bens.search()), any(EngineAnswer.class));
        EngineJobs jobs = jobs(MAP);
        assertThatThrownBy(() -> search(jobs)).isInstanceOf(EngineFailedException.class);
        verify(queue, never()).separate(any());
        verify(queue, never()).rejoin(any(), any());
    }

    /** It has begun again, or has been erased. */
    @Test
    void whoseSearchHasEndedMeanwhileIsNotWoken() throws IOException {
        doReturn(false).when(queue).answer(eq(job), eq(bens.search()), any(EngineAnswer.class));
        assertThat(search(jobs(MAP))).isEmpty();
    }

    @Test
    void whoDropsOutOfAJobOfTheirOwnFails() throws IOException {
        EngineJobs jobs = jobs(MAP);
        leads(ada, adas);
        dropsOut = ada;
        assertThatThrownBy(() -> search(jobs)).hasRootCauseMessage("no room");
        assertThat(answered).isEmpty();
    }

    @Test
    void whoCanNotBePlannedForIsLeftOutUnlessTheJobIsTheirs() throws IOException {
        EngineJobs jobs = jobs(MAP);
        doThrow(new IllegalStateException("no key")).when(searches).plan(ben, "posts");
        search(jobs);
        assertThat(answered).containsOnlyKeys(adas.search());

        leads(ben, bens, adas);
        assertThatThrownBy(() -> jobs.begin(ben, "posts")).hasMessage("no key");
        verify(queue, times(2)).end(job);
        jobs.begin(ada, "posts");
    }

    /** And who was not in it is not separated when it fails. */
    @Test
    void aJobIsForNoMorePeopleThanThereIsMemoryForButForOneAlways() throws IOException {
        EngineJobs jobs = jobs(MAP);
        plan(ada, "", 200_000);
        plan(ben, "", 200_000);
        search(jobs);
        verify(queue).keepOnly(job, List.of(adas.search()));
        plan(ada, "", 300_000);
        search(jobs);
        assertThat(answered).containsOnlyKeys(adas.search());

        Job begun = jobs.begin(ada, "posts");
        assertThatThrownBy(() -> jobs.separate(begun, new IOException("no such luck")))
                .isInstanceOf(NotYetException.class)
                .hasMessageContaining("no such luck");
        verify(queue).separate(List.of(adas.search()));
    }

    @Test
    void whereTheDataMapNamesNoEngineAnyMoreNothingIsToldAndThemisReadsAllOfIt() throws IOException {
        assertThat(jobs(MAP.replace("engine: spark", "engine: themis"))
                        .begin(ada, "posts")
                        .members())
                .isEmpty();
        assertThat(answered).isEqualTo(Map.of(adas.search(), Set.of(), bens.search(), Set.of()));
        verify(searches, never()).plan(any(), any());
    }

    @Test
    void nobodyWaitsForADatasetThatTheDataMapDoesNotHaveAnyMore() throws IOException {
        assertThat(jobs(MAP.replace("posts", "others")).begin(ada, "posts").members())
                .isEmpty();
        verify(queue).forget(List.of(adas.search(), bens.search()));
        assertThat(answered).isEmpty();
    }

    /** One of four here: three are for mails, packages and erasures. */
    @Test
    void jobsLeaveStepsForOthersAndAPlaceIsFreeAgainHoweverAJobEnds() throws IOException {
        EngineJobs jobs = jobs(MAP);
        Job begun = jobs.begin(ada, "posts");
        assertThatThrownBy(() -> jobs.begin(ben, "posts")).isInstanceOf(NotYetException.class);
        verify(queue, never()).lead(ben.id(), "posts");
        jobs.end(begun);

        doThrow(new NotYetException("others")).when(queue).lead(ben.id(), "posts");
        assertThatThrownBy(() -> jobs.begin(ben, "posts")).hasMessage("others");
        doThrow(new NoClassDefFoundError("lost")).when(queue).lead(ben.id(), "posts");
        assertThatThrownBy(() -> jobs.begin(ben, "posts")).hasMessage("lost");
        jobs.begin(ada, "posts");
    }

    @Test
    void aStepIsNotDoneBeforeItsRequestIsServed() throws IOException {
        EngineJobs jobs = jobs(MAP);
        jobs.requireServed(ada, "posts");
        doReturn(true).when(queue).isWaiting(ada.id(), "posts");
        assertThatThrownBy(() -> jobs.requireServed(ada, "posts")).isInstanceOf(NotYetException.class);
    }
}
