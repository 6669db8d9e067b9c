package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobContainerClient;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.IdentityProvider;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** A request that can't go on by itself stays open until an operator has helped, and keeps nobody's data meanwhile. */
@ThemisTest
@TestPropertySource(properties = "themis.steps.max-attempts=2")
class StuckRequestIT {

    private static final String PERSON = "maja.lindholm@example.org";

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Autowired
    JdbcClient database;

    @Autowired
    CamelContext camel;

    @Test
    void aPersonWhomNoMailReachedIsAnsweredOnceAnOperatorRestartsTheRequest() {
        services.mail().stop();
        String id = themis.ask(PERSON);
        JsonNode dueAt = themis.request(id).required("dueAt");
        awaitState(id, "send-started-mail", "parked");
        awaitState(id, "send-ready-mail", "parked");
        assertThat(blobs("packages", id)).containsExactly(id + ".zip");

        sevenDaysLater(id);
        themis.await(id, "undelivered");

        assertThat(blobs("packages", id)).isEmpty();
        assertThat(blobs("staging", id)).isEmpty();
        assertThat(themis.ask(PERSON))
                .as("still open, because nobody was answered")
                .isEqualTo(id);

        services.mail().start();
        assertThat(restart(id).statusCode()).isEqualTo(202);

        themis.await(id, "delivered");
        assertThat(themis.mails(id, PERSON)).hasSize(2);
        assertThat(themis.download(Themis.link(themis.mails(id, PERSON).get(1))))
                .containsKey("data/profile.jsonl");
        assertThat(themis.request(id).required("dueAt")).as("the clock goes on").isEqualTo(dueAt);
        assertThat(restart(id).statusCode()).as("it has been answered").isEqualTo(409);

        sevenDaysLater(id);
        themis.await(id, "expired");
        assertThat(blobs("packages", id)).isEmpty();
        assertThat(themis.ask(PERSON)).isNotEqualTo(id);
    }

    @Test
    void aRequestThatLostAPartOnItsWayIntoThePackageIsGatheredAgain() throws Exception {
        String person = "greta.holm@example.org";
        camel.getRouteController().stopRoute("build-package");
        String id = themis.ask(person);
        awaitState(id, "gather-data", "done");
        assertThat(restart(id).statusCode()).as("nothing is wrong yet").isEqualTo(409);
        BlobContainerClient staging = services.azurite().client().getBlobContainerClient("staging");
        staging.getBlobClient(blobs("staging", id).get(0)).delete();

        camel.getRouteController().startRoute("build-package");
        awaitState(id, "build-package", "parked");
        assertThat(restart(id).statusCode()).isEqualTo(202);

        assertThat(themis.awaitPackage(id, person)).containsKey("data/profile.jsonl");
        assertThat(states(id)).doesNotContainValue("parked");
    }

    /** A parked step of a closed request could never be helped: it can't be restarted, and tried again it parks again. */
    @Test
    void linksThatEndBeforeTheirMailGoesAgainLeaveNothingStuck() throws Exception {
        String person = "li.na@example.org";
        String id = themis.ask(person);
        themis.await(id, "delivered");
        camel.getRouteController().stopRoute("send-ready-mail");
        try {
            assertThat(act("POST", id, "resend").statusCode()).isEqualTo(202);
            assertThat(act("DELETE", id, "package").statusCode()).isEqualTo(202);
            themis.await(id, "expired");
        } finally {
            camel.getRouteController().startRoute("send-ready-mail");
        }

        awaitState(id, "send-ready-mail", "done");
        assertThat(themis.mails(id, person)).as("no further mail").hasSize(2);
        assertThat(act("POST", id, "resend").statusCode()).isEqualTo(409);
    }

    private HttpResponse<String> restart(String id) {
        return act("POST", id, "restart");
    }

    private HttpResponse<String> act(String method, String id, String act) {
        return themis.send(
                method,
                "/api/v1/requests/" + id + "/" + act,
                null,
                "Authorization",
                "Bearer " + identity.token("o", "operator@example.org", "privacy-officer"));
    }

    private void awaitState(String id, String step, String state) {
        await(step + " is " + state)
                .atMost(Duration.ofSeconds(60))
                .until(() -> state.equals(states(id).get(step)));
    }

    private Map<String, String> states(String id) {
        return StreamSupport.stream(themis.request(id).required("steps").spliterator(), false)
                .collect(Collectors.toMap(
                        step -> step.required("name").textValue(),
                        step -> step.required("state").textValue()));
    }

    private List<String> blobs(String container, String id) {
        return services.azurite().client().getBlobContainerClient(container).listBlobs().stream()
                .map(blob -> blob.getName())
                .filter(name -> name.startsWith(id))
                .toList();
    }

    private void sevenDaysLater(String id) {
        assertThat(database.sql("UPDATE scheduled_tasks SET execution_time = now() WHERE task_instance = ?")
                        .param(id + "/expire-package")
                        .update())
                .isOne();
    }
}
