package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.themis.devservices.IdentityProvider;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;

/** Erasures as those see them who ask for one, approve one and clean a backup. */
final class Erasing {

    private static final Duration PATIENCE = Duration.ofMinutes(15);

    /** None of them becomes another by itself. */
    private static final Set<String> ENDS = Set.of("done", "incomplete", "refused", "unknown-subject");

    private final Themis themis;
    private final IdentityProvider identity;

    Erasing(Themis themis, IdentityProvider identity) {
        this.themis = themis;
        this.identity = identity;
    }

    /** @return the id of the request */
    String ask(String emailAddress) {
        return ask(emailAddress, false).path("id").asText();
    }

    /** @return the answer */
    JsonNode ask(String emailAddress, boolean accessFirst) {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("type", "erasure")
                .put("emailAddress", emailAddress)
                .put("accessFirst", accessFirst)
                .toString();
        HttpResponse<String> answer = themis.send("POST", "/api/v1/requests", body, Themis.JSON_WITH_KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return Themis.json(answer.body());
    }

    /** The plan, with its digest, once it waits for approval. */
    JsonNode awaitPlan(String id) {
        await(id, "awaiting-approval");
        HttpResponse<String> plan =
                themis.send("GET", "/api/v1/requests/" + id + "/erasure-plan", null, bearer("officer-1"));
        assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
        return Themis.json(plan.body());
    }

    /** What one officer is answered. */
    HttpResponse<String> approve(String id, String digest, String officer) {
        return themis.send(
                "POST",
                "/api/v1/requests/" + id + "/approvals",
                "{\"planDigest\": \"%s\"}".formatted(digest),
                "Content-Type",
                "application/json",
                bearer(officer)[0],
                bearer(officer)[1]);
    }

    /** Two officers approve what is planned. */
    void approve(String id) {
        String digest = awaitPlan(id).path("planDigest").asText();
        for (String officer : List.of("officer-1", "officer-2")) {
            HttpResponse<String> answer = approve(id, digest, officer);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        }
    }

    /** An operator begins an erasure again that is incomplete. */
    void restart(String id) {
        // The step that has found it to be incomplete may not have ended yet
        Awaitility.await("request " + id + " begins again")
                .until(() -> themis.send(
                                        "POST",
                                        "/api/v1/requests/" + id + "/restart",
                                        null,
                                        bearer("operator-1", "operator"))
                                .statusCode()
                        == 202);
    }

    /** Dataset to what could not be done there, as staff see it. */
    Map<String, String> problems(String id) {
        Map<String, String> problems = new TreeMap<>();
        for (JsonNode dataset : request(id).path("erasure").path("report").path("datasets")) {
            if (!dataset.path("problems").isEmpty()) {
                problems.put(
                        dataset.path("dataset").asText(),
                        dataset.path("problems").toString());
            }
        }
        return problems;
    }

    /** Waits longer than for anything else: many erasures may be under way. */
    JsonNode await(String id, String status) {
        return await(id, Set.of(status));
    }

    JsonNode await(String id, Set<String> statuses) {
        JsonNode request = Awaitility.await("request " + id + " is " + statuses)
                .atMost(PATIENCE)
                .until(
                        () -> request(id),
                        now -> statuses.contains(now.path("status").asText())
                                || ENDS.contains(now.path("status").asText()));
        assertThat(statuses)
                .as("%s", request.path("erasure"))
                .contains(request.path("status").asText());
        return request;
    }

    /** As staff see it. */
    JsonNode request(String id) {
        return Themis.json(themis.send("GET", "/api/v1/requests/" + id, null, bearer("officer-1"))
                .body());
    }

    JsonNode certificate(String id) {
        HttpResponse<String> answer =
                themis.send("GET", "/api/v1/requests/" + id + "/certificate", null, bearer("officer-1"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Themis.json(answer.body());
    }

    /** The ids of the erasures that an operator begins after a backup was restored. */
    List<String> replay(Instant backup) {
        HttpResponse<String> answer = themis.send(
                "POST",
                "/api/v1/erasures/replay",
                "{\"backupTakenAt\": \"%s\"}".formatted(backup),
                "Content-Type",
                "application/json",
                bearer("operator-1", "operator")[0],
                bearer("operator-1", "operator")[1]);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        List<String> ids = new ArrayList<>();
        Themis.json(answer.body()).path("requests").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    String[] bearer(String officer) {
        return bearer(officer, "privacy-officer");
    }

    String[] bearer(String name, String role) {
        return new String[] {"Authorization", "Bearer " + identity.token(name, name + "@example.org", role)};
    }
}
