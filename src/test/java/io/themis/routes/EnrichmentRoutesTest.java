package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doCallRealMethod;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.file.datalake.models.DataLakeRequestConditions;
import com.azure.storage.file.datalake.models.DataLakeStorageException;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.enrichment.ErrorsAsFailures;
import io.themis.enrichment.FileChangedException;
import io.themis.enrichment.Identification;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakeFileSearch;
import io.themis.enrichment.LakeFileSearches;
import io.themis.enrichment.LakeShares;
import io.themis.enrichment.Rounds;
import io.themis.enrichment.SearchResult;
import io.themis.enrichment.SharedReadingException;
import io.themis.lake.ExactMatch;
import io.themis.lake.LakeFile;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.NotYetException;
import io.themis.request.Shortfall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RouteFile("enrichment")
class EnrichmentRoutesTest extends RouteFileTest implements CallsOutside {

    private static final String FILE = "coffee.stackexchange.com/Posts.xml";

    private static final LakeFileQuery QUERY = new LakeFileQuery(
            null, new LakeFile(FILE, "site"), ExactMatch.of(Map.of("OwnerUserId", Set.of("1"))), null);

    private final BlobServer lake = new BlobServer();
    private final ExecutorService datasetPool = Executors.newCachedThreadPool();
    private final Identification identification = standIn(Identification.class);
    private final LakeFileSearches fileSearches = standIn(LakeFileSearches.class);
    private final LakeShares shares = standIn(LakeShares.class);
    private final LakeFileSearch search = mock(LakeFileSearch.class);
    private final SearchResult found =
            new SearchResult(Set.of("site"), 1, 6, List.of(), Set.of(), List.of(), Review.NOTHING);
    private final SearchResult refused = new SearchResult(
            Set.of(),
            0,
            0,
            List.of(),
            Set.of(),
            List.of(new Shortfall(Shortfall.Kind.REFUSED, "refused")),
            Review.NOTHING);
    private final Rounds roundsOfLevels = standIn(Rounds.class);
    private final Map<List<Dataset>, Integer> asked = new HashMap<>();
    private ToIntFunction<List<Dataset>> rounds = level -> 1;
    private ByteArrayOutputStream sink;
    private Processor accounts = exchange -> {};
    private Processor crm = exchange -> {};
    private Processor profile = exchange -> {};

    @Override
    void arrange(CamelContext context) throws Exception {
        context.getPropertiesComponent().addInitialProperty("themis.lake.account-name", "account");
        context.getRegistry().bind("lakeFiles", lake.lakeClient());
        context.getRegistry().bind("datasetPool", ExecutorService.class, datasetPool);
        context.getRegistry().bind("errorsAsFailures", new ErrorsAsFailures());
        context.getRegistry().bind("identification", identification);
        context.getRegistry().bind("lakeFileSearches", fileSearches);
        context.getRegistry().bind("lakeShares", shares);
        context.getRegistry().bind("rounds", roundsOfLevels);
        doAnswer(call -> {
                    List<Dataset> level = call.getArgument(1);
                    return asked.merge(level, 1, Integer::sum) <= rounds.applyAsInt(level);
                })
                .when(roundsOfLevels)
                .isAnotherNeeded(any(), any());
        context.getRegistry()
                .bind(
                        "dataMap",
                        new DataMap(
                                "emailAddress",
                                "profile",
                                Map.of(),
                                List.of(
                                        List.of(dataset("profile")),
                                        List.of(dataset("accounts"), dataset("crm")),
                                        List.of(dataset("posts"))),
                                "test"));
        neighbour("direct:dataset-profile", exchange -> profile.process(exchange));
        neighbour("direct:dataset-accounts", exchange -> accounts.process(exchange));
        neighbour("direct:dataset-crm", exchange -> crm.process(exchange));
        neighbour("direct:dataset-posts", exchange -> {});
        doReturn("profile").when(identification).knownBy();
        lake.put("lake/" + FILE, "<rows/>");
        doReturn(FILE).when(search).path();
        doAnswer(call -> sink = new ByteArrayOutputStream()).when(search).sink();
        doReturn(search).when(fileSearches).begin(QUERY);
        doReturn(found).when(fileSearches).finish(eq(search), eq((long) "<rows/>".length()), any(), any());
        doReturn(refused).when(fileSearches).refused(any(), anyInt());
    }

    @Override
    protected void cleanupResources() {
        lake.close();
        datasetPool.shutdownNow();
    }

    @Override
    public void work() throws Exception {
        search();
    }

    @Override
    public void goAway() {
        lake.stop();
    }

    @Override
    public void comeBack() {
        lake.start();
    }

    @Override
    public List<String> effects() {
        return journal("lakeFileSearches.").stream()
                .filter(call ->
                        !call.startsWith("lakeFileSearches.begin(") && !call.startsWith("lakeFileSearches.end("))
                .toList();
    }

    private Exchange search() throws Exception {
        return send("direct:search-lake-file", exchange -> {
            exchange.setVariable("request", REQUEST);
            exchange.getMessage().setBody(QUERY);
        });
    }

    @Test
    void aPersonWhoIsKnownIsGreetedMailedAndSearchedFor() throws Exception {
        doReturn(true).when(identification).isKnown(REQUEST);
        run("identify-person");
        assertThat(journal)
                .containsExactly(
                        "requests.get(id)",
                        "identification.knownBy()",
                        "direct:dataset-profile",
                        "identification.isKnown(request)",
                        "identification.greet(request)",
                        "step:send-started-mail",
                        "step:gather-data");
    }

    @Test
    void aPersonWhoIsNotKnownGetsNoMailAndIsNotSearchedFor() throws Exception {
        doReturn(false).when(identification).isKnown(REQUEST);
        Instant end = Instant.parse("2026-03-01T10:07:00Z");
        doReturn(end).when(requests).endOfUnknown(REQUEST);
        run("identify-person");
        assertThat(journal)
                .containsSubsequence("identification.isKnown(request)", "requests.advance(id, UNKNOWN_SUBJECT)");
        assertThat(stepsStarted()).containsExactly("step:close-unknown");
        assertThat(startOf("close-unknown")).isEqualTo(end);
        assertThat(journal("requests.close")).isEmpty();
    }

    @Test
    void theRequestOfAPersonWhoIsNotKnownClosesLater() throws Exception {
        run("close-unknown");
        assertThat(journal).endsWith("requests.close(id, UNKNOWN_SUBJECT)");
    }

    @Test
    void nobodyIsCalledUnknownBecauseADatabaseIsAway() {
        profile = failing("the database is away");
        assertThatThrownBy(() -> run("identify-person")).hasMessage("the database is away");
        assertThat(journal).endsWith("direct:dataset-profile");
    }

    @Test
    void aStepThatCannotBeStartedFailsTheOneBeforeIt() {
        doReturn(true).when(identification).isKnown(REQUEST);
        doThrow(new IllegalStateException("the request database is away"))
                .when(steps)
                .start(any(), eq("send-started-mail"), any());
        assertThatThrownBy(() -> run("identify-person")).hasMessage("the request database is away");
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void datasetsAreAskedLevelByLevelAndThenThePackageIsBuilt() throws Exception {
        run("gather-data");
        assertThat(journal)
                .startsWith("requests.get(id)", "requests.advance(id, GATHERING)")
                .endsWith("step:build-package");
        List<String> asked = journal("direct:dataset-");
        assertThat(asked)
                .startsWith("direct:dataset-profile")
                .contains("direct:dataset-accounts", "direct:dataset-crm")
                .endsWith("direct:dataset-posts")
                .hasSize(4);
    }

    @Test
    void whatAnErasureHasGatheredIsPlannedAndNotPacked() throws Exception {
        given(ERASURE);
        run("gather-data");
        assertThat(journal("direct:dataset-")).hasSize(4);
        assertThat(stepsStarted()).containsExactly("step:plan-erasure");
    }

    @Test
    void everyDatasetIsAskedForWhoeverCallsAndNothingIsStarted() throws Exception {
        send("direct:ask-every-dataset", exchange -> exchange.setVariable("request", ERASURE));
        assertThat(journal("direct:dataset-"))
                .startsWith("direct:dataset-profile")
                .contains("direct:dataset-accounts", "direct:dataset-crm")
                .endsWith("direct:dataset-posts")
                .hasSize(4);
        assertThat(stepsStarted()).isEmpty();
        assertThat(journal("requests.")).isEmpty();
    }

    @Test
    void aLevelIsAskedAgainWhileThereAreNewKeysAndEndedBeforeTheNext() throws Exception {
        rounds = level -> level.size() == 2 ? 3 : 1;
        run("gather-data");
        List<String> levels = journal.stream()
                .filter(call -> call.startsWith("direct:") || call.startsWith("rounds.end"))
                .map(call -> call.replaceFirst("\\(.*", "").replaceFirst("(accounts|crm)$", "second"))
                .toList();
        assertThat(levels)
                .containsExactly(
                        "direct:dataset-profile",
                        "rounds.end",
                        "direct:dataset-second",
                        "direct:dataset-second",
                        "direct:dataset-second",
                        "direct:dataset-second",
                        "direct:dataset-second",
                        "direct:dataset-second",
                        "rounds.end",
                        "direct:dataset-posts",
                        "rounds.end");
    }

    @Test
    void aDatasetThatFailsIsNotAskedAgainInThisAttempt() {
        rounds = level -> 5;
        accounts = failing("the lake is away");
        assertThatThrownBy(() -> run("gather-data")).hasMessage("the lake is away");
        assertThat(journal("direct:dataset-accounts")).hasSize(1);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void theDatasetsOfALevelDoNotWaitForEachOther() throws Exception {
        CountDownLatch bothAsked = new CountDownLatch(2);
        accounts = exchange -> meet(bothAsked);
        crm = exchange -> meet(bothAsked);
        run("gather-data");
        assertThat(bothAsked.getCount()).isZero();
    }

    private static void meet(CountDownLatch all) throws InterruptedException {
        all.countDown();
        if (!all.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody came");
        }
    }

    @Test
    void datasetsOfTheSameLevelAreAskedBeforeASearchThatReplicasShareIsWaitedFor() {
        doThrow(new NotYetException("others search")).when(shares).requireNoneUnderWay(REQUEST);
        assertThatThrownBy(() -> run("gather-data")).isInstanceOf(NotYetException.class);
        assertThat(journal("direct:dataset-")).containsExactly("direct:dataset-profile");
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void everyDatasetRouteKnowsTheRequest() throws Exception {
        Object[] seen = new Object[2];
        accounts = exchange -> seen[0] = exchange.getVariable("request");
        crm = exchange -> seen[1] = exchange.getVariable("request");
        run("gather-data");
        assertThat(seen).containsOnly(REQUEST);
    }

    @Test
    void aDatasetThatFailsFailsTheStepBeforeTheNextLevel() {
        accounts = failing("the lake is away");
        assertThatThrownBy(() -> run("gather-data")).hasMessage("the lake is away");
        assertThat(journal).doesNotContain("direct:dataset-posts");
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    @Timeout(60)
    void aDatasetThatEndsWithAnErrorFailsTheStepToo() {
        accounts = exchange -> {
            throw new StackOverflowError("too deep");
        };
        assertThatThrownBy(() -> run("gather-data")).isInstanceOf(StackOverflowError.class);
        assertThat(journal).doesNotContain("direct:dataset-posts");
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void theFileGoesIntoTheSinkAndTheResultIsTheAnswer() throws Exception {
        Exchange exchange = search();
        assertThat(sink.toString(StandardCharsets.UTF_8)).isEqualTo("<rows/>");
        assertThat(exchange.getMessage().getBody()).isSameAs(found);
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
    }

    @Test
    void theFileIsReadByAPlainDownload() throws Exception {
        search();
        assertThat(lake.calls())
                .allMatch(call -> !call.contains("?"), "no query acceleration")
                .isNotEmpty();
    }

    @Test
    void aFormatThatIsReadByRangesReadsTheFileItself() throws Exception {
        doReturn(true).when(search).isByRanges();
        doReturn(found).when(fileSearches).searchByRanges(search);
        Exchange exchange = search();
        assertThat(exchange.getMessage().getBody()).isSameAs(found);
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
        assertThat(lake.calls()).isEmpty();
    }

    @Test
    void aFileThatSomebodyElseHasReadIsNotReadAgain() throws Exception {
        doReturn(found).when(search).answer();
        assertThat(search().getMessage().getBody()).isSameAs(found);
        assertThat(lake.calls()).isEmpty();
    }

    @Test
    void aFileThatChangedSinceItWasListedIsSearchedAsItIsNow() throws Exception {
        LakeFileSearch listed = mock(LakeFileSearch.class);
        doReturn(FILE).when(listed).path();
        doReturn(new DataLakeRequestConditions().setIfMatch("\"gone\""))
                .when(listed)
                .conditions();
        doReturn(new ByteArrayOutputStream()).when(listed).sink();
        doReturn(listed, search).when(fileSearches).begin(any());
        doReturn(QUERY).when(fileSearches).again(QUERY);
        lake.refuse(412);
        doAnswer(call -> {
                    lake.refuse(0);
                    return QUERY;
                })
                .when(fileSearches)
                .again(QUERY);
        assertThat(search().getMessage().getBody()).isSameAs(found);
        verify(fileSearches).end(listed);
        verify(fileSearches, atLeastOnce()).end(search);
        verify(fileSearches, never()).refused(any(), anyInt());
    }

    @Test
    void anIndexThatIsWrongAboutAFileDoesNotEndTheSearch() throws Exception {
        LakeFileSearch listed = mock(LakeFileSearch.class);
        doReturn(true).when(listed).isByRanges();
        doReturn(listed, search).when(fileSearches).begin(any());
        doReturn(QUERY).when(fileSearches).again(QUERY);
        doThrow(mock(FileChangedException.class)).when(fileSearches).searchByRanges(listed);
        assertThat(search().getMessage().getBody()).isSameAs(found);
    }

    @Test
    void aFileThatIsUnreadableForSeveralIsReadAlone() throws Exception {
        LakeFileSearch shared = mock(LakeFileSearch.class);
        LakeFileQuery alone = mock(LakeFileQuery.class);
        doReturn(FILE).when(shared).path();
        doReturn(new ByteArrayOutputStream()).when(shared).sink();
        doReturn(shared).when(fileSearches).begin(QUERY);
        doReturn(search).when(fileSearches).begin(alone);
        doReturn(alone).when(fileSearches).alone(QUERY);
        doThrow(mock(SharedReadingException.class)).when(fileSearches).finish(eq(shared), anyLong(), any(), any());
        assertThat(search().getMessage().getBody()).isSameAs(found);
        verify(fileSearches).end(shared);
        verify(fileSearches, never()).again(any());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 503})
    void howeverASearchEndsOthersNeedNotWaitForIt(int status) throws Exception {
        if (status != 200) {
            lake.refuse(status);
        }
        try {
            search();
        } catch (DataLakeStorageException e) {
            assertThat(status).isEqualTo(503);
        }
        verify(fileSearches).end(search);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 409, 412})
    void aRangeThatTheLakeRefusesMakesItsDatasetPartialToo(int status) throws Exception {
        readAgain();
        readsRanges();
        lake.refuse(status);
        assertThat(search().getMessage().getBody()).isSameAs(refused);
        verify(fileSearches).refused(search, status);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 408, 429, 500, 503})
    void aRangeThatMayBeThereNextTimeIsNoRefusal(int status) throws Exception {
        readsRanges();
        lake.refuse(status);
        assertThatThrownBy(() -> search()).isInstanceOf(BlobStorageException.class);
        verify(fileSearches, never()).refused(any(), anyInt());
    }

    /** A file that goes on changing is read again, but not for ever. */
    private void readAgain() throws IOException {
        doCallRealMethod().when(fileSearches).again(any());
        doReturn(search).when(fileSearches).begin(any());
    }

    private void readsRanges() throws IOException {
        doReturn(true).when(search).isByRanges();
        doAnswer(call -> lake.blobClient()
                        .getBlobContainerClient("lake")
                        .getBlobClient(FILE)
                        .getProperties())
                .when(fileSearches)
                .searchByRanges(search);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 409, 412})
    void aFileThatTheLakeRefusesMakesItsDatasetPartial(int status) throws Exception {
        readAgain();
        lake.refuse(status);
        Exchange exchange = search();
        assertThat(exchange.getMessage().getBody()).isSameAs(refused);
        verify(fileSearches).refused(search, status);
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 408, 429, 500, 503})
    void anAnswerThatMayBeAnotherNextTimeIsNoRefusal(int status) {
        lake.refuse(status);
        assertThatThrownBy(() -> search()).isInstanceOf(DataLakeStorageException.class);
        assertThat(effects()).isEmpty();
    }

    /** Formats that are read by a thread of their own end with their sink. */
    @ParameterizedTest
    @ValueSource(ints = {200, 404, 503})
    void howeverADownloadEndsItsSinkIsClosed(int status) throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        doAnswer(call -> new ByteArrayOutputStream() {
                    @Override
                    public void close() {
                        closed.set(true);
                    }
                })
                .when(search)
                .sink();
        if (status != 200) {
            lake.refuse(status);
        }
        try {
            search();
        } catch (DataLakeStorageException e) {
            assertThat(status).isEqualTo(503);
        }
        assertThat(closed).isTrue();
    }

    @Test
    void rowsThatCannotBeStagedFailTheStepAndAreNotCalledUnreadable() {
        doReturn(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("the staging store is away");
                    }
                })
                .when(search)
                .sink();
        assertThatThrownBy(() -> search()).hasStackTraceContaining("the staging store is away");
        assertThat(effects()).isEmpty();
    }

    private static Processor failing(String message) {
        return exchange -> {
            throw new IllegalStateException(message);
        };
    }
}
