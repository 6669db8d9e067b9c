package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.EventGridSubscriber;
import io.themis.devservices.EventGridSubscriber.Received;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The event that a package is there: for everybody who subscribes, and back to Themis itself. */
@ThemisTest
class EventIT {

    private static final EventGridSubscriber OTHER = new EventGridSubscriber();

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Value("${local.server.port}")
    int port;

    @Value("${themis.event-grid.webhook-secret}")
    String secret;

    /** All that a second subscriber takes. */
    @DynamicPropertySource
    static void subscribe(DynamicPropertyRegistry settings) {
        settings.add("themis.dev.event-grid-subscribers.archive", OTHER::uri);
    }

    @AfterAll
    static void close() {
        OTHER.close();
    }

    @Test
    void aSecondSubscriberNamedInSettingsAloneGetsTheSameEvent() {
        String id = themis.ask("maja.lindholm@example.org");
        themis.await(id, "delivered");

        Received received = awaitEvent(id);
        JsonNode event = received.event();

        assertThat(received.contentType()).startsWith("application/cloudevents+json");
        assertThat(event.required("specversion").textValue()).isEqualTo("1.0");
        assertThat(event.required("type").textValue()).isEqualTo("User.DataConsolidated");
        assertThat(event.required("source").textValue()).isEqualTo("/themis");
        assertThat(event.required("subject").textValue()).isEqualTo("/requests/" + id);
        assertThat(event.required("datacontenttype").textValue()).isEqualTo("application/json");
        assertThat(OffsetDateTime.parse(event.required("time").textValue()).toInstant())
                .isBeforeOrEqualTo(Instant.now());
        assertThat(event.required("data").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("requestId", "packageUrl");
        assertThat(event.required("data").required("requestId").textValue()).isEqualTo(id);
        assertThat(event.toString()).doesNotContain("maja", "Maja", "12345", "sig=");
        assertThat(services.eventGrid().acknowledged(own(), eventId(event)))
                .as("deliveries of the same event to Themis")
                .isOne();
    }

    @Test
    void theEventsAddressOfThePackageHelpsNobodyWithoutPermission() {
        String id = themis.ask("thomas.okafor@example.com");
        themis.await(id, "delivered");

        URI packageUrl = URI.create(
                awaitEvent(id).event().required("data").required("packageUrl").textValue());

        assertThat(packageUrl.getRawQuery()).isNull();
        assertThat(packageUrl.getPath()).endsWith("/packages/" + id + ".zip");
        assertThat(themis.follow("GET", packageUrl).statusCode()).isIn(401, 403, 404, 409);
        assertThat(services.azurite()
                        .client()
                        .getBlobContainerClient("packages")
                        .getBlobClient(id + ".zip")
                        .exists())
                .as("with permission it is there")
                .isTrue();
    }

    @Test
    void anEventThatComesThreeTimesMoreBringsOneMail() {
        String person = "daniel.weber@example.com";
        String id = themis.ask(person);
        themis.await(id, "delivered");
        String event = eventId(awaitEvent(id).event());

        for (int i = 0; i < 3; i++) {
            services.eventGrid().deliverAgain(event);
        }

        Awaitility.await().until(() -> services.eventGrid().acknowledged(own(), event) == 4);
        assertThat(step(id, "send-ready-mail").required("attempts").intValue()).isOne();
        assertThat(step(id, "send-ready-mail").required("state").textValue()).isEqualTo("done");
        assertThat(themis.mails(id, person)).hasSize(2);
        assertThat(themis.request(id).required("status").textValue()).isEqualTo("delivered");
    }

    @Test
    void anEventOfARequestThatIsNotThereIsTakenAndForgotten() {
        int mailboxes = services.mail().mailboxes().size();

        assertThat(deliver(event(UUID.randomUUID().toString())).statusCode()).isEqualTo(200);

        assertThat(services.mail().mailboxes()).hasSize(mailboxes);
    }

    @Test
    void anEventOfAPackageThatIsNotThereYetStartsNoMail() throws Exception {
        String person = "greta.holm@example.org";
        services.users().stop();
        String id = themis.ask(person);
        try {
            assertThat(deliver(event(id)).statusCode()).isEqualTo(200);

            assertThat(steps(id)).containsExactly("identify-person");
        } finally {
            services.users().start();
        }
        themis.awaitPackage(id, person);
    }

    /** While the topic is away the package is whole and nobody has been told, so any event that passes shows. */
    @Test
    void onlyTheRightEventWithTheRightSecretStartsTheMail() {
        String person = "elena.rossi@example.org";
        services.eventGrid().stop();
        String id = themis.ask(person);
        try {
            themis.await(id, "announcing");

            assertThat(deliver(event(id).put("type", "User.DataDeleted")).statusCode())
                    .isEqualTo(200);
            assertThat(deliver(event(id).put("source", "/another")).statusCode())
                    .isEqualTo(200);
            assertThat(deliver(event(id).put("subject", "/requests/" + id + "/more"))
                            .statusCode())
                    .isEqualTo(200);
            for (String wrong : List.of("", "?code=", "?code=wrong", "?code=" + secret + "x", "?key=" + secret)) {
                HttpResponse<String> response = themis.send(
                        "POST",
                        "/hooks/event-grid" + wrong,
                        event(id).toString(),
                        "Content-Type",
                        "application/cloudevents+json",
                        "Ocp-Apim-Subscription-Key",
                        "dev-key");
                assertThat(response.statusCode()).as(wrong).isEqualTo(401);
                assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
            }
            assertThat(steps(id)).doesNotContain("send-ready-mail");
            assertThat(themis.mails(id, person)).extracting(Themis::subject).doesNotContain("Your data is ready");

            assertThat(deliver(event(id)).statusCode()).isEqualTo(200);
            assertThat(steps(id)).contains("send-ready-mail");
        } finally {
            services.eventGrid().start();
        }
        themis.awaitPackage(id, person);
        awaitEvent(id);
        assertThat(themis.mails(id, person)).hasSize(2);
    }

    @Test
    void theAnswerToADeliveryIsEmptyAndNoProblem() {
        HttpResponse<String> received = deliver(event(UUID.randomUUID().toString()));

        assertThat(received.statusCode()).isEqualTo(200);
        assertThat(received.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(received.body()).isEmpty();
    }

    @Test
    void theHandshakeOfCloudEventsNeedsTheSecret() {
        HttpResponse<String> allowed = handshake("?code=" + secret);

        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("WebHook-Allowed-Origin")).hasValue("eventgrid.azure.net");
        assertThat(allowed.headers().firstValue("WebHook-Allowed-Rate")).hasValue("*");
        assertThat(allowed.headers().allValues("Allow")).containsExactly("OPTIONS, POST");
        assertThat(allowed.headers().firstValue("Content-Type")).isEmpty();
        assertThat(allowed.body()).isEmpty();
        for (String wrong : List.of("", "?code=wrong")) {
            assertThat(handshake(wrong).statusCode()).as(wrong).isEqualTo(401);
            assertThat(handshake(wrong).headers().allValues("Allow")).containsExactly("OPTIONS, POST");
            assertThat(handshake(wrong).headers().firstValue("WebHook-Allowed-Origin"))
                    .isEmpty();
        }
    }

    @Test
    void theHandshakeOfTheEventGridSchemaEchoesTheCode() {
        String validation = """
                [{"id": "1", "topic": "/subscriptions/1", "subject": "", "eventTime": "2026-01-01T00:00:00Z",
                  "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "dataVersion": "1",
                  "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6",
                           "validationUrl": "http://localhost:1/never-called"}}]""";

        HttpResponse<String> response = validate("?code=" + secret, validation);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Themis.json(response.body()))
                .isEqualTo(Themis.json("{\"validationResponse\": \"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\"}"));
        assertThat(validate("", validation).statusCode()).isEqualTo(401);
    }

    private HttpResponse<String> handshake(String query) {
        return themis.send(
                "OPTIONS", "/hooks/event-grid" + query, null, "WebHook-Request-Origin", "eventgrid.azure.net");
    }

    private HttpResponse<String> validate(String query, String validation) {
        return themis.send(
                "POST",
                "/hooks/event-grid" + query,
                validation,
                "Content-Type",
                "application/json",
                "aeg-event-type",
                "SubscriptionValidation");
    }

    private HttpResponse<String> deliver(JsonNode event) {
        return themis.send(
                "POST",
                "/hooks/event-grid?code=" + secret,
                event.toString(),
                "Content-Type",
                "application/cloudevents+json; charset=utf-8",
                "aeg-event-type",
                "Notification");
    }

    /** As Themis itself publishes it. */
    private static ObjectNode event(String id) {
        return (ObjectNode) Themis.json("""
                {"specversion": "1.0", "id": "%s", "type": "User.DataConsolidated", "source": "/themis",
                 "subject": "/requests/%s", "time": "2026-01-01T00:00:00Z", "datacontenttype": "application/json",
                 "data": {"requestId": "%s", "packageUrl": "http://localhost:1/never-called"}}""".formatted(UUID.randomUUID(), id, id));
    }

    private Received awaitEvent(String id) {
        return Awaitility.await("the other subscriber gets the event")
                .until(
                        () -> OTHER.received().stream()
                                .filter(received -> received.event()
                                        .path("subject")
                                        .asText()
                                        .equals("/requests/" + id))
                                .toList(),
                        received -> !received.isEmpty())
                .get(0);
    }

    /** Name of Themis' own subscription. */
    private String own() {
        return "themis-" + port;
    }

    private static String eventId(JsonNode event) {
        return event.required("id").textValue();
    }

    private List<String> steps(String id) {
        List<String> names = new ArrayList<>();
        themis.request(id)
                .required("steps")
                .forEach(step -> names.add(step.required("name").textValue()));
        return names;
    }

    private JsonNode step(String id, String name) {
        for (JsonNode step : themis.request(id).required("steps")) {
            if (step.required("name").textValue().equals(name)) {
                return step;
            }
        }
        throw new AssertionError("no step " + name);
    }
}
