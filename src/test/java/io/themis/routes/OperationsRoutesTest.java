package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Words;
import io.themis.delivery.Packages;
import io.themis.enrichment.Homonyms;
import io.themis.enrichment.Identification;
import io.themis.enrichment.KnownPlaces;
import io.themis.enrichment.LakeProgress;
import io.themis.enrichment.Profiles;
import io.themis.request.EmailAddress;
import io.themis.request.RequestMetrics;
import io.themis.request.RequestProgress;
import io.themis.request.RequestStatus;
import io.themis.request.SearchProgresses;
import io.themis.request.Step;
import io.themis.request.Step.State;
import io.themis.rest.Problems;
import io.themis.rest.RequestApi;
import io.themis.security.Caller;
import io.themis.security.Caller.Role;
import io.themis.security.Callers;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
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

    private final DataMap map = new DataMap("emailAddress", "profile", Map.of(), List.of(), "test");
    private final RequestMetrics metrics = standIn(RequestMetrics.class);
    private final SearchProgresses searches = mock(SearchProgresses.class);
    private final LakeProgress progress = standIn(LakeProgress.class);
    private final KnownPlaces known = standIn(KnownPlaces.class);
    private final Homonyms homonyms = standIn(Homonyms.class);
    private final Identification identification = standIn(Identification.class);
    private Map<String, Object> query = Map.of();
    private Object rows = List.of().iterator();

    @Override
    void arrange(CamelContext context) {
        Callers callers = new Callers();
        context.getRegistry().bind("callers", callers);
        context.getRegistry().bind("requestApi", real(RequestApi.class, requests, steps, searches, map));
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
        for (String operation : List.of("getRequest", "retryStep", "restartRequest", "getHomonyms", "getUserProfile")) {
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
