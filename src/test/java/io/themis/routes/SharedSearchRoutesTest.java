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
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private final LakeShares shares = standIn(LakeShares.class);
    private final ExecutorService readers = Executors.newFixedThreadPool(2);
    private final SearchResult found =
            new SearchResult(Set.of("site"), 1, 6, List.of(), Set.of(), List.of(), Review.NOTHING);
    private Processor file = exchange -> exchange.getMessage().setBody(found);

    @Override
    void arrange(CamelContext context) {
        context.getRegistry().bind("lakeReaders", ExecutorService.class, readers);
        context.getRegistry().bind("errorsAsFailures", new ErrorsAsFailures());
        context.getRegistry().bind("lakeShares", shares);
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
