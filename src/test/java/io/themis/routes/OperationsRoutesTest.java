package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.certificate.CertificateKeys;
import io.themis.certificate.CertificatePage;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Words;
import io.themis.delivery.Packages;
import io.themis.enrichment.Homonyms;
import io.themis.enrichment.Identification;
import io.themis.enrichment.KnownPlaces;
import io.themis.enrichment.LakeProgress;
import io.themis.enrichment.Profiles;
import io.themis.erasure.Ledger;
import io.themis.page.Watchers;
import io.themis.request.Act;
import io.themis.request.Acts;
import io.themis.request.Approval;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Deadlines;
import io.themis.request.EmailAddress;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import io.themis.request.Erasures.Approved;
import io.themis.request.Extension;
import io.themis.request.JsonBodies;
import io.themis.request.ListedRequest;
import io.themis.request.Outcome;
import io.themis.request.Proposal;
import io.themis.request.RecipientNotice;
import io.themis.request.RecipientNotices;
import io.themis.request.RequestLists;
import io.themis.request.RequestLists.Counts;
import io.themis.request.RequestLists.Filter;
import io.themis.request.RequestLists.Place;
import io.themis.request.RequestMetrics;
import io.themis.request.RequestProgress;
import io.themis.request.RequestStatus;
import io.themis.request.SearchProgresses;
import io.themis.request.Step;
import io.themis.request.Step.State;
import io.themis.request.WrongStateException;
import io.themis.rest.ErasureApi;
import io.themis.rest.ListApi;
import io.themis.rest.Problems;
import io.themis.rest.RecordApi;
import io.themis.rest.RequestApi;
import io.themis.security.Caller;
import io.themis.security.Caller.Role;
import io.themis.security.Callers;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.mock.web.MockHttpServletRequest;

@RouteFile("operations")
class OperationsRoutesTest extends RouteFileTest {

    private static final Caller GATEWAY = new Caller(Set.of(Role.GATEWAY), "gateway", null);
    private static final Caller OPERATOR = new Caller(Set.of(Role.OPERATOR), "olga", null);
    private static final Caller OFFICER = new Caller(Set.of(Role.PRIVACY_OFFICER), "odo", null);
    private static final Caller ADA = new Caller(Set.of(Role.PERSON), "1", new EmailAddress("ada@example.org"));
    private static final Caller EVE = new Caller(Set.of(Role.PERSON), "2", new EmailAddress("eve@example.org"));

    private static final Map<String, Object> PATH = Map.of("id", ID.toString());
    private static final DataSubjectRequest PLANNED_ERASURE = at(RequestStatus.AWAITING_APPROVAL, ERASURE);

    private final DataMap map = new DataMap("emailAddress", "profile", Map.of(), List.of(), "test");
    private final RequestMetrics metrics = standIn(RequestMetrics.class);
    private final SearchProgresses searches = mock(SearchProgresses.class);
    private final LakeProgress progress = standIn(LakeProgress.class);
    private final KnownPlaces known = standIn(KnownPlaces.class);
    private final Erasures erasures = standIn(Erasures.class);
    private final ErasureFiles files = mock(ErasureFiles.class);
    private final RecipientNotices notices = mock(RecipientNotices.class);
    private final Deadlines deadlines = standIn(Deadlines.class);
    private final Acts acts = mock(Acts.class);
    private final RequestLists lists = mock(RequestLists.class);
    private final Watchers watchers = standIn(Watchers.class);
    private final Ledger ledger = standIn(Ledger.class);
    private final CertificatePage certificatePage = standIn(CertificatePage.class);
    private final CertificateKeys certificateKeys = standIn(CertificateKeys.class);
    private final Homonyms homonyms = standIn(Homonyms.class);
    private final Identification identification = standIn(Identification.class);
    private Map<String, Object> query = Map.of();
    private Object rows = List.of().iterator();

    @Override
    void arrange(CamelContext context) {
        Callers callers = new Callers();
        context.getRegistry().bind("callers", callers);
        ErasureApi erasureApi = real(
                ErasureApi.class,
                requests,
                erasures,
                files,
                notices,
                acts,
                real(JsonBodies.class, json),
                Clock.systemUTC(),
                2);
        context.getRegistry().bind("erasureApi", erasureApi);
        context.getRegistry().bind("ledger", ledger);
        context.getRegistry().bind("certificatePage", certificatePage);
        context.getRegistry().bind("certificateKeys", certificateKeys);
        RequestApi requestApi = real(
                RequestApi.class,
                requests,
                steps,
                searches,
                deadlines,
                acts,
                map,
                erasureApi,
                real(JsonBodies.class, json));
        context.getRegistry().bind("requestApi", requestApi);
        context.getRegistry().bind("listApi", real(ListApi.class, lists, real(JsonBodies.class, json)));
        context.getRegistry()
                .bind(
                        "recordApi",
                        real(RecordApi.class, requestApi, erasureApi, deadlines, erasures, acts, Clock.systemUTC()));
        context.getRegistry().bind("watchers", watchers);
        context.getRegistry()
                .bind(
                        "profiles",
                        real(
                                Profiles.class,
                                new DataMap("emailAddress", "profile", Map.of(), List.of(List.of(profile())), "test")));
        context.getRegistry().bind("problems", new Problems());
        context.getRegistry().bind("requestMetrics", metrics);
        context.getRegistry().bind("lakeProgress", progress);
        context.getRegistry().bind("knownPlaces", known);
        context.getRegistry().bind("identification", identification);
        context.getRegistry().bind("packages", standIn(Packages.class));
        context.getRegistry().bind("homonyms", homonyms);
        doReturn("profile").when(identification).knownBy();
        neighbour("direct:query-profile", exchange -> {
            query = Map.of(
                    "headers", Map.copyOf(exchange.getMessage().getHeaders()),
                    "body", exchange.getMessage().getBody());
            exchange.getMessage().setBody(rows);
        });
        doReturn(Optional.of(SEALED_REQUEST)).when(requests).find(ID);
        doReturn(List.of(new Step(
                        "gather-data", State.PARKED, 20, Instant.EPOCH, Instant.EPOCH, null, "the lake is away")))
                .when(steps)
                .of(ID);
    }

    @Test
    void anOperatorSeesWhereARequestStandsAndWhy() throws Exception {
        JsonNode view = body(call("getRequest", OPERATOR, Map.of("id", ID.toString())));
        assertThat(view.path("id").textValue()).isEqualTo(ID.toString());
        assertThat(view.path("dueAt").textValue()).isEqualTo("2026-04-01T10:00:00Z");
        assertThat(view.path("steps").path(0).path("lastError").textValue()).isEqualTo("the lake is away");
    }

    @Test
    void howFarTheLakeHasBeenSearchedIsShownAsFarAsItIsKnown() throws Exception {
        assertThat(body(call("getRequest", GATEWAY, Map.of("id", ID.toString())))
                        .path("progress"))
                .isEqualTo(json.readTree("{\"datasetsAnswered\": 0, \"datasets\": 0}"));

        doReturn(Optional.of(new RequestProgress(3, 1, 1000, 250, List.of("posts"), null, null)))
                .when(searches)
                .of(SEALED_REQUEST);
        assertThat(body(call("getRequest", GATEWAY, Map.of("id", ID.toString())))
                        .path("progress")
                        .path("lake"))
                .isEqualTo(json.readTree("""
                        {"files": 3, "filesDone": 1, "bytes": 1000, "bytesDone": 250, "reading": ["posts"]}"""));

        doReturn(Optional.of(new RequestProgress(3, 1, 1000, 250, List.of("posts"), 100L, 8L)))
                .when(searches)
                .of(SEALED_REQUEST);
        assertThat(body(call("getRequest", GATEWAY, Map.of("id", ID.toString())))
                        .path("progress")
                        .path("lake"))
                .isEqualTo(json.readTree("""
                        {"files": 3, "filesDone": 1, "bytes": 1000, "bytesDone": 250, "reading": ["posts"],
                         "bytesPerSecond": 100, "secondsLeft": 8}"""));
    }

    @Test
    void aPersonSeesTheirOwnRequestWithoutErrors() throws Exception {
        Exchange answer = call("getRequest", ADA, Map.of("id", ID.toString()));
        assertThat(answer.getMessage().getHeaders().keySet()).containsOnly("Content-Type");
        assertThat(body(answer).path("steps").path(0).has("lastError")).isFalse();
    }

    @Test
    void toAPersonSomebodyElsesRequestAndNoneLookTheSame() throws Exception {
        Exchange others = call("getRequest", EVE, Map.of("id", ID.toString()));
        Exchange none = call("getRequest", EVE, Map.of("id", UUID.randomUUID().toString()));
        Exchange noId = call("getRequest", EVE, Map.of("id", "1"));
        assertThat(statusOf(others)).isEqualTo(403);
        assertThat(statusOf(none)).isEqualTo(403);
        assertThat(body(none)).isEqualTo(body(others)).isEqualTo(body(noId));
    }

    @Test
    void toStaffARequestThatIsNotThereIsNotFound() throws Exception {
        assertThat(statusOf(call("getRequest", GATEWAY, Map.of("id", "no-uuid"))))
                .isEqualTo(404);
    }

    @Test
    void aCallThatNobodyCheckedIsRefusedByEveryRoute() throws Exception {
        for (String operation : List.of(
                "getRequest",
                "retryStep",
                "restartRequest",
                "getHomonyms",
                "getErasurePlan",
                "approveErasure",
                "refuseErasure",
                "getCertificate",
                "getCertificatePage",
                "confirmReceipt",
                "replayErasures",
                "listRequests",
                "findRequests",
                "extendDeadline",
                "resendMail",
                "withdrawErasure",
                "getRecord",
                "getUserProfile")) {
            assertThat(statusOf(call(operation, null, Map.of("id", ID.toString()))))
                    .as(operation)
                    .isEqualTo(403);
        }
        assertThat(journal).isEmpty();
    }

    @Test
    void anOperatorGivesAParkedStepItsAttemptsBack() throws Exception {
        when(steps.retry(ID, "gather-data")).thenReturn(true);
        Exchange answer = call("retryStep", OPERATOR, Map.of("id", ID.toString(), "step", "gather-data"));
        assertThat(answer.getMessage().getHeaders())
                .isEqualTo(Map.of("CamelHttpResponseCode", "202", "Content-Type", "text/plain"));
        assertThat(answer.getMessage().getBody(String.class)).isEmpty();
    }

    @Test
    void aStepIsTriedAgainOnlyIfItIsParkedAndOnlyByOperators() throws Exception {
        Map<String, Object> path = Map.of("id", ID.toString(), "step", "gather-data");
        assertThat(statusOf(call("retryStep", OPERATOR, path))).isEqualTo(409);
        assertThat(statusOf(call("retryStep", GATEWAY, path))).isEqualTo(403);
        assertThat(statusOf(call("retryStep", ADA, path))).isEqualTo(403);
        assertThat(statusOf(call("retryStep", OPERATOR, Map.of("id", ID.toString(), "step", "no-step"))))
                .isEqualTo(404);
    }

    private static Dataset profile() {
        return new Dataset(
                "profile",
                Dataset.Kind.SQL,
                Words.of(Locale.ENGLISH, "Profile"),
                "users",
                "SELECT",
                null,
                null,
                null,
                Dataset.Engine.THEMIS,
                Map.of("email_address", "emailAddress"),
                null,
                Set.of("emailAddress"),
                Map.of(),
                List.of(),
                Map.of(),
                null,
                null,
                1);
    }

    @Test
    void anOperatorLetsAStuckRequestBeginAgain() throws Exception {
        when(steps.isStuck(ID)).thenReturn(true);
        doReturn(REQUEST).when(requests).startOver(ID);
        Exchange answer = call("restartRequest", OPERATOR, Map.of("id", ID.toString()));
        assertThat(answer.getMessage().getHeaders())
                .isEqualTo(Map.of("CamelHttpResponseCode", "202", "Content-Type", "text/plain"));
        assertThat(answer.getMessage().getBody(String.class)).isEmpty();
        assertThat(journal)
                .containsExactly(
                        "begin",
                        "requests.find(id)",
                        "requests.startOver(id)",
                        "packages.delete(id)",
                        "homonyms.clear(id)",
                        "step:identify-person",
                        "commit");
    }

    @Test
    void aRequestThatGoesOnByItselfOrHasEndedIsLeftAlone() throws Exception {
        Map<String, Object> path = Map.of("id", ID.toString());
        assertThat(statusOf(call("restartRequest", OPERATOR, path))).isEqualTo(409);
        when(steps.isStuck(ID)).thenReturn(true);
        doReturn(Optional.of(at(RequestStatus.DELIVERED, SEALED_REQUEST)))
                .when(requests)
                .find(ID);
        assertThat(statusOf(call("restartRequest", OPERATOR, path))).isEqualTo(409);
        assertThat(statusOf(call("restartRequest", ADA, path))).isEqualTo(403);
        assertThat(journal("requests.startOver")).isEmpty();
        assertThat(journal("packages")).isEmpty();
    }

    @Test
    void aPrivacyOfficerGetsThePossibleHomonymsAndNobodyElseDoes() throws Exception {
        Map<String, Object> path = Map.of("id", ID.toString());
        for (Caller caller : List.of(GATEWAY, OPERATOR, ADA, EVE)) {
            assertThat(statusOf(call("getHomonyms", caller, path)))
                    .as("%s", caller)
                    .isEqualTo(403);
        }
        assertThat(journal("homonyms")).isEmpty();

        doReturn(new ByteArrayInputStream("{}\n".getBytes(StandardCharsets.UTF_8)))
                .when(homonyms)
                .read(SEALED_REQUEST);
        Exchange answer = call("getHomonyms", OFFICER, path);

        assertThat(answer.getMessage().getHeaders()).isEqualTo(Map.of("Content-Type", "application/x-ndjson"));
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{}\n");
    }

    @Test
    void homonymsThatAreGoneAndThoseOfNoRequestAreNotFound() throws Exception {
        doReturn(null).when(homonyms).read(SEALED_REQUEST);
        assertThat(statusOf(call("getHomonyms", OFFICER, Map.of("id", ID.toString()))))
                .isEqualTo(404);
        assertThat(statusOf(call(
                        "getHomonyms", OFFICER, Map.of("id", UUID.randomUUID().toString()))))
                .isEqualTo(404);
    }

    @Test
    void theProfileIsWhatTheUsersDatabaseHasInCamelCase() throws Exception {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("EMAIL_ADDRESS", "ada@example.org");
        row.put("first_name", "Ada");
        row.put("street", null);
        rows = List.of(row).iterator();
        Exchange answer = call("getUserProfile", ADA, Map.of("emailAddress", "ada@example.org"));
        assertThat(statusOf(answer)).isEqualTo(200);
        assertThat(body(answer))
                .isEqualTo(json.readTree(
                        "{\"emailAddress\": \"ada@example.org\", \"firstName\": \"Ada\", \"street\": null}"));
    }

    @Test
    void theQueryGetsTheAddressAndNothingElseOfTheCall() throws Exception {
        rows = List.of(Map.of("email_address", "ada@example.org")).iterator();
        call("getUserProfile", ADA, Map.of("emailAddress", "ada@example.org", "CamelSqlQuery", "DROP TABLE users"));
        assertThat(query).isEqualTo(Map.of("headers", Map.of(), "body", Map.of("emailAddress", "ada@example.org")));
    }

    @Test
    void aProfileOfAnotherAddressIsNotFound() throws Exception {
        rows = List.of(Map.of("email_address", "ad\u00e1@example.org")).iterator();
        assertThat(statusOf(call("getUserProfile", GATEWAY, Map.of("emailAddress", "ada@example.org"))))
                .isEqualTo(404);
    }

    @Test
    void aProfileThatIsNotThereIsNotFound() throws Exception {
        Iterator<?> none = List.of().iterator();
        rows = none;
        assertThat(statusOf(call("getUserProfile", GATEWAY, Map.of("emailAddress", "nobody@example.org"))))
                .isEqualTo(404);
    }

    @Test
    void nobodySeesSomebodyElsesProfile() throws Exception {
        assertThat(statusOf(call("getUserProfile", EVE, Map.of("emailAddress", "ada@example.org"))))
                .isEqualTo(403);
        assertThat(journal).isEmpty();
    }

    @Test
    void whatIsNoAddressIsABadRequest() throws Exception {
        assertThat(statusOf(call("getUserProfile", GATEWAY, Map.of("emailAddress", "a@b.c,d@e.f"))))
                .isEqualTo(400);
        assertThat(journal).isEmpty();
    }

    @Test
    void aDatabaseThatIsAwayIsNoFaultOfTheCaller() throws Exception {
        doThrow(new DataAccessResourceFailureException("away")).when(requests).find(ID);
        assertThat(statusOf(call("getRequest", GATEWAY, Map.of("id", ID.toString()))))
                .isEqualTo(503);
    }

    @Test
    void theGaugesAreCountedByTheClock() throws Exception {
        AdviceWith.adviceWith(context, "count-requests", route -> route.replaceFromWith("direct:tick"));
        send("direct:tick", exchange -> {});
        assertThat(journal).containsExactly("requestMetrics.count()");
    }

    @Test
    void progressIsNotedByTheClock() throws Exception {
        AdviceWith.adviceWith(context, "note-progress", route -> route.replaceFromWith("direct:tick"));
        send("direct:tick", exchange -> {});
        assertThat(journal).containsExactly("lakeProgress.note()");
    }

    @Test
    void theIndexOfFormerDataMapsIsDroppedOnce() throws Exception {
        assertThat(context.getRoute("drop-former-index").getEndpoint().getEndpointUri())
                .contains("repeatCount=1");
        AdviceWith.adviceWith(context, "drop-former-index", route -> route.replaceFromWith("direct:tick"));
        send("direct:tick", exchange -> {});
        assertThat(journal).containsExactly("knownPlaces.dropOthers()");
    }

    @Test
    void thePlanIsShownAsItWasProposedWithWhoHasApprovedIt() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(Optional.of(
                        new Proposal(1, "{\"datasets\": [1.0]}", "d1", Instant.parse("2026-03-01T11:00:00Z"), null)))
                .when(erasures)
                .proposal(ID);
        doReturn(List.of(new Approval("odo", Instant.parse("2026-03-01T12:00:00Z"))))
                .when(erasures)
                .approvals(ID);

        Exchange answer = call("getErasurePlan", OFFICER, PATH);

        assertThat(answer.getMessage().getHeaders())
                .containsOnlyKeys("Content-Type", "Content-Disposition")
                .containsEntry("Content-Disposition", "attachment; filename=\"erasure-plan-" + ID + ".json\"");
        assertThat(answer.getMessage().getBody(String.class)).contains("{\"datasets\": [1.0]}");
        assertThat(body(answer)).isEqualTo(json.readTree("""
                        {"requestId": "%s", "planDigest": "d1", "plannedAt": "2026-03-01T11:00:00Z", "approved": false,
                         "approvalsNeeded": 2, "approvals": [{"approver": "odo", "approvedAt": "2026-03-01T12:00:00Z"}],
                         "review": {"rows": 0, "problems": []}, "plan": {"datasets": [1.0]}}""".formatted(ID)));
        for (Caller caller : List.of(GATEWAY, ADA, EVE)) {
            assertThat(statusOf(call("getErasurePlan", caller, PATH)))
                    .as("%s", caller)
                    .isEqualTo(403);
        }
    }

    @Test
    void theErasureBeginsInTheTransactionOfTheLastApproval() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(new Approved(true, false)).when(erasures).approve(ID, "d1", "odo", 2);
        String approval = "{\"planDigest\": \"d1\"}";
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, approval))).isEqualTo(202);
        assertThat(journal)
                .containsExactly("begin", "requests.find(id)", "erasures.approve(id, d1, odo, Integer)", "commit");

        doReturn(new Approved(true, true)).when(erasures).approve(ID, "d1", "odo", 2);
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, approval))).isEqualTo(202);
        assertThat(journal)
                .containsExactly(
                        "begin",
                        "requests.find(id)",
                        "erasures.approve(id, d1, odo, Integer)",
                        "step:begin-erasure again",
                        "commit");
    }

    @Test
    void whoApprovesAPlanTwiceHasApprovedItOnce() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(new Approved(true, false)).when(erasures).approve(ID, "d1", "odo", 2);
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, "{\"planDigest\": \"d1\"}")))
                .isEqualTo(202);
        verify(acts).note(ID, "approval", "d1", "odo");

        clearInvocations(acts);
        doReturn(new Approved(false, false)).when(erasures).approve(ID, "d1", "odo", 2);
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, "{\"planDigest\": \"d1\"}")))
                .isEqualTo(202);
        verify(acts, never()).note(any(), any(), any(), any());
    }

    @Test
    void anApprovalWhoseStepCannotBeWrittenIsNotKept() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(new Approved(true, true)).when(erasures).approve(ID, "d1", "odo", 2);
        doThrow(new IllegalStateException("away")).when(steps).startAgain(any(), any());
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, "{\"planDigest\": \"d1\"}")))
                .isEqualTo(500);
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void anApprovalOfAnErasureThatIsUnderWayIsRefused() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(new Approved(true, true)).when(erasures).approve(ID, "d1", "odo", 2);
        doThrow(new WrongStateException("the step begin-erasure is under way"))
                .when(steps)
                .startAgain(any(), any());
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, "{\"planDigest\": \"d1\"}")))
                .isEqualTo(409);
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void nobodyButAPrivacyOfficerDecides() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        for (Caller caller : List.of(GATEWAY, OPERATOR, ADA, EVE)) {
            assertThat(statusOf(call("approveErasure", caller, PATH, "{\"planDigest\": \"d1\"}")))
                    .as("%s", caller)
                    .isEqualTo(403);
            assertThat(statusOf(call("refuseErasure", caller, PATH, "{\"reason\": \"No.\"}")))
                    .as("%s", caller)
                    .isEqualTo(403);
        }
        assertThat(journal).isEmpty();
    }

    @Test
    void aPlanThatHasChangedIsNotApproved() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doThrow(new WrongStateException("the plan has changed; look at it again"))
                .when(erasures)
                .approve(ID, "d1", "odo", 2);
        Exchange answer = call("approveErasure", OFFICER, PATH, "{\"planDigest\": \"d1\"}");
        assertThat(statusOf(answer)).isEqualTo(409);
        assertThat(body(answer).path("detail").textValue()).isEqualTo("the plan has changed; look at it again");
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void anApprovalNamesThePlanAndARefusalItsReason() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        for (String none : List.of("", "{}", "{\"planDigest\": \" \", \"x\": 1}", "{\"planDigest\": 1}")) {
            assertThat(statusOf(call("approveErasure", OFFICER, PATH, none))).isEqualTo(400);
        }
        for (String none : List.of(
                "{\"reason\": \"\"}", "{\"reason\": \"a\\u0000b\"}", "{\"reason\": \"" + "x".repeat(4001) + "\"}")) {
            assertThat(statusOf(call("refuseErasure", OFFICER, PATH, none))).isEqualTo(400);
        }
        assertThat(journal("erasures")).isEmpty();

        assertThat(statusOf(call("refuseErasure", OFFICER, PATH, "{\"reason\": \"Unpaid.\"}")))
                .isEqualTo(202);
        assertThat(journal)
                .containsExactly(
                        "begin",
                        "requests.find(id)",
                        "erasures.refuse(id, Unpaid., odo)",
                        "requests.isReplay(request)",
                        "step:send-refused-mail",
                        "step:discard-findings",
                        "commit");
    }

    @Test
    void aRefusalOfWhichThePersonCannotBeToldIsNotKept() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doThrow(new IllegalStateException("away")).when(steps).start(any(), any(), any());
        assertThat(statusOf(call("refuseErasure", OFFICER, PATH, "{\"reason\": \"Unpaid.\"}")))
                .isEqualTo(500);
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void anybodyGetsTheKeysByWhichCertificatesAreVerified() throws Exception {
        doReturn("{\"keys\": []}").when(certificateKeys).publicKeys();
        Exchange answer = send(
                "direct:getCertificateKeys",
                exchange -> exchange.getMessage()
                        .setHeaders(new HashMap<>(Map.of("CamelHttpResponseCode", "299", "X-Own", "kept?"))));
        assertThat(answer.getMessage().getHeaders()).isEqualTo(Map.of("Content-Type", "application/jwk-set+json"));
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{\"keys\": []}");
    }

    @Test
    void thePersonGetsTheirCertificateAsAPageToo() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        assertThat(statusOf(call("getCertificatePage", ADA, PATH))).isEqualTo(404);
        doReturn(Optional.of(new Outcome(null, "{}", Instant.EPOCH, null)))
                .when(erasures)
                .outcome(ID);
        doReturn("<!DOCTYPE html>").when(certificatePage).html(PLANNED_ERASURE);

        Exchange answer = call("getCertificatePage", ADA, PATH);
        assertThat(answer.getMessage().getHeaders())
                .isEqualTo(Map.of(
                        "Content-Type",
                        "text/html; charset=UTF-8",
                        "Content-Disposition",
                        "attachment; filename=\"erasure-" + ID + ".html\""));
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("<!DOCTYPE html>");
        assertThat(statusOf(call("getCertificatePage", EVE, PATH))).isEqualTo(403);
    }

    @Test
    void anAccessRequestHasNothingOfAnErasure() throws Exception {
        assertThat(statusOf(call("getErasurePlan", OFFICER, PATH))).isEqualTo(404);
        assertThat(statusOf(call("approveErasure", OFFICER, PATH, "{\"planDigest\": \"d1\"}")))
                .isEqualTo(404);
        assertThat(statusOf(call("getCertificate", OFFICER, PATH))).isEqualTo(404);
        assertThat(journal("erasures")).isEmpty();
    }

    @Test
    void thePersonGetsTheirCertificateAndNobodyElses() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        assertThat(statusOf(call("getCertificate", ADA, PATH))).isEqualTo(404);
        doReturn(Optional.of(new Outcome(null, "{\"signed\":1.0}", Instant.EPOCH, null)))
                .when(erasures)
                .outcome(ID);

        Exchange answer = call("getCertificate", ADA, PATH);
        assertThat(answer.getMessage().getHeaders()).containsEntry("Content-Type", "application/json");
        assertThat(answer.getMessage().getBody(String.class)).isEqualTo("{\"signed\":1.0}");
        assertThat(statusOf(call("getCertificate", EVE, PATH))).isEqualTo(403);
    }

    @Test
    void aRecipientConfirmsThroughTheGateway() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(true).when(notices).received(ID, 2);
        assertThat(statusOf(call("confirmReceipt", GATEWAY, Map.of("id", ID.toString(), "recipient", "2"))))
                .isEqualTo(202);
        for (String nobody : List.of("3", "-1", "two", "99999999999")) {
            assertThat(statusOf(call("confirmReceipt", GATEWAY, Map.of("id", ID.toString(), "recipient", nobody))))
                    .as(nobody)
                    .isEqualTo(404);
        }
        assertThat(statusOf(call("confirmReceipt", ADA, Map.of("id", ID.toString(), "recipient", "2"))))
                .isEqualTo(403);
    }

    @Test
    void whomTheLedgerNamesIsErasedAgainAllOrNone() throws Exception {
        doReturn(List.of(PLANNED_ERASURE)).when(ledger).replay(Instant.parse("2026-05-01T01:00:00Z"));

        Exchange answer =
                call("replayErasures", OPERATOR, Map.of(), "{\"backupTakenAt\": \"2026-05-01T03:00:00+02:00\"}");

        assertThat(statusOf(answer)).isEqualTo(202);
        assertThat(body(answer)).isEqualTo(json.readTree("{\"requests\": [\"%s\"]}".formatted(ID)));
        assertThat(journal).containsExactly("begin", "ledger.replay(Instant)", "step:identify-person", "commit");

        doThrow(new IllegalStateException("away")).when(steps).start(any(), any(), any());
        assertThat(statusOf(
                        call("replayErasures", OPERATOR, Map.of(), "{\"backupTakenAt\": \"2026-05-01T01:00:00Z\"}")))
                .isEqualTo(500);
        assertThat(journal).endsWith("rollback");
        assertThat(statusOf(call("replayErasures", OPERATOR, Map.of(), "{\"backupTakenAt\": \"yesterday\"}")))
                .isEqualTo(400);
        assertThat(statusOf(call("replayErasures", GATEWAY, Map.of(), "{}"))).isEqualTo(403);
    }

    @Test
    void theLedgerIsPurgedByTheClock() throws Exception {
        AdviceWith.adviceWith(context, "purge-ledger", route -> route.replaceFromWith("direct:tick"));
        send("direct:tick", exchange -> {});
        assertThat(journal).containsExactly("ledger.purge()");
    }

    @Test
    void howFarAnErasureHasComeIsShownAndItsRecipientsToStaffAlone() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(List.of(
                        new ErasureFile("posts", "a", ErasureFile.State.REWRITTEN, null),
                        new ErasureFile("posts", "b", ErasureFile.State.PENDING, null)))
                .when(files)
                .of(ID);
        doReturn(List.of(new RecipientNotice(1, "Mail Ltd", Instant.EPOCH, null)))
                .when(notices)
                .of(ID);

        assertThat(body(call("getRequest", OPERATOR, PATH)).path("erasure")).isEqualTo(json.readTree("""
                        {"waitsForCopy": false, "replay": false, "approved": false, "approvals": 0, "approvalsNeeded": 2,
                         "files": 2, "filesDone": 1,
                         "recipients": [{"number": 1, "recipient": "Mail Ltd", "sentAt": "1970-01-01T00:00:00Z",
                                         "receiptAt": null}]}"""));
        doReturn(true).when(requests).isWaitingForAccess(PLANNED_ERASURE);
        JsonNode own = body(call("getRequest", ADA, PATH)).path("erasure");
        assertThat(own.has("recipients")).isFalse();
        assertThat(own.path("waitsForCopy").asBoolean()).isTrue();
    }

    @Test
    void whatIsLeftOfAnErasureIsShownToStaffAlone() throws Exception {
        given(Optional.of(at(RequestStatus.INCOMPLETE, PLANNED_ERASURE)));
        doReturn(Optional.of(new Outcome("{\"isDone\": false, \"datasets\": []}", null, null, null)))
                .when(erasures)
                .outcome(ID);
        assertThat(body(call("getRequest", OPERATOR, PATH)).at("/erasure/report"))
                .isEqualTo(json.readTree("{\"isDone\": false, \"datasets\": []}"));
        assertThat(body(call("getRequest", ADA, PATH)).path("erasure").has("report"))
                .isFalse();
    }

    @Test
    void anIncompleteErasureCanBeginAgainOnceNothingIsUnderWay() throws Exception {
        given(Optional.of(at(RequestStatus.INCOMPLETE, PLANNED_ERASURE)));
        assertThat(statusOf(call("restartRequest", OPERATOR, PATH))).isEqualTo(409);
        when(steps.haveAllEnded(ID)).thenReturn(true);
        doReturn(PLANNED_ERASURE).when(requests).startOver(ID);
        assertThat(statusOf(call("restartRequest", OPERATOR, PATH))).isEqualTo(202);
    }

    @Test
    void aPersonListsTheirOwnRequestsAndNobodyElses() throws Exception {
        doReturn(List.of(new ListedRequest(REQUEST, null, false, true, false)))
                .when(lists)
                .of(new EmailAddress("ada@example.org"));

        JsonNode list = body(call("listRequests", ADA, Map.of("show", "open")));
        assertThat(list).isEqualTo(json.readTree("""
                {"requests": [{"id": "%s", "type": "access", "status": "received", "receivedAt": "2026-03-01T10:00:00Z",
                               "dueAt": "2026-04-01T10:00:00Z", "partial": false, "stuck": true, "replay": false}]}""".formatted(ID)));
        assertThat(body(call("listRequests", EVE, Map.of())).path("requests")).isEmpty();
        for (Caller nobody : List.of(GATEWAY, new Caller(Set.of(Role.PERSON), "3", null))) {
            assertThat(statusOf(call("listRequests", nobody, Map.of()))).isEqualTo(403);
        }
    }

    @Test
    void thoseWhoLookAfterRequestsListThemPageByPage() throws Exception {
        ListedRequest each = new ListedRequest(REQUEST, null, true, false, false);
        doReturn(Stream.generate(() -> each).limit(51).toList()).when(lists).list(Filter.OPEN, null, 51);
        doReturn(new Counts(51, 1, 2, 3, 4)).when(lists).counts();

        JsonNode first = body(call("listRequests", OFFICER, Map.of()));
        assertThat(first.path("requests")).hasSize(50);
        assertThat(first.at("/requests/0/emailAddress").textValue()).isEqualTo("ada@example.org");
        assertThat(first.path("counts"))
                .isEqualTo(json.readTree("{\"open\": 51, \"late\": 1, \"waiting\": 2, \"partial\": 3, \"stuck\": 4}"));
        assertThat(body(call("listRequests", OPERATOR, Map.of()))
                        .at("/requests/0")
                        .has("emailAddress"))
                .isFalse();

        doReturn(List.of(each)).when(lists).list(Filter.OPEN, new Place(REQUEST.dueAt(), ID), 51);
        JsonNode last = body(
                call("listRequests", OFFICER, Map.of("after", first.path("next").textValue())));
        assertThat(last.path("requests")).hasSize(1);
        assertThat(last.has("next")).isFalse();
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("show", "OPEN"),
                Map.of("show", "any"),
                Map.of("after", "x"),
                Map.of("after", "1_2"),
                Map.of("after", "+1000000000-12-31T23:59:59Z_" + ID),
                Map.of("after", "-1000000000-01-01T00:00:00Z_" + ID))) {
            assertThat(statusOf(call("listRequests", OFFICER, wrong)))
                    .as("%s", wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void anOfficerFindsWhatOnePersonHasAskedFor() throws Exception {
        doReturn(List.of(new ListedRequest(REQUEST, null, false, false, false)))
                .when(lists)
                .about(new EmailAddress("Ada@example.org"), 201);
        String ada = "{\"emailAddress\": \"Ada@example.org\"}";

        JsonNode found = body(call("findRequests", OFFICER, Map.of(), ada));
        assertThat(found.path("requests")).hasSize(1);
        assertThat(found.at("/requests/0/id").textValue()).isEqualTo(ID.toString());
        assertThat(found.at("/requests/0/emailAddress").textValue()).isEqualTo("ada@example.org");
        assertThat(found.has("counts")).isFalse();
        assertThat(found.has("more")).isFalse();

        ListedRequest each = new ListedRequest(REQUEST, null, false, false, false);
        doReturn(Stream.generate(() -> each).limit(201).toList())
                .when(lists)
                .about(new EmailAddress("Ada@example.org"), 201);
        JsonNode newest = body(call("findRequests", OFFICER, Map.of(), ada));
        assertThat(newest.path("requests")).hasSize(200);
        assertThat(newest.path("more").asBoolean()).isTrue();
        for (Caller caller : List.of(GATEWAY, OPERATOR, ADA)) {
            assertThat(statusOf(call("findRequests", caller, Map.of(), ada)))
                    .as("%s", caller)
                    .isEqualTo(403);
        }
        for (String wrong : List.of("{}", "{\"emailAddress\": \"nobody\"}", "{\"id\": 1}")) {
            assertThat(statusOf(call("findRequests", OFFICER, Map.of(), wrong)))
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void aReasonThatPostgreSqlWouldChangeIsNotTaken() throws Exception {
        for (String half : List.of("\\ud800", "a\\udc00b", "\\u0000", "\\ufffd")) {
            Exchange answer = call("extendDeadline", OFFICER, PATH, "{\"months\": 1, \"reason\": \"" + half + "\"}");
            assertThat(statusOf(answer)).as(half).isEqualTo(400);
            assertThat(body(answer).path("pointer").textValue()).isEqualTo("/reason");
        }
        assertThat(journal).noneMatch(call -> call.startsWith("deadlines.extend"));
    }

    @Test
    void anOfficerGivesARequestMoreTimeAndThePersonIsToldWithIt() throws Exception {
        assertThat(statusOf(call("extendDeadline", OFFICER, PATH, "{\"months\": 2, \"reason\": \"Many.\"}")))
                .isEqualTo(202);
        assertThat(journal)
                .containsExactly(
                        "begin",
                        "requests.find(id)",
                        "deadlines.extend(id, Integer, Many., odo)",
                        "step:send-extended-mail",
                        "commit");
        verify(acts).note(ID, "extension", "by 2 months", "odo");
        for (String wrong : List.of(
                "{}",
                "{\"months\": 3, \"reason\": \"Many.\"}",
                "{\"months\": 0, \"reason\": \"Many.\"}",
                "{\"months\": \"2\", \"reason\": \"Many.\"}",
                "{\"months\": 2, \"reason\": \" \"}")) {
            assertThat(statusOf(call("extendDeadline", OFFICER, PATH, wrong)))
                    .as(wrong)
                    .isEqualTo(400);
            assertThat(journal).endsWith("rollback");
        }
        for (Caller caller : List.of(GATEWAY, OPERATOR, ADA)) {
            assertThat(statusOf(call("extendDeadline", caller, PATH, "{\"months\": 2, \"reason\": \"Many.\"}")))
                    .isEqualTo(403);
        }
    }

    @Test
    void aLaterDeadlineIsShownWithItsReason() throws Exception {
        doReturn(Optional.of(new Extension(Instant.parse("2026-03-02T10:00:00Z"), "Many.", "odo", Instant.EPOCH)))
                .when(deadlines)
                .extension(ID);
        assertThat(body(call("getRequest", ADA, PATH)).path("extension")).isEqualTo(json.readTree("""
                {"formerDueAt": "2026-03-02T10:00:00Z", "extendedAt": "1970-01-01T00:00:00Z", "reason": "Many."}"""));
    }

    @Test
    void onlyAPrivacyOfficerIsToldWhoseRequestItIs() throws Exception {
        assertThat(body(call("getRequest", OFFICER, PATH)).path("emailAddress").textValue())
                .isEqualTo("ada@example.org");
        for (Caller caller : List.of(GATEWAY, OPERATOR, ADA)) {
            assertThat(body(call("getRequest", caller, PATH)).has("emailAddress"))
                    .isFalse();
        }
    }

    @Test
    void theLastMailIsSentAgainWhateverItWas() throws Exception {
        Map<RequestStatus, String> mails = Map.of(
                RequestStatus.DELIVERED, "send-ready-mail",
                RequestStatus.DONE, "send-erased-mail",
                RequestStatus.REFUSED, "send-refused-mail");
        doReturn(true).when(requests).isDownloadable(any());
        for (RequestStatus status : RequestStatus.values()) {
            given(Optional.of(at(status, SEALED_REQUEST)));
            Exchange answer = call("resendMail", OPERATOR, PATH);
            if (mails.containsKey(status)) {
                assertThat(statusOf(answer)).as("%s", status).isEqualTo(202);
                assertThat(stepsStarted()).containsExactly("step:" + mails.get(status) + " again");
                verify(acts).note(ID, "resend", mails.get(status), "olga");
            } else {
                assertThat(statusOf(answer)).as("%s", status).isEqualTo(409);
                assertThat(stepsStarted()).isEmpty();
            }
        }
        assertThat(statusOf(call("resendMail", GATEWAY, PATH))).isEqualTo(403);
        assertThat(statusOf(call("resendMail", ADA, PATH))).isEqualTo(403);
    }

    @Test
    void aLinkThatHasEndedIsNotSentAgain() throws Exception {
        given(Optional.of(at(RequestStatus.DELIVERED, SEALED_REQUEST)));
        doReturn(false).when(requests).isDownloadable(any());
        assertThat(statusOf(call("resendMail", OPERATOR, PATH))).isEqualTo(409);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void whoHasNotAskedForAnErasureGetsNoMailOfItAgain() throws Exception {
        given(Optional.of(at(RequestStatus.DONE, ERASURE)));
        doReturn(true).when(requests).isReplay(any());
        assertThat(statusOf(call("resendMail", OPERATOR, PATH))).isEqualTo(409);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void aPersonAloneWithdrawsTheirErasure() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        for (Caller caller : List.of(GATEWAY, OPERATOR, OFFICER, EVE)) {
            assertThat(statusOf(call("withdrawErasure", caller, PATH)))
                    .as("%s", caller)
                    .isEqualTo(403);
        }
        assertThat(statusOf(call("withdrawErasure", ADA, PATH))).isEqualTo(202);
        assertThat(journal)
                .containsExactly(
                        "requests.find(id)",
                        "begin",
                        "requests.find(id)",
                        "erasures.withdraw(id)",
                        "step:discard-findings",
                        "commit");
        verify(acts).note(ID, "withdrawal", null, "1");

        doThrow(new WrongStateException("too late")).when(erasures).withdraw(ID);
        assertThat(statusOf(call("withdrawErasure", ADA, PATH))).isEqualTo(409);
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void theRecordSaysWhoAskedAndWhoDidWhat() throws Exception {
        given(Optional.of(PLANNED_ERASURE));
        doReturn(Optional.of("d1")).when(erasures).planDigest(ID);
        doReturn(Optional.of(new Proposal(1, "{\"datasets\": []}", "d1", Instant.EPOCH, null)))
                .when(erasures)
                .proposal(ID);
        doReturn(Optional.of(new Outcome(null, "{\"signed\": 1.0}", Instant.EPOCH, null)))
                .when(erasures)
                .outcome(ID);
        doReturn(List.of(new Act(1, "retry", "gather-data", "olga", Instant.EPOCH)))
                .when(acts)
                .of(ID);

        Exchange answer = call("getRecord", OFFICER, PATH);
        assertThat(answer.getMessage().getHeader("Content-Disposition"))
                .isEqualTo("attachment; filename=\"record-" + ID + ".json\"");
        JsonNode record = body(answer);
        assertThat(record.path("askedBy").textValue()).isEqualTo("gateway");
        assertThat(record.at("/request/emailAddress").textValue()).isEqualTo("ada@example.org");
        assertThat(record.at("/request/steps/0/lastError").textValue()).isEqualTo("the lake is away");
        assertThat(record.at("/plan/planDigest").textValue()).isEqualTo("d1");
        assertThat(record.path("certificate")).isEqualTo(json.readTree("{\"signed\": 1.0}"));
        assertThat(record.path("acts")).isEqualTo(json.readTree("""
                [{"number": 1, "act": "retry", "detail": "gather-data", "actor": "olga", "actedAt": "1970-01-01T00:00:00Z"}]"""));
        for (Caller caller : List.of(GATEWAY, OPERATOR, ADA)) {
            assertThat(statusOf(call("getRecord", caller, PATH))).isEqualTo(403);
        }
        assertThat(statusOf(call(
                        "getRecord", OFFICER, Map.of("id", UUID.randomUUID().toString()))))
                .isEqualTo(404);
    }

    @Test
    void whatIsRefusedIsNotNotedAsDone() throws Exception {
        assertThat(statusOf(call("retryStep", OPERATOR, Map.of("id", ID.toString(), "step", "gather-data"))))
                .isEqualTo(409);
        assertThat(statusOf(call("restartRequest", OPERATOR, PATH))).isEqualTo(409);
        assertThat(statusOf(call("resendMail", OPERATOR, PATH))).isEqualTo(409);
        verifyNoInteractions(acts);
    }

    @Test
    void pagesThatWatchAreToldByTheClock() throws Exception {
        AdviceWith.adviceWith(context, "tell-watchers", route -> route.replaceFromWith("direct:tick"));
        send("direct:tick", exchange -> {});
        assertThat(journal).containsExactly("watchers.tell()");
    }

    private void given(Optional<DataSubjectRequest> found) {
        doReturn(found).when(requests).find(ID);
    }

    private Exchange call(String operation, Caller caller, Map<String, Object> parameters, String body)
            throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAttribute(Caller.class.getName(), caller);
        return send("direct:" + operation, exchange -> {
            exchange.getMessage().setHeaders(new HashMap<>(parameters));
            exchange.getMessage().setHeader("CamelHttpServletRequest", request);
            exchange.getMessage().setBody(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        });
    }

    private Exchange call(String operation, Caller caller, Map<String, Object> parameters) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAttribute(Caller.class.getName(), caller);
        return send("direct:" + operation, exchange -> {
            exchange.getMessage().setHeaders(new HashMap<>(parameters));
            exchange.getMessage().setHeader("CamelHttpServletRequest", request);
            exchange.getMessage().setHeader("CamelHttpResponseCode", 299);
        });
    }

    private JsonNode body(Exchange answer) throws Exception {
        return json.readTree(answer.getMessage().getBody(String.class));
    }

    private static int statusOf(Exchange answer) {
        return answer.getMessage().getHeader("CamelHttpResponseCode", 200, Integer.class);
    }
}
