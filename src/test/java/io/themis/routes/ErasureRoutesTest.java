package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.enrichment.ErrorsAsFailures;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakeShares;
import io.themis.erasure.ErasedDatasets;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlans;
import io.themis.erasure.ErasureReport;
import io.themis.erasure.LakeErasures;
import io.themis.erasure.Ledger;
import io.themis.erasure.PlanOutdatedException;
import io.themis.erasure.RouteErasures;
import io.themis.erasure.SqlErasures;
import io.themis.erasure.SurveyedFile;
import io.themis.erasure.Verification;
import io.themis.erasure.WholeFiles;
import io.themis.lake.ExactMatch;
import io.themis.lake.LakeFile;
import io.themis.request.ErasureFile;
import io.themis.request.Erasures;
import io.themis.request.HopelessException;
import io.themis.request.NotYetException;
import io.themis.request.RequestStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.stubbing.Stubber;

@RouteFile("erasure")
class ErasureRoutesTest extends RouteFileTest {

    private static final LakeFileQuery QUERY = query("coffee/Posts.xml");
    private static final ErasureFile.Name FILE = new ErasureFile.Name("posts", "coffee/Posts.xml");
    private static final SurveyedFile SURVEYED =
            new SurveyedFile(new FilePlan("coffee/Posts.xml", 100, 2, 0, 0), List.of(), null);
    private static final DatasetPlan POSTS =
            new DatasetPlan("posts", 2, 0, List.of(), List.of(SURVEYED.plan()), List.of());
    private static final DatasetPlan CRM = new DatasetPlan("crm", 1, 0, List.of(), List.of(), List.of());

    /** Everything is asked for anew and counted. */
    private static final List<String> LOOKING_AGAIN = List.of(
            "requests.forgetFindings(id)",
            "direct:ask-every-dataset",
            "erasurePlans.files(request, Dataset)",
            "lakeErasures.survey(request, LakeFileQuery)",
            "erasurePlans.survey(request, Dataset, List)",
            "erasurePlans.files(request, Dataset)",
            "erasurePlans.survey(request, Dataset, List)");

    private static final List<String> BEGINNING = List.of(
            "wholeFiles.note(request)",
            "erasurePlans.isToBeChecked(request)",
            "sqlErasures.rehearse(request)",
            "begin",
            "ledger.write(request)",
            "erasures.begin(id)",
            "requests.advance(id, ERASING)",
            "commit",
            "step:erase-data");

    private static final List<String> ERASING = List.of(
            "lakeErasures.files(request)",
            "lakeErasures.erase(request, Name)",
            "routeErasures.datasets(request)",
            "direct:erase-crm",
            "erasedDatasets.note(request, crm)",
            "sqlErasures.dataSources(request)",
            "sqlErasures.isDue(request, users)",
            "erasedDatasets.begin(request, users)",
            "sqlErasures.erase(request, users)",
            "erasedDatasets.noteAll(request, List)",
            "begin",
            "requests.advance(id, VERIFYING)",
            "step:verify-erasure",
            "commit");

    private final ExecutorService lakeReaders = Executors.newCachedThreadPool();
    private final ErasurePlans plans = standIn(ErasurePlans.class);
    private final LakeErasures lake = standIn(LakeErasures.class);
    private final LakeShares shares = mock(LakeShares.class);
    private final WholeFiles wholeFiles = standIn(WholeFiles.class);
    private final Ledger ledger = standIn(Ledger.class);
    private final Erasures erasures = standIn(Erasures.class);
    private final RouteErasures routes = standIn(RouteErasures.class);
    private final ErasedDatasets erased = standIn(ErasedDatasets.class);
    private final SqlErasures sql = standIn(SqlErasures.class);
    private final Verification verification = standIn(Verification.class);
    private final List<List<SurveyedFile>> surveyedFiles = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private Processor everyDataset = exchange -> {};
    private Processor crm = exchange -> {};

    @Override
    void arrange(CamelContext context) throws Exception {
        context.getRegistry().bind("lakeReaders", ExecutorService.class, lakeReaders);
        context.getRegistry().bind("errorsAsFailures", new ErrorsAsFailures());
        context.getRegistry().bind("searchResults", new GroupedBodyAggregationStrategy());
        context.getRegistry().bind("lakeShares", shares);
        doReturn(true).when(shares).isNothingShared(any());
        context.getRegistry().bind("erasurePlans", plans);
        context.getRegistry().bind("lakeErasures", lake);
        context.getRegistry().bind("wholeFiles", wholeFiles);
        context.getRegistry().bind("ledger", ledger);
        context.getRegistry().bind("erasures", erasures);
        context.getRegistry().bind("routeErasures", routes);
        context.getRegistry().bind("erasedDatasets", erased);
        context.getRegistry().bind("sqlErasures", sql);
        context.getRegistry().bind("verification", verification);
        Dataset posts = dataset("posts");
        Dataset own = dataset("crm");
        context.getRegistry()
                .bind(
                        "dataMap",
                        new DataMap("emailAddress", "posts", Map.of(), List.of(List.of(posts), List.of(own)), "test"));
        context.getCamelContextExtension().addLogListener((exchange, logger, message) -> {
            log.add(message);
            return message;
        });
        neighbour("direct:ask-every-dataset", exchange -> everyDataset.process(exchange));
        neighbour("direct:erase-crm", exchange -> crm.process(exchange));
        given(ERASURE);
        doReturn(List.of(QUERY)).when(plans).files(ERASURE, posts);
        doReturn(List.of()).when(plans).files(ERASURE, own);
        doReturn(SURVEYED).when(lake).survey(ERASURE, QUERY);
        doAnswer(call -> {
                    surveyedFiles.add(List.copyOf(call.getArgument(2)));
                    return POSTS;
                })
                .when(plans)
                .survey(eq(ERASURE), eq(posts), any());
        doReturn(CRM).when(plans).survey(ERASURE, own, List.of());
        doReturn(true).when(plans).isToBeChecked(ERASURE);
        doReturn(true).when(plans).fits(ERASURE, List.of(POSTS, CRM));
        doReturn(List.of(FILE)).when(lake).files(ERASURE);
        doReturn(List.of("crm")).when(routes).datasets(ERASURE);
        doReturn(List.of("users")).when(sql).dataSources(ERASURE);
        doReturn(true).when(sql).isDue(eq(ERASURE), any());
        doReturn(report(true)).when(verification).report(ERASURE, List.of(POSTS, CRM));
    }

    @Override
    protected void cleanupResources() {
        lakeReaders.shutdownNow();
    }

    /** Else what replicas have found would be forgotten each time that it is looked whether they are done. */
    @Test
    void whatReplicasSearchForIsNotForgottenMeanwhile() throws Exception {
        doReturn(false).when(shares).isNothingShared(any());
        send("direct:look-again", exchange -> exchange.setVariable("request", ERASURE));
        assertThat(journal).doesNotContain("requests.forgetFindings(id)").contains("direct:ask-every-dataset");
    }

    @Test
    void everyDatasetIsCountedAndThePlanIsPutBeforeTheOfficers() throws Exception {
        run("plan-erasure");
        assertThat(journal)
                .containsExactly(
                        "requests.get(id)",
                        "erasurePlans.isProposed(request)",
                        "requests.advance(id, PLANNING)",
                        "erasurePlans.files(request, Dataset)",
                        "lakeErasures.survey(request, LakeFileQuery)",
                        "erasurePlans.survey(request, Dataset, List)",
                        "erasurePlans.files(request, Dataset)",
                        "erasurePlans.survey(request, Dataset, List)",
                        "begin",
                        "erasurePlans.propose(request, List)",
                        "erasurePlans.isApproved(request)",
                        "requests.advance(id, AWAITING_APPROVAL)",
                        "commit");
    }

    @Test
    void thePlanHasWhatWasCountedInTheOrderOfTheDataMap() throws Exception {
        List<DatasetPlan> proposed = new ArrayList<>();
        doAnswer(call -> proposed.addAll(call.getArgument(1))).when(plans).propose(any(), any());
        run("plan-erasure");
        assertThat(proposed).containsExactly(POSTS, CRM);
        assertThat(surveyedFiles).containsExactly(List.of(SURVEYED));
    }

    @Test
    void aReplayGoesOnWithoutAnApproval() throws Exception {
        doReturn(true).when(plans).isApproved(ERASURE);
        run("plan-erasure");
        assertThat(stepsStarted()).containsExactly("step:begin-erasure again");
        assertThat(journal).endsWith("step:begin-erasure again", "commit");
        assertThat(journal("requests.advance")).containsExactly("requests.advance(id, PLANNING)");
    }

    @Test
    void aPlanThatWasPutForwardBeforeACrashIsNotMadeAgainWhileItIsCarriedOut() throws Exception {
        doReturn(true).when(plans).isProposed(ERASURE);
        run("plan-erasure");
        assertThat(journal).containsExactly("requests.get(id)", "erasurePlans.isProposed(request)");
    }

    @ParameterizedTest
    @EnumSource(
            value = RequestStatus.class,
            names = {"VERIFYING", "INCOMPLETE", "DONE"})
    void anErasureThatWasHandedOverBeforeACrashIsNotDoneAgain(RequestStatus status) throws Exception {
        given(at(status, ERASURE));
        for (String step : List.of("begin-erasure", "erase-data")) {
            run(step);
            assertThat(journal).as(step).containsExactly("requests.get(id)");
        }
    }

    @Test
    void whatWasCertifiedBeforeACrashIsNotLookedForAgainWithKeysThatAreForgotten() throws Exception {
        given(at(RequestStatus.DONE, ERASURE));
        run("verify-erasure");
        assertThat(journal).containsExactly("requests.get(id)");
    }

    @Test
    void whatWasApprovedIsWrittenToTheLedgerAndOnlyThenErased() throws Exception {
        run("begin-erasure");
        assertThat(journal)
                .containsExactlyElementsOf(together(
                        List.of(
                                "requests.get(id)",
                                "requests.requirePackageFirst(request)",
                                "erasurePlans.isToBeChecked(request)"),
                        LOOKING_AGAIN,
                        List.of("erasurePlans.fits(request, List)"),
                        BEGINNING));
    }

    @Test
    void nothingIsErasedByAPlanThatDoesNotFitAndAnotherOneIsProposed() throws Exception {
        doReturn(false).when(plans).fits(any(), any());
        run("begin-erasure");
        assertThat(journal)
                .containsExactlyElementsOf(together(
                        List.of(
                                "requests.get(id)",
                                "requests.requirePackageFirst(request)",
                                "erasurePlans.isToBeChecked(request)"),
                        LOOKING_AGAIN,
                        List.of(
                                "erasurePlans.fits(request, List)",
                                "begin",
                                "erasurePlans.propose(request, List)",
                                "erasurePlans.isApproved(request)",
                                "requests.advance(id, AWAITING_APPROVAL)",
                                "commit")));
    }

    @Test
    void anErasureThatHasBegunGoesOnByItsPlanBecauseRowsOfItAreGone() throws Exception {
        doReturn(false).when(plans).isToBeChecked(ERASURE);
        doReturn(true).when(plans).fits(ERASURE, null);
        run("begin-erasure");
        assertThat(journal)
                .containsExactlyElementsOf(together(
                        List.of(
                                "requests.get(id)",
                                "requests.requirePackageFirst(request)",
                                "erasurePlans.isToBeChecked(request)",
                                "erasurePlans.fits(request, null)"),
                        BEGINNING.stream()
                                .filter(call -> !call.equals("sqlErasures.rehearse(request)"))
                                .toList()));
    }

    @Test
    void rowsAreErasedInTheLakeThenByRoutesAndDatabasesLast() throws Exception {
        run("erase-data");
        assertThat(journal).containsExactlyElementsOf(together(List.of("requests.get(id)"), ERASING));
    }

    @Test
    void whoAskedForBothGetsTheCopyBeforeAnythingIsEvenCounted() {
        doThrow(new NotYetException("waits for the package")).when(requests).requirePackageFirst(ERASURE);
        assertThatThrownBy(() -> run("begin-erasure")).isInstanceOf(NotYetException.class);
        assertThat(journal).containsExactly("requests.get(id)", "requests.requirePackageFirst(request)");
    }

    @Test
    void aDatabaseWithOtherRowsThanThePlanIsLeftAloneAndTheOthersAreNot() throws Exception {
        doReturn(List.of("shop", "users")).when(sql).dataSources(ERASURE);
        doThrow(real(PlanOutdatedException.class, "dataset orders has 2 rows, and the plan 1"))
                .when(sql)
                .erase(ERASURE, "shop");
        run("erase-data");
        assertThat(journal)
                .containsSubsequence(
                        "sqlErasures.erase(request, shop)",
                        "sqlErasures.erase(request, users)",
                        "erasedDatasets.noteAll(request, List)",
                        "step:verify-erasure");
        assertThat(journal("erasedDatasets.noteAll")).hasSize(1);
        assertThat(log)
                .contains("request " + ID + ": dataset orders has 2 rows, and the plan 1; nothing was changed there");
    }

    @Test
    void aDatabaseThatSaysWhoIsKnownIsLeftWhileOtherRowsAre() throws Exception {
        doReturn(List.of("shop", "users")).when(sql).dataSources(ERASURE);
        doReturn(false).when(sql).isDue(ERASURE, "users");
        run("erase-data");
        assertThat(journal)
                .contains("sqlErasures.erase(request, shop)", "step:verify-erasure")
                .doesNotContain("sqlErasures.erase(request, users)");
    }

    @Test
    void nothingIsErasedIfTheDatabasesRefuseTheStatements() throws Exception {
        doThrow(new HopelessException("permission denied")).when(sql).rehearse(ERASURE);
        assertThatThrownBy(() -> run("begin-erasure")).isInstanceOf(HopelessException.class);
        assertThat(journal).endsWith("sqlErasures.rehearse(request)");
    }

    @Test
    void whatIsVerifiedIsCertifiedOnceTheIndexHasForgottenThePerson() throws Exception {
        run("verify-erasure");
        assertThat(journal)
                .containsExactlyElementsOf(together(
                        List.of("requests.get(id)", "requests.advance(id, VERIFYING)"),
                        LOOKING_AGAIN,
                        List.of(
                                "verification.forget(request)",
                                "verification.report(request, List)",
                                "step:certify-erasure")));
    }

    @Test
    void whatIsFoundAgainIsNotCertified() throws Exception {
        doReturn(report(false)).when(verification).report(any(), any());
        run("verify-erasure");
        assertThat(stepsStarted()).isEmpty();
        assertThat(journal).endsWith("requests.advance(id, INCOMPLETE)");
    }

    @Test
    @Timeout(60)
    void filesAreReadAndRewrittenAtTheSameTime() throws Exception {
        List<LakeFileQuery> queries = List.of(query("a"), query("b"), query("c"));
        CountDownLatch allSurveyed = new CountDownLatch(3);
        doReturn(queries).when(plans).files(eq(ERASURE), any());
        doAnswer(call -> {
                    meet(allSurveyed);
                    return SURVEYED;
                })
                .when(lake)
                .survey(any(), any());
        doReturn(true).when(plans).fits(any(), any());
        List<ErasureFile.Name> names = List.of(FILE, new ErasureFile.Name("posts", "tea/Posts.xml"));
        CountDownLatch allErased = new CountDownLatch(2);
        doReturn(names).when(lake).files(ERASURE);
        doAnswer(call -> {
                    meet(allErased);
                    return null;
                })
                .when(lake)
                .erase(any(), any());

        run("begin-erasure");
        run("erase-data");

        assertThat(surveyedFiles).containsExactly(List.of(SURVEYED, SURVEYED, SURVEYED));
        assertThat(journal("lakeErasures.erase")).hasSize(2);
        assertThat(stepsStarted()).containsExactly("step:verify-erasure");
    }

    private static void meet(CountDownLatch all) throws InterruptedException {
        all.countDown();
        if (!all.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody came");
        }
    }

    @Test
    @Timeout(60)
    void aFileWhoseSurveyEndsWithAnErrorFailsTheStep() throws Exception {
        doThrow(new StackOverflowError("too deep")).when(lake).survey(any(), any());
        for (String step : List.of("plan-erasure", "begin-erasure", "verify-erasure")) {
            assertThatThrownBy(() -> run(step)).as(step).isInstanceOf(StackOverflowError.class);
            assertThat(journal).as(step).endsWith("lakeErasures.survey(request, LakeFileQuery)");
        }
    }

    @Test
    @Timeout(60)
    void aFileWhoseRewritingEndsWithAnErrorFailsTheStep() throws Exception {
        doThrow(new OutOfMemoryError("Java heap space")).when(lake).erase(any(), any());
        assertThatThrownBy(() -> run("erase-data")).isInstanceOf(OutOfMemoryError.class);
        assertThat(journal).endsWith("lakeErasures.erase(request, Name)");
    }

    @Test
    void aRouteOfTheCompanyThatFailsIsNotNotedAsDone() {
        crm = failing();
        assertThatThrownBy(() -> run("erase-data")).hasMessage("away");
        assertThat(journal).endsWith("direct:erase-crm");
    }

    @Test
    void nothingIsCountedWhileADatasetDoesNotAnswer() {
        everyDataset = failing();
        for (String step : List.of("begin-erasure", "verify-erasure")) {
            assertThatThrownBy(() -> run(step)).hasMessage("away");
            assertThat(journal).endsWith("direct:ask-every-dataset");
        }
    }

    private static Processor failing() {
        return exchange -> {
            throw new IllegalStateException("away");
        };
    }

    /** A call of a step, and how to have it do what the stubber says. */
    private interface Call {

        void on(ErasureRoutesTest test, Stubber does) throws Exception;
    }

    private static Arguments call(String step, String name, Object answer, Call call) {
        return arguments(step, name, answer, call);
    }

    static Stream<Arguments> callsThatMayFail() {
        String plan = "plan-erasure";
        String begin = "begin-erasure";
        String erase = "erase-data";
        String verify = "verify-erasure";
        return Stream.of(
                call(
                        plan,
                        "requests.advance",
                        null,
                        (test, does) -> does.when(test.requests).advance(ID, RequestStatus.PLANNING)),
                call(
                        plan,
                        "erasurePlans.files",
                        List.of(QUERY),
                        (test, does) -> does.when(test.plans).files(any(), eq(dataset("posts")))),
                call(
                        plan,
                        "lakeErasures.survey",
                        SURVEYED,
                        (test, does) -> does.when(test.lake).survey(any(), any())),
                call(
                        plan,
                        "erasurePlans.survey",
                        POSTS,
                        (test, does) -> does.when(test.plans).survey(any(), eq(dataset("posts")), any())),
                call(
                        plan,
                        "erasurePlans.propose",
                        null,
                        (test, does) -> does.when(test.plans).propose(any(), any())),
                call(
                        plan,
                        "requests.advance",
                        null,
                        (test, does) -> does.when(test.requests).advance(ID, RequestStatus.AWAITING_APPROVAL)),
                call(
                        begin,
                        "requests.forgetFindings",
                        null,
                        (test, does) -> does.when(test.requests).forgetFindings(ID)),
                call(
                        begin,
                        "lakeErasures.survey",
                        SURVEYED,
                        (test, does) -> does.when(test.lake).survey(any(), any())),
                call(
                        begin,
                        "erasurePlans.fits",
                        true,
                        (test, does) -> does.when(test.plans).fits(any(), any())),
                call(
                        begin,
                        "requests.advance",
                        null,
                        (test, does) -> does.when(test.requests).advance(ID, RequestStatus.ERASING)),
                call(
                        begin,
                        "wholeFiles.note",
                        null,
                        (test, does) -> does.when(test.wholeFiles).note(any())),
                call(
                        begin,
                        "ledger.write",
                        null,
                        (test, does) -> does.when(test.ledger).write(any())),
                call(
                        begin,
                        "erasures.begin",
                        null,
                        (test, does) -> does.when(test.erasures).begin(any())),
                call(
                        erase,
                        "lakeErasures.files",
                        List.of(FILE),
                        (test, does) -> does.when(test.lake).files(any())),
                call(
                        erase,
                        "lakeErasures.erase",
                        null,
                        (test, does) -> does.when(test.lake).erase(any(), any())),
                call(
                        erase,
                        "routeErasures.datasets",
                        List.of("crm"),
                        (test, does) -> does.when(test.routes).datasets(any())),
                call(
                        erase,
                        "erasedDatasets.note",
                        null,
                        (test, does) -> does.when(test.erased).note(any(), any())),
                call(
                        erase,
                        "sqlErasures.dataSources",
                        List.of("users"),
                        (test, does) -> does.when(test.sql).dataSources(any())),
                call(
                        erase,
                        "sqlErasures.erase",
                        List.of(),
                        (test, does) -> does.when(test.sql).erase(any(), any())),
                call(
                        erase,
                        "erasedDatasets.noteAll",
                        null,
                        (test, does) -> does.when(test.erased).noteAll(any(), any())),
                call(
                        verify,
                        "requests.advance",
                        null,
                        (test, does) -> does.when(test.requests).advance(ID, RequestStatus.VERIFYING)),
                call(
                        verify,
                        "requests.forgetFindings",
                        null,
                        (test, does) -> does.when(test.requests).forgetFindings(ID)),
                call(
                        verify,
                        "lakeErasures.survey",
                        SURVEYED,
                        (test, does) -> does.when(test.lake).survey(any(), any())),
                call(
                        verify,
                        "verification.forget",
                        null,
                        (test, does) -> does.when(test.verification).forget(any())),
                call(
                        verify,
                        "verification.report",
                        report(true),
                        (test, does) -> does.when(test.verification).report(any(), any())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("callsThatMayFail")
    void aFailureAtAnyPointGoesNoFurtherAndTheNextAttemptDoesItAll(String step, String call, Object answer, Call of)
            throws Exception {
        run(step);
        List<String> whole = List.copyOf(journal);

        Stubber onceAway = doThrow(new IllegalStateException("away"));
        of.on(this, answer == null ? onceAway.doNothing() : onceAway.doReturn(answer));
        assertThatThrownBy(() -> run(step)).hasMessage("away");

        List<String> failed = new ArrayList<>(journal);
        boolean isRolledBack = failed.remove("rollback");
        assertThat(isRolledBack)
                .isEqualTo(Collections.frequency(failed, "begin") > Collections.frequency(failed, "commit"));
        assertThat(failed.get(failed.size() - 1)).startsWith(call + "(");
        assertThat(whole.subList(0, failed.size())).isEqualTo(failed);
        assertThat(stepsStarted()).isEmpty();

        run(step);
        assertThat(journal).isEqualTo(whole);
    }

    @SafeVarargs
    private static List<String> together(List<String>... parts) {
        return Stream.of(parts).flatMap(List::stream).toList();
    }

    private static ErasureReport report(boolean isDone) {
        return new ErasureReport(ID, isDone, Instant.EPOCH, Instant.EPOCH, List.of());
    }

    private static LakeFileQuery query(String file) {
        return new LakeFileQuery(
                null, new LakeFile(file, null), ExactMatch.of(Map.of("OwnerUserId", Set.of("1"))), null);
    }
}
