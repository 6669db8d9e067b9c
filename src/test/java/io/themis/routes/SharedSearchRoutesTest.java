package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import io.themis.enrichment.EngineJobs;
import io.themis.enrichment.ErrorsAsFailures;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakePlan;
import io.themis.enrichment.LakeShare;
import io.themis.enrichment.LakeShares;
import io.themis.enrichment.SearchResult;
import io.themis.lake.ExactMatch;
import io.themis.lake.LakeFile;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.EngineQueue.Waiting;
import io.themis.request.NotYetException;
import java.io.IOException;
import java.io.InterruptedIOException;
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

    private static final Waiting OWN = new Waiting(UUID.randomUUID(), REQUEST.id());
    private static final Waiting OTHER = new Waiting(UUID.randomUUID(), UUID.randomUUID());

    private final LakeShares shares = standIn(LakeShares.class);
    private final EngineJobs jobs = standIn(EngineJobs.class);
    private final ExecutorService readers = Executors.newFixedThreadPool(2);
    private final SearchResult found =
            new SearchResult(Set.of("site"), 1, 6, List.of(), Set.of(), List.of(), Review.NOTHING);
    private Processor file = exchange -> exchange.getMessage().setBody(found);

    @Override
    void arrange(CamelContext context) {
        context.getRegistry().bind("lakeReaders", ExecutorService.class, readers);
        context.getRegistry().bind("errorsAsFailures", new ErrorsAsFailures());
        context.getRegistry().bind("lakeShares", shares);
        context.getRegistry().bind("engineJobs", jobs);
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

    @Test
    void aStepHasAnotherEngineSearchForAllWhoWaitAndHasTheAnswersPutTogether() throws Exception {
        doReturn(List.of(OWN, OTHER)).when(jobs).begin(REQUEST, null);
        run("search-by-engine");
        verify(jobs).search(REQUEST, null, List.of(OWN, OTHER));
        verify(jobs, never()).separate(any(), any(), any());
        verify(jobs).end(REQUEST, null);
        verify(jobs).requireServed(REQUEST, null);
        assertThat(stepsStarted()).containsExactly("step:gather-data");
    }

    @Test
    void aStepThatAnotherStepsJobHasServedAsksForNone() throws Exception {
        doReturn(List.of()).when(jobs).begin(REQUEST, null);
        run("search-by-engine");
        verify(jobs, never()).search(any(), any(), any());
        verify(jobs).end(REQUEST, null);
        assertThat(stepsStarted()).containsExactly("step:gather-data");
    }

    @Test
    void aJobThatFailsForSeveralFailsNobody() throws Exception {
        IOException failure = new IOException("no");
        doReturn(List.of(OWN, OTHER)).when(jobs).begin(REQUEST, null);
        doThrow(failure).when(jobs).search(any(), any(), any());
        doThrow(new NotYetException("once more")).when(jobs).requireServed(any(), any());
        assertThatThrownBy(() -> run("search-by-engine")).isInstanceOf(NotYetException.class);
        verify(jobs).separate(null, List.of(OWN, OTHER), failure);
        verify(jobs).end(REQUEST, null);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void aJobThatFailsForOneFailsTheStep() throws Exception {
        doReturn(List.of(OWN)).when(jobs).begin(REQUEST, null);
        doThrow(new IOException("no")).when(jobs).search(any(), any(), any());
        assertThatThrownBy(() -> run("search-by-engine")).hasMessage("no");
        verify(jobs, never()).separate(any(), any(), any());
        verify(jobs).end(REQUEST, null);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void aJobThatEndsWithTheReplicaIsForAllOfThemAgain() throws Exception {
        doReturn(List.of(OWN, OTHER)).when(jobs).begin(REQUEST, null);
        doThrow(new InterruptedIOException("no more")).when(jobs).search(any(), any(), any());
        assertThatThrownBy(() -> run("search-by-engine")).isInstanceOf(InterruptedIOException.class);
        verify(jobs, never()).separate(any(), any(), any());
        verify(jobs).end(REQUEST, null);
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
