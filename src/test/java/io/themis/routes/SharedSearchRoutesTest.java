package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.startsWith;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import io.themis.enrichment.EngineFailedException;
import io.themis.enrichment.EngineJobs;
import io.themis.enrichment.EngineJobs.Job;
import io.themis.enrichment.EngineJobs.Member;
import io.themis.enrichment.ErrorsAsFailures;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakePlan;
import io.themis.enrichment.LakeShare;
import io.themis.enrichment.LakeShares;
import io.themis.enrichment.SearchResult;
import io.themis.lake.ExactMatch;
import io.themis.lake.LakeFile;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.NotYetException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

@RouteFile("shared-search")
class SharedSearchRoutesTest extends RouteFileTest {

    private static final LakeFileQuery QUERY = new LakeFileQuery(
            null,
            new LakeFile("coffee.stackexchange.com/Posts.xml", "site"),
            ExactMatch.of(Map.of("OwnerUserId", Set.of("1"))),
            null);

    private static final Member OWN = new Member(UUID.randomUUID(), REQUEST, null);
    private static final Member OTHER = new Member(UUID.randomUUID(), other(), null);
    private static final UUID NEXT = UUID.randomUUID();

    private final LakeShares shares = standIn(LakeShares.class);
    private final EngineJobs jobs = standIn(EngineJobs.class);
    private final ExecutorService readers = Executors.newFixedThreadPool(2);
    private final SearchResult found =
            new SearchResult(Set.of("site"), 1, 6, List.of(), Set.of(), List.of(), Review.NOTHING);
    private Processor file = exchange -> exchange.getMessage().setBody(found);

    private static DataSubjectRequest other() {
        return new DataSubjectRequest(
                UUID.randomUUID(),
                REQUEST.type(),
                REQUEST.emailAddress(),
                REQUEST.language(),
                REQUEST.status(),
                REQUEST.receivedAt(),
                REQUEST.dueAt(),
                REQUEST.caller(),
                null,
                null,
                1);
    }

    @Override
    void arrange(CamelContext context) {
        context.getRegistry().bind("lakeReaders", ExecutorService.class, readers);
        context.getRegistry().bind("errorsAsFailures", new ErrorsAsFailures());
        context.getRegistry().bind("lakeShares", shares);
        context.getRegistry().bind("engineJobs", jobs);
        context.getRegistry().bind("steps", steps);
        neighbour("direct:search-lake-file", exchange -> file.process(exchange));
    }

    @Override
    protected void cleanupResources() {
        readers.shutdownNow();
    }

    @Test
    void theFilesOfALargeDatasetAreOfferedWithAStepForEachReplicaOrNotAtAll() throws Exception {
        Asked asked = new Asked(1, Map.of());
        LakePlan plan = new LakePlan(List.of(QUERY), Map.of(), List.of(), List.of(), null);
        doReturn(List.of("posts.1", "posts.2")).when(shares).offer(REQUEST, asked, plan);
        Processor message = exchange -> {
            exchange.setVariable("request", REQUEST);
            exchange.setVariable("asked", asked);
            exchange.setVariable("plan", plan);
        };
        send("direct:share-search", message);
        assertThat(stepsStarted()).containsExactly("step:search-lake.posts.1", "step:search-lake.posts.2");
        assertThat(journal).startsWith("begin").endsWith("commit");

        doThrow(new IllegalStateException("the request database is away"))
                .when(steps)
                .start(any(), eq("search-lake.posts.2"), any());
        assertThatThrownBy(() -> send("direct:share-search", message))
                .hasRootCauseMessage("the request database is away");
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void whereTheDataMapNamesAnotherEngineAStepForItIsStartedOrNothing() throws Exception {
        Asked asked = new Asked(1, Map.of());
        LakePlan plan = new LakePlan(List.of(QUERY), Map.of(), List.of(), List.of(), null);
        doReturn(true).when(shares).isForEngine(null, plan);
        doReturn("posts").when(shares).offerToEngine(REQUEST, asked, plan);
        send("direct:share-search", exchange -> {
            exchange.setVariable("request", REQUEST);
            exchange.setVariable("asked", asked);
            exchange.setVariable("plan", plan);
        });
        assertThat(stepsStarted()).containsExactly("step:search-by-engine.posts");
        assertThat(journal).startsWith("begin").endsWith("commit");
        verify(shares, never()).offer(any(), any(), any());
    }

    private Job beginJobOf(Member... members) {
        Job job = new Job(UUID.randomUUID(), "posts", List.of(members));
        doReturn(true).when(jobs).isWaiting(REQUEST, null);
        doReturn(job).when(jobs).begin(REQUEST, null);
        return job;
    }

    @Test
    void aStepHasAnotherEngineSearchForAllWhoWaitAndHasTheAnswersPutTogether() throws Exception {
        Job job = beginJobOf(OWN, OTHER);
        doReturn(List.of(OTHER.request())).when(jobs).search(job);
        doReturn(List.of(NEXT)).when(jobs).next(null);
        run("search-by-engine");
        verify(jobs, never()).separate(any(), any());
        verify(jobs).end(job);
        verify(jobs).requireServed(REQUEST, null);
        verify(steps).hasten(OTHER.request().id(), "gather-data");
        verify(steps).hasten(eq(NEXT), startsWith("search-by-engine."));
        assertThat(stepsStarted()).containsExactly("step:gather-data");
    }

    @Test
    void aStepThatAnotherStepsJobHasServedAsksForNone() throws Exception {
        run("search-by-engine");
        verify(jobs, never()).begin(any(), any());
        assertThat(stepsStarted()).containsExactly("step:gather-data");
    }

    @Test
    void aStepThatIsServedJustThenAsksForNone() throws Exception {
        Job job = beginJobOf();
        run("search-by-engine");
        verify(jobs, never()).search(any());
        verify(jobs).end(job);
        assertThat(stepsStarted()).containsExactly("step:gather-data");
    }

    @Test
    void aJobThatFailsForSeveralFailsNobodyAndTheStepSaysWhy() throws Exception {
        IOException failure = new IOException("no");
        Job job = beginJobOf(OWN, OTHER);
        doThrow(failure).when(jobs).search(job);
        doThrow(new NotYetException("once more")).when(jobs).separate(job, failure);
        assertThatThrownBy(() -> run("search-by-engine"))
                .isInstanceOf(NotYetException.class)
                .hasMessage("once more");
        verify(jobs).end(job);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void aJobThatFailsForOneOrForAnybodyFailsTheStep() throws Exception {
        Job ofOne = beginJobOf(OWN);
        doThrow(new IOException("no")).when(jobs).search(ofOne);
        assertThatThrownBy(() -> run("search-by-engine")).hasMessage("no");
        verify(jobs).end(ofOne);

        Job ofTwo = beginJobOf(OWN, OTHER);
        doThrow(new EngineFailedException("away")).when(jobs).search(ofTwo);
        assertThatThrownBy(() -> run("search-by-engine")).hasMessage("away");
        verify(jobs).end(ofTwo);
        verify(jobs, never()).separate(any(), any());
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void aStepThatSharesASearchReadsFileAfterFileKeepsWhatEachBringsAndHasItPutTogether() throws Exception {
        LakeShare share = mock(LakeShare.class);
        doReturn(true, false).when(share).hasNext();
        doReturn(QUERY).when(share).next();
        doReturn(share).when(shares).begin(REQUEST, null);
        run("search-lake");
        verify(shares).answer(share, QUERY, found);
        assertThat(stepsStarted()).containsExactly("step:gather-data");
    }

    @Test
    void aStepThatSharesASearchFailsWithAFileOfIt() throws Exception {
        LakeShare share = mock(LakeShare.class);
        doReturn(true, false).when(share).hasNext();
        doReturn(QUERY).when(share).next();
        doReturn(share).when(shares).begin(REQUEST, null);
        file = exchange -> {
            throw new IOException("the lake is away");
        };
        assertThatThrownBy(() -> run("search-lake")).hasMessage("the lake is away");
        verify(shares, never()).answer(any(), any(), any());
        assertThat(stepsStarted()).isEmpty();
    }
}
