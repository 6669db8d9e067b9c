package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The end of a package. Seven days are made short by moving the step's time in the scheduler's table. */
@OneApplicationTest
class ExpiryIT {

    private static final String PERSON = "li.na@example.org";

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    @Test
    void whenTheLinkEndsThePackageIsDeletedAndThePersonCanAskAgain() {
        String id = themis.ask(PERSON);
        themis.awaitPackage(id, PERSON);
        URI link = link(id);
        Instant end = Instant.parse(
                themis.request(id).required("package").required("expiresAt").textValue());
        assertThat(scheduledFor(id)).isEqualTo(end);

        sevenDaysLater(id);

        JsonNode request = themis.await(id, "expired");
        assertThat(packageExists(id)).isFalse();
        assertThat(themis.follow("GET", link).statusCode()).isEqualTo(404);
        assertThat(themis.mails(id, PERSON)).as("no further mail").hasSize(2);
        assertThat(request.required("progress").required("datasetsAnswered").intValue())
                .isEqualTo(7);

        String again = themis.ask(PERSON);

        assertThat(again).isNotEqualTo(id);
        assertThat(themis.awaitPackage(again, PERSON)).containsKey("data/profile.jsonl");
        assertThat(packageExists(again)).isTrue();
        assertThat(themis.follow("GET", link).statusCode()).isEqualTo(404);
    }

    @Test
    void thePackageOfOneRequestEndsWithoutThatOfTheNext() {
        String first = themis.ask(PERSON);
        themis.await(first, "delivered");
        String second = themis.ask(PERSON);
        themis.await(second, "delivered");

        sevenDaysLater(first);

        themis.await(first, "expired");
        assertThat(themis.request(second).required("status").textValue()).isEqualTo("delivered");
        assertThat(themis.download(link(second))).containsKey("manifest.json");
    }

    private URI link(String id) {
        return Themis.link(themis.mails(id, PERSON).get(1));
    }

    private boolean packageExists(String id) {
        return services.azurite()
                .client()
                .getBlobContainerClient("packages")
                .getBlobClient(id + ".zip")
                .exists();
    }

    private Instant scheduledFor(String id) {
        return database.sql("SELECT execution_time FROM scheduled_tasks WHERE task_instance = ?")
                .param(id + "/expire-package")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    private void sevenDaysLater(String id) {
        assertThat(database.sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = ?")
                        .param(id + "/expire-package")
                        .update())
                .isOne();
    }
}
