package io.themis.eventgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventGridWebhookTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String SINGLE = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json; charset=utf-8";
    private static final String EVENT_GRID = "application/json; charset=utf-8";

    private static final String REQUEST = "0b7e3f5c-5a4e-4d0e-9f55-0f5f1d1f6a11";
    private static final String OURS = """
            {"specversion":"1.0","id":"e1","type":"User.DataConsolidated","source":"/themis",
             "subject":"/requests/0b7e3f5c-5a4e-4d0e-9f55-0f5f1d1f6a11","time":"2026-01-02T03:04:05Z",
             "datacontenttype":"application/json","data":{"packageUrl":"https://evil.example/x"},
             "camelhttpuri":"https://evil.example/"}""";
    private static final String VALIDATION = """
            [{"id":"2d1781af","topic":"/subscriptions/x","subject":"","eventTime":"2026-01-02T03:04:05Z",
              "eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","metadataVersion":"1","dataVersion":"1",
              "data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6",
                      "validationUrl":"https://rp-eastus2.eventgrid.azure.net/validate?id=1"}}]""";

    private final EventGridWebhook webhook =
            new EventGridWebhook(new EventGridSettings("https://t.example/api/events", null, SECRET));

    @Test
    void readsASingleCloudEventAndKeepsNothingBesideItsName() {
        assertThat(receive(OURS, SINGLE))
                .isEqualTo(new Delivery.Events(List.of(new ReceivedEvent(
                        "e1", "User.DataConsolidated", "/themis", "/requests/" + REQUEST, REQUEST, null))));
    }

    @Test
    void keepsTheTraceThatAnEventWasPublishedIn() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assertThat(events(OURS.replace("\"id\"", "\"traceparent\":\"" + trace + "\",\"id\""), SINGLE))
                .extracting(ReceivedEvent::traceParent)
                .containsExactly(trace);
    }

    @Test
    void readsABatchInItsOrderAndLeavesOutWhatIsNotOurs() {
        String foreign = OURS.replace("/themis", "/somebody");
        assertThat(events("[" + OURS + "," + foreign + "," + OURS.replace("e1", "e2") + "]", BATCH))
                .extracting(ReceivedEvent::id)
                .containsExactly("e1", "e2");
    }

    @ParameterizedTest
    @CsvSource({
        "User.DataConsolidated, User.DataErased",
        "/themis, /themis/other",
        "/requests/, /requests/../",
        "0b7e3f5c, ZZZZZZZZ",
        "1f6a11, 1f6a11/x",
        "subject, dataschema",
    })
    void acknowledgesAndIgnoresEventsForOthers(String ours, String other) {
        assertThat(events(OURS.replace(ours, other), SINGLE)).isEmpty();
    }

    @Test
    void acceptsAnEmptyBatch() {
        assertThat(events("[]", BATCH)).isEmpty();
    }

    @Test
    void answersTheSubscriptionValidationWithItsCodeOnly() throws IOException {
        Delivery delivery = receive(VALIDATION, EVENT_GRID, "SubscriptionValidation");
        assertThat(delivery).isEqualTo(new Delivery.Validation("512d38b6-c7b8-40c8-89fe-f46f9e9622b6"));
        assertThat(new ObjectMapper().writeValueAsString(delivery))
                .isEqualTo("{\"validationResponse\":\"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\"}");
    }

    @Test
    void takesAValidationEventForOneOnlyIfTheHeaderSaysSo() {
        assertThat(receive(VALIDATION.replace("\"subject\":\"\"", "\"subject\":\"s\""), EVENT_GRID, "Notification"))
                .isEqualTo(new Delivery.Events(List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "512d38b6-c7b8-40c8-89fe-f46f9e9622b6 | <script>",
                "\"512d38b6-c7b8-40c8-89fe-f46f9e9622b6\" | 42",
                "validationCode | code",
                "SubscriptionValidationEvent | Other",
                "\"data\" | \"date\"",
            })
    void refusesAValidationThatIsNone(String right, String wrong) {
        assertMalformed(VALIDATION.replace(right, wrong), EVENT_GRID, "SubscriptionValidation");
    }

    @Test
    void readsTheEventGridSchemaWithItsTopicAsTheSource() {
        String event = """
                [{"id":"e1","topic":"/themis","subject":"/requests/0b7e3f5c-5a4e-4d0e-9f55-0f5f1d1f6a11",
                  "eventType":"User.DataConsolidated","eventTime":"2026-01-02T03:04:05Z","data":{},"dataVersion":"1"}]""";
        assertThat(receive(event, EVENT_GRID, "Notification"))
                .isEqualTo(new Delivery.Events(List.of(new ReceivedEvent(
                        "e1", "User.DataConsolidated", "/themis", "/requests/" + REQUEST, REQUEST, null))));
        assertThat(receive(event.replace("/themis", "/subscriptions/1"), EVENT_GRID, "Notification"))
                .isEqualTo(new Delivery.Events(List.of()));
        assertMalformed(event.replace("eventType", "type"), EVENT_GRID, "Notification");
        assertMalformed(event, EVENT_GRID, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "id", "source", "type"})
    void refusesACloudEventWithoutARequiredAttribute(String attribute) {
        assertThatThrownBy(() -> receive(OURS.replace("\"" + attribute + "\"", "\"x\""), SINGLE))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage("Event 1 has no " + attribute);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"1.0\" | \"0.3\"",
                "\"e1\" | 17",
                "\"e1\" | \"\"",
                "\"e1\" | {}",
                "\"/themis\" | [\"/themis\"]",
                "\"id\" | \"id\":\"e0\",\"id\"",
                "e1 | e\\u000a1",
            })
    void refusesAHostileCloudEvent(String right, String wrong) {
        assertMalformed(OURS.replace(right, wrong), SINGLE, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "1", "[", "{\"id\":", "[null]", "[1]", "[[]]", "{} {}", "\u0000"})
    void refusesABodyThatIsNoEvent(String body) {
        assertMalformed(body, SINGLE, null);
        assertMalformed(body, BATCH, null);
        assertMalformed(body, EVENT_GRID, "Notification");
        assertMalformed(body, EVENT_GRID, "SubscriptionValidation");
    }

    @Test
    void refusesABodyOfTheOtherForm() {
        assertMalformed(OURS, BATCH, null);
        assertMalformed("[" + OURS + "]", SINGLE, null);
    }

    @Test
    void refusesNoBodyAtAll() {
        assertThatThrownBy(() -> webhook.receive(null, SINGLE, null)).isInstanceOf(MalformedEventException.class);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "text/plain", "application/cloudevents", "application/x-java-serialized-object"})
    void refusesAnotherContentType(String contentType) {
        assertMalformed(OURS, contentType, null);
    }

    @Test
    void refusesMoreThanEventGridCanSend() {
        String padding = " ".repeat(1024 * 1024 + 16_384);
        assertMalformed("[" + OURS + padding + "]", BATCH, null);
    }

    @Test
    void refusesNestingThatWouldTakeTheStack() {
        assertMalformed("[".repeat(100_000), BATCH, null);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] body = OURS.replace("e1", "\u00e9").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> webhook.receive(new ByteArrayInputStream(body), SINGLE, null))
                .isInstanceOf(MalformedEventException.class);
    }

    @Test
    void tellsWhereJsonBreaksWithoutRepeatingIt() {
        assertThatThrownBy(() -> receive("{\"id\": jane@example.org}", SINGLE))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining("line 1")
                .hasNoCause()
                .message()
                .doesNotContain("jane");
    }

    @Test
    void knowsItsSecretAndNothingElse() {
        assertThat(webhook.authorised("code=" + SECRET)).isTrue();
        assertThat(webhook.authorised("api-version=1&code=" + SECRET + "&x")).isTrue();
        assertThat(webhook.authorised("code=%" + Integer.toHexString(SECRET.charAt(0)) + SECRET.substring(1)))
                .isTrue();
        assertThat(webhook.authorised("code=" + SECRET + "0")).isFalse();
        assertThat(webhook.authorised("code=" + SECRET.substring(1))).isFalse();
        assertThat(webhook.authorised("code=" + SECRET + "&code=" + SECRET + "0"))
                .isFalse();
        assertThat(webhook.authorised("xcode=" + SECRET)).isFalse();
        assertThat(webhook.authorised("code=")).isFalse();
        assertThat(webhook.authorised("code")).isFalse();
        assertThat(webhook.authorised(SECRET)).isFalse();
        assertThat(webhook.authorised("%zz&=&;")).isFalse();
        assertThat(webhook.authorised("code=%zz")).isFalse();
        assertThat(webhook.authorised("")).isFalse();
        assertThat(webhook.authorised(null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eventgrid.azure.net", "localhost", "a-b.1.example"})
    void allowsAnOriginThatIsAHostName(String origin) {
        assertThat(webhook.allowedOrigin(origin)).isEqualTo(origin);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "*",
                "https://a.example",
                "a.example\r\nSet-Cookie: x",
                "a.example\n",
                "a..example",
                "-a.example",
                "a.example:443",
                "a_b.example",
                "a, b"
            })
    void allowsNoOriginThatIsNoHostName(String origin) {
        assertThatThrownBy(() -> webhook.allowedOrigin(origin)).isInstanceOf(MalformedEventException.class);
    }

    @Test
    void allowsNoOriginLongerThanAHostNameCanBe() {
        String label = "a".repeat(63) + ".";
        assertThat(webhook.allowedOrigin(label.repeat(3) + "a".repeat(61))).hasSize(253);
        assertThatThrownBy(() -> webhook.allowedOrigin(label.repeat(3) + "a".repeat(62)))
                .isInstanceOf(MalformedEventException.class);
        assertThatThrownBy(() -> webhook.allowedOrigin("a".repeat(64))).isInstanceOf(MalformedEventException.class);
    }

    private void assertMalformed(String body, String contentType, String eventType) {
        assertThatThrownBy(() -> receive(body, contentType, eventType)).isInstanceOf(MalformedEventException.class);
    }

    private List<ReceivedEvent> events(String body, String contentType) {
        return ((Delivery.Events) receive(body, contentType)).events();
    }

    private Delivery receive(String body, String contentType) {
        return receive(body, contentType, null);
    }

    private Delivery receive(String body, String contentType, String eventType) {
        return webhook.receive(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), contentType, eventType);
    }
}
