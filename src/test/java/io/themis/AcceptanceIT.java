package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.themis.devservices.DevServices;
import jakarta.jms.JMSContext;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accepted is never lost: a request and its first step are in the database, both or neither, before anybody is told. */
@OneApplicationTest
class AcceptanceIT {

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient jdbc;

    private final String address = "person-" + UUID.randomUUID() + "@example.org";

    @AfterEach
    void mendTheDatabase() {
        execute("DROP FUNCTION IF EXISTS refuse() CASCADE");
        execute("DROP SEQUENCE IF EXISTS refused");
    }

    @Test
    void noRequestIsAcceptedWhoseFirstStepCannotBeWritten() {
        refuse("BEFORE INSERT ON request_step", "NEW.request_id");

        assertThatNothingIsAccepted();
    }

    @Test
    void noRequestIsAcceptedWhoseFirstStepCannotBeScheduled() {
        refuse("BEFORE INSERT ON scheduled_tasks", "split_part(NEW.task_instance, '/', 1)::uuid");

        assertThatNothingIsAccepted();
    }

    @Test
    void noRequestIsAcceptedBeforeItIsCommitted() {
        // A check that the database makes at the commit: nothing before it fails.
        execute(function("NEW.id"));
        execute("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON data_subject_request DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION refuse()");

        assertThatNothingIsAccepted();
    }

    @Test
    void aMessageThatCannotBeTakenComesAgainWithoutHurryAndIsTakenOnce() {
        refuse("BEFORE INSERT ON scheduled_tasks", "split_part(NEW.task_instance, '/', 1)::uuid");
        Instant sent = Instant.now();

        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            jms.createProducer().send(jms.createQueue("themis.requests"), Themis.accessRequest(address));
        }
        await("three attempts").atMost(Duration.ofSeconds(40)).until(() -> attempts() >= 3);

        assertThat(Duration.between(sent, Instant.now())).isGreaterThan(Duration.ofSeconds(5));
        assertThat(requests()).isZero();
        mendTheDatabase();
        await("taken").atMost(Duration.ofSeconds(40)).until(() -> requests() == 1);
        try (JMSContext jms = services.broker().connectionFactory().createContext();
                var dead = jms.createConsumer(jms.createQueue("themis.requests.dead"))) {
            assertThat(dead.receiveNoWait()).isNull();
        }
    }

    private void assertThatNothingIsAccepted() {
        HttpResponse<String> refused = ask();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("nothing was changed").doesNotContain(address, "refused", "SQL");
        assertThat(attempts()).as("it came as far as that").isPositive();
        assertThat(requests()).isZero();

        mendTheDatabase();
        assertThat(ask().statusCode()).isEqualTo(202);
        assertThat(requests()).isOne();
    }

    private HttpResponse<String> ask() {
        return themis.send("POST", "/api/v1/requests", Themis.accessRequest(address), Themis.JSON_WITH_KEY);
    }

    private void refuse(String when, String requestId) {
        execute(function(requestId));
        execute("CREATE TRIGGER refuse " + when + " FOR EACH ROW EXECUTE FUNCTION refuse()");
    }

    /** Refuses what belongs to a request of this person; the sequence counts, since it takes no part in transactions. */
    private String function(String requestId) {
        execute("CREATE SEQUENCE refused");
        return """
                CREATE FUNCTION refuse() RETURNS trigger AS $$
                BEGIN
                    IF EXISTS (SELECT 1 FROM data_subject_request WHERE id = %s AND email_address = '%s') THEN
                        PERFORM nextval('refused');
                        RAISE EXCEPTION 'refused';
                    END IF;
                    RETURN NEW;
                END $$ LANGUAGE plpgsql""".formatted(requestId, address);
    }

    private long attempts() {
        return jdbc.sql("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM refused")
                .query(Long.class)
                .single();
    }

    private long requests() {
        return jdbc.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                .param("address", address)
                .query(Long.class)
                .single();
    }

    private void execute(String statement) {
        jdbc.sql(statement).update();
    }
}
