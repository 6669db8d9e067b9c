package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Somebody whom the users database does not know. */
@OneApplicationTest
class UnknownSubjectIT {

    private static final UUID SLOW = UUID.randomUUID();

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    /** Whoever is unknown waits as long as the last known person did, and a machine may be quick. */
    @BeforeEach
    void lastOneTookTenMinutes() {
        database.sql("""
                        INSERT INTO data_subject_request
                            (id, type, email_address, language, status, received_at, due_at, caller, closed_at)
                        VALUES (:id, 'access', 'slow@example.org', 'en', 'delivered', now() + interval '1 hour',
                            now() + interval '30 days', 'test', now() + interval '70 minutes')""").param("id", SLOW).update();
    }

    @AfterEach
    void forgetIt() {
        database.sql("DELETE FROM data_subject_request WHERE id = :id")
                .param("id", SLOW)
                .update();
    }

    @Test
    void nobodyGetsAMailAndTheRequestEnds() {
        String person = "nobody.at.all@example.org";

        String id = themis.ask(person);
        JsonNode request = themis.await(id, "unknown-subject");

        assertThat(request.required("steps"))
                .extracting(step -> step.required("name").textValue())
                .containsExactlyInAnyOrder("identify-person", "close-unknown");
        assertThat(request.has("package")).isFalse();
        assertThat(services.mail().mails(person)).isEmpty();
        assertThat(services.mail().mailboxes()).doesNotContain(person);
    }

    @Test
    void theLakeAloneMakesNobodyKnown() {
        String id = themis.ask("community@tea.example");

        assertThat(themis.await(id, "unknown-subject").required("datasets")).hasSize(1);
    }

    @Test
    void theAnswerIsThatToAKnownPerson() {
        for (String path : List.of("/api/v1/requests", "/users/%s/data-consolidation/initiate")) {
            HttpResponse<String> known = ask(path, "maja.lindholm@example.com");
            HttpResponse<String> unknown = ask(path, "maja.lindholm@example.net");

            assertThat(unknown.statusCode()).isEqualTo(known.statusCode()).isEqualTo(202);
            assertThat(unknown.headers().map().keySet())
                    .isEqualTo(known.headers().map().keySet());
            assertThat(shape(unknown)).isEqualTo(shape(known));
            assertThat(field(unknown, "status")).isEqualTo(field(known, "status"));
            assertThat(field(unknown, "id")).hasSameSizeAs(field(known, "id"));
            themis.await(field(known, "id"), "delivered");
            themis.await(field(unknown, "id"), "unknown-subject");
        }
    }

    /** A known person's request is open for a while, and gives the same id to whoever asks again. */
    @Test
    void whoAsksAgainForAnUnknownAddressGetsTheSameAnswer() {
        String person = "still.nobody@example.org";
        String id = themis.ask(person);

        for (int i = 0; i < 20; i++) {
            assertThat(themis.ask(person)).isEqualTo(id);
        }
        themis.await(id, "unknown-subject");
        for (int i = 0; i < 20; i++) {
            assertThat(themis.ask(person)).isEqualTo(id);
        }
    }

    @Test
    void whoHasBecomeKnownCanAskAgainOnceTheRequestHasClosed() {
        String person = "newcomer@example.org";
        String before = themis.ask(person);
        themis.await(before, "unknown-subject");
        services.users()
                .load(List.of(new DevUser(person, "New", "New", "Comer", "Chile", "Arica", "Calle Uno 1", null)));
        assertThat(database.sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = ?")
                        .param(before + "/close-unknown")
                        .update())
                .isOne();

        String id = await("another request").until(() -> themis.ask(person), asked -> !asked.equals(before));

        assertThat(themis.awaitPackage(id, person)).containsKey("data/profile.jsonl");
        assertThat(services.mail().mails(person)).hasSize(2);
    }

    private HttpResponse<String> ask(String path, String person) {
        return path.contains("%s")
                ? themis.send("POST", path.formatted(person), null, Themis.GATEWAY_KEY)
                : themis.send("POST", path, Themis.accessRequest(person), Themis.JSON_WITH_KEY);
    }

    private static List<String> shape(HttpResponse<String> response) {
        List<String> fields = new ArrayList<>();
        Themis.json(response.body())
                .fields()
                .forEachRemaining(field ->
                        fields.add(field.getKey() + ": " + field.getValue().getNodeType()));
        return fields;
    }

    private static String field(HttpResponse<String> response, String name) {
        return Themis.json(response.body()).required(name).textValue();
    }
}
