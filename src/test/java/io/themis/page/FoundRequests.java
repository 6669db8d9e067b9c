package io.themis.page;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Requests in any state in which a page may find them, with nothing that works on them, and people to ask. */
final class FoundRequests {

    private static final AtomicLong PEOPLE = new AtomicLong();

    private final DevServices services;
    private final JdbcClient database;
    private final ObjectMapper json;
    private final List<UUID> inserted = new ArrayList<>();

    FoundRequests(DevServices services, JdbcClient database, ObjectMapper json) {
        this.services = services;
        this.database = database;
        this.json = json;
    }

    /** Somebody whom the company knows. */
    String person() {
        long number = PEOPLE.incrementAndGet();
        String address = "page-%d-%s@example.org".formatted(number, UUID.randomUUID());
        services.users()
                .load(List.of(new DevUser(address, "Pia P", "Pia", "Page", null, null, null, 8_200_000_000L + number)));
        return address;
    }

    /** A request as it might be found, with nothing that works on it. */
    UUID insert(String type, String status, String address, Duration untilDue) {
        return insert(type, status, address, untilDue, null);
    }

    /** An erasure that a restored backup brought about. */
    UUID insertReplay(String address, Duration untilDue) {
        return insert("erasure", "planning", address, untilDue, UUID.randomUUID());
    }

    private UUID insert(String type, String status, String address, Duration untilDue, UUID replayOf) {
        UUID id = UUID.randomUUID();
        Instant due = Instant.now().plus(untilDue);
        database.sql("""
                        INSERT INTO data_subject_request
                            (id, type, email_address, language, status, received_at, due_at, caller, greeting, replay_of)
                        VALUES (:id, :type, :address, 'en', :status, :received, :due, 'gateway', 'Pia', :replayOf)""")
                .param("id", id)
                .param("type", type)
                .param("address", address)
                .param("status", status)
                .param("received", due.atOffset(ZoneOffset.UTC).minusMonths(1))
                .param("due", due.atOffset(ZoneOffset.UTC))
                .param("replayOf", replayOf, Types.OTHER)
                .update();
        inserted.add(id);
        return id;
    }

    /** The answer of a dataset that could be searched as a whole and has one row. */
    void insertComplete(UUID id, String dataset) throws IOException {
        insertFindings(
                id,
                new DatasetFindings(
                        dataset,
                        DatasetFindings.Status.COMPLETE,
                        List.of(),
                        0,
                        0,
                        1,
                        Set.of(),
                        List.of(),
                        new Asked(1, Map.of()),
                        Review.NOTHING));
    }

    private void insertFindings(UUID id, DatasetFindings findings) throws IOException {
        database.sql(
                        "INSERT INTO dataset_findings (request_id, dataset, findings) VALUES (:id, :dataset, :findings::jsonb)")
                .param("id", id)
                .param("dataset", findings.dataset())
                .param("findings", json.writeValueAsString(findings))
                .update();
    }

    /** As many as wanted of one person, all of which have ended. */
    void insertEnded(int count, String address) {
        for (int i = 0; i < count; i++) {
            UUID id = insert("access", "delivered", address, Duration.ofDays(20));
            database.sql("UPDATE data_subject_request SET closed_at = now() WHERE id = :id")
                    .param("id", id)
                    .update();
        }
    }

    /** An erasure whose plan waits for its approvals. */
    UUID insertPlanned(String address, String plan) {
        UUID id = insert("erasure", "awaiting-approval", address, Duration.ofDays(20));
        database.sql("""
                        INSERT INTO erasure (request_id, run, plan, plan_digest, planned_at)
                        VALUES (:id, 1, :plan, 'd1', now())""").param("id", id).param("plan", plan).update();
        return id;
    }

    /** An erasure between the last approval and the first step that erases. */
    UUID insertApproved(String address) {
        UUID id = insertPlanned(address, "{\"datasets\": []}");
        database.sql("UPDATE erasure SET approved_at = now() WHERE request_id = :id")
                .param("id", id)
                .update();
        return id;
    }

    /** The copy that the person of an erasure gets first. */
    UUID insertCopyBefore(UUID erasure, String address) {
        UUID id = insert("access", "gathering", address, Duration.ofDays(20));
        database.sql("UPDATE data_subject_request SET after_request = :copy WHERE id = :id")
                .param("copy", id)
                .param("id", erasure)
                .update();
        return id;
    }

    void insertStep(UUID id, String name, String state, String error) {
        database.sql("""
                        INSERT INTO request_step (request_id, name, state, attempts, due_at, last_error)
                        VALUES (:id, :name, :state, 20, now(), :error)""")
                .param("id", id)
                .param("name", name)
                .param("state", state)
                .param("error", error)
                .update();
    }

    /** Late, partial, stuck, and with rows that may be other people's. */
    UUID insertTroubled(String address) throws IOException {
        UUID id = insert("access", "gathering", address, Duration.ofDays(-3));
        String list = listOf(id);
        insertFindings(
                id,
                new DatasetFindings(
                        "posts",
                        DatasetFindings.Status.PARTIAL,
                        List.of(new Shortfall(
                                Shortfall.Kind.UNREADABLE,
                                "tea.stackexchange.com/Posts.xml ends in the middle of a row.")),
                        12,
                        34_000_000,
                        7,
                        Set.of(),
                        List.of(),
                        new Asked(1, Map.of()),
                        new Review(2, List.of(list), List.of())));
        insertComplete(id, "profile");
        services.azurite()
                .client()
                .getBlobContainerClient("review")
                .getBlobClient(list)
                .upload(BinaryData.fromString("""
                                {"dataset":"posts","file":"tea.stackexchange.com/Posts.xml","column":"OwnerDisplayName","row":{"Id":"12","OwnerDisplayName":"Pia Page","Body":"<p>Ä <script>alert(1)</script></p>"}}
                                {"dataset":"posts","file":"tea.stackexchange.com/Posts.xml","column":"OwnerDisplayName","row":{"Id":"13","OwnerDisplayName":"pia page","Body":null}}
                                """), true);
        insertStep(id, "identify-person", "DONE", null);
        insertStep(id, "a-step-of-the-test", "PARKED", "the lake does not answer: 503 Server Busy");
        return id;
    }

    /** Where its rows with the same name are. */
    private static String listOf(UUID id) {
        return id + "/posts.jsonl";
    }

    /** They are not real, and would be looked at by other tests as long as they are open. */
    void delete() {
        BlobContainerClient review = services.azurite().client().getBlobContainerClient("review");
        for (UUID id : inserted) {
            review.getBlobClient(listOf(id)).deleteIfExists();
            for (String table :
                    List.of("request_act", "deadline_extension", "request_step", "dataset_findings", "erasure")) {
                database.sql("DELETE FROM " + table + " WHERE request_id = :id")
                        .param("id", id)
                        .update();
            }
            database.sql("DELETE FROM scheduled_tasks WHERE task_instance LIKE :id || '%'")
                    .param("id", id.toString())
                    .update();
            database.sql("DELETE FROM data_subject_request WHERE id = :id")
                    .param("id", id)
                    .update();
        }
    }
}
