package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.models.CloudEvent;
import com.azure.core.util.Context;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import com.azure.messaging.eventgrid.EventGridPublisherClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventGridTopicTest {

    private static final String KEY = "the-key-of-the-topic";
    private static final String BATCH = "application/cloudevents-batch+json; charset=utf-8";
    private static final String EVENT = """
            {"specversion":"1.0","id":"e1","source":"/s","type":"T","subject":"x","time":"2026-01-02T03:04:05Z"}""";

    private EventGridTopic topic;

    @BeforeEach
    void startTopic() {
        topic = new EventGridTopic(0, KEY, Duration.ofMillis(1));
        topic.start();
    }

    @AfterEach
    void closeTopic() {
        topic.close();
    }

    @Test
    void takesABatchOfCloudEvents() {
        assertThat(status(post("[" + EVENT + "," + EVENT.replace("e1", "e2") + "]")))
                .isEqualTo(200);
    }

    @Test
    void refusesACallerWithoutTheKey() {
        HttpRequest request = post("[" + EVENT + "]");
        request.getHeaders().remove("aeg-sas-key");
        assertThat(status(request)).isEqualTo(401);
    }

    @Test
    void refusesAPublisherWithAWrongKey() {
        EventGridPublisherClient<CloudEvent> client = new EventGridPublisherClientBuilder()
                .endpoint(topic.endpoint().toString())
                .credential(new AzureKeyCredential("wrong"))
                .httpClient(topic.httpClient())
                .buildCloudEventPublisherClient();
        assertThatThrownBy(() -> client.sendEvent(event("e1")))
                .isInstanceOfSatisfying(
                        HttpResponseException.class,
                        e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(401));
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "id", "source", "type"})
    void refusesAnEventWithoutARequiredAttribute(String attribute) {
        assertThat(status(post("[" + EVENT.replace("\"" + attribute + "\"", "\"other\"") + "]")))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "{}", "[1]", "[{]", "[] []"})
    void refusesWhatIsNoBatch(String body) {
        assertThat(status(post(body))).isEqualTo(400);
    }

    @Test
    void refusesAnotherVersionOfCloudEvents() {
        assertThat(status(post("[" + EVENT.replace("1.0", "0.3") + "]"))).isEqualTo(400);
    }

    @Test
    void refusesATimeThatIsNone() {
        assertThat(status(post("[" + EVENT.replace("2026-01-02T", "yesterday ") + "]")))
                .isEqualTo(400);
    }

    @Test
    void refusesAnotherContentType() {
        HttpRequest request = post("[" + EVENT + "]");
        request.setHeader("Content-Type", "application/json");
        assertThat(status(request)).isEqualTo(400);
    }

    @Test
    void refusesACallWithoutApiVersion() {
        HttpRequest request = post("[" + EVENT + "]");
        request.setUrl(topic.endpoint().toString());
        assertThat(status(request)).isEqualTo(400);
    }

    @Test
    void refusesMoreThanOneMegabyte() {
        String padding = " ".repeat(1024 * 1024 - EVENT.length() - 2);
        assertThat(status(post("[" + EVENT + padding + "]"))).isEqualTo(200);
        assertThat(status(post("[" + EVENT + padding + " ]"))).isEqualTo(413);
    }

    @Test
    void deliversEveryEventToEverySubscriber() {
        try (EventGridSubscriber one = new EventGridSubscriber();
                EventGridSubscriber two = new EventGridSubscriber()) {
            topic.subscribe("one", one.uri());
            topic.subscribe("two", two.uri());
            topic.publisherClient().sendEvent(event("e1"));
            await().until(() -> topic.acknowledged("one", "e1") == 1 && topic.acknowledged("two", "e1") == 1);
            assertThat(one.received()).singleElement().satisfies(received -> {
                assertThat(received.contentType()).isEqualTo("application/cloudevents+json; charset=utf-8");
                assertThat(received.eventType()).isEqualTo("Notification");
                assertThat(received.deliveryCount()).isEqualTo("0");
                assertThat(received.event().path("id").textValue()).isEqualTo("e1");
            });
            assertThat(two.received()).hasSize(1);
        }
    }

    @Test
    void deliversNothingToAWebhookThatDoesNotAgree() {
        try (EventGridSubscriber unwilling = new EventGridSubscriber().allowingOnly("somebody.example");
                EventGridSubscriber willing = new EventGridSubscriber()) {
            topic.subscribe("unwilling", unwilling.uri());
            await().until(() -> topic.isRefused("unwilling"));
            topic.subscribe("willing", willing.uri());
            topic.publisherClient().sendEvent(event("e1"));
            await().until(() -> topic.acknowledged("willing", "e1") == 1);
            assertThat(topic.attempts("unwilling", "e1")).isZero();
            assertThat(unwilling.received()).isEmpty();
        }
    }

    @Test
    void waitsForAWebhookThatIsNotUpYet() throws IOException {
        int port = freePort();
        topic.subscribe("late", URI.create("http://localhost:" + port + "/hook"));
        topic.publisherClient().sendEvent(event("e1"));
        assertThat(topic.isActive("late")).isFalse();
        try (EventGridSubscriber late = new EventGridSubscriber(port, new Integer[0])) {
            await().until(() -> topic.acknowledged("late", "e1") == 1);
            assertThat(late.received()).hasSize(1);
        }
    }

    @Test
    void triesAgainUntilTheWebhookAcknowledges() {
        try (EventGridSubscriber subscriber = new EventGridSubscriber(500, 503)) {
            topic.subscribe("s", subscriber.uri());
            topic.publisherClient().sendEvent(event("e1"));
            await().until(() -> topic.acknowledged("s", "e1") == 1);
            assertThat(topic.attempts("s", "e1")).isEqualTo(3);
            assertThat(subscriber.received())
                    .extracting(EventGridSubscriber.Received::deliveryCount)
                    .containsExactly("0", "1", "2");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 413})
    void dropsAnEventThatTheWebhookRefuses(int status) {
        try (EventGridSubscriber subscriber = new EventGridSubscriber(status)) {
            topic.subscribe("s", subscriber.uri());
            topic.publisherClient().sendEvent(event("e1"));
            await().until(() -> topic.attempts("s", "e1") == 1);
            assertThat(topic.pending("s")).isZero();
            assertThat(topic.acknowledged("s", "e1")).isZero();
        }
    }

    @Test
    void givesUpAfterTwentyFourHoursOfTheSchedule() {
        RetrySchedule schedule = new RetrySchedule(Duration.ofSeconds(1));
        Duration age = Duration.ZERO;
        int failures = 1;
        for (; schedule.after(failures).isPresent(); failures++) {
            age = age.plus(schedule.after(failures).orElseThrow());
        }
        assertThat(age).isBetween(Duration.ofHours(12), Duration.ofHours(24));
        assertThat(schedule.after(1)).contains(Duration.ofSeconds(10));
        assertThat(schedule.after(4)).contains(Duration.ofMinutes(5));
    }

    @Test
    void keepsItsPortAndItsEventsOverAnOutage() throws IOException {
        int port = freePort();
        try (EventGridSubscriber first = new EventGridSubscriber(port, new Integer[0])) {
            topic.subscribe("s", first.uri());
            await().until(() -> topic.isActive("s"));
        }
        URI endpoint = topic.endpoint();
        topic.publisherClient().sendEvent(event("e1"));
        topic.stop();
        assertThat(topic.acknowledged("s", "e1")).isZero();
        try (EventGridSubscriber second = new EventGridSubscriber(port, new Integer[0])) {
            topic.start();
            assertThat(topic.endpoint()).isEqualTo(endpoint);
            await().until(() -> topic.acknowledged("s", "e1") == 1);
            assertThat(second.received()).isNotEmpty();
        }
    }

    @Test
    void deliversAnEventAgainWhenAsked() {
        try (EventGridSubscriber subscriber = new EventGridSubscriber()) {
            topic.subscribe("s", subscriber.uri());
            topic.publisherClient().sendEvent(event("e1"));
            await().until(() -> topic.acknowledged("s", "e1") == 1);
            topic.deliverAgain("e1");
            await().until(() -> topic.acknowledged("s", "e1") == 2);
            assertThat(subscriber.received()).hasSize(2);
        }
    }

    @Test
    void namesAPortThatIsTaken() {
        int taken = topic.endpoint().getPort();
        try (EventGridTopic other = new EventGridTopic(taken, KEY, Duration.ofMillis(1))) {
            assertThatThrownBy(other::start).hasMessageContaining(Integer.toString(taken));
        }
    }

    @Test
    void deliversOnThisMachineOnly() {
        assertThatThrownBy(() -> topic.subscribe("far", URI.create("https://192.0.2.1/hook")))
                .hasMessageContaining("192.0.2.1");
    }

    private static CloudEvent event(String id) {
        return new CloudEvent("/s", "T", null, null, null).setId(id);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private HttpRequest post(String body) {
        HttpRequest request = new HttpRequest(HttpMethod.POST, topic.endpoint() + "?api-version=2018-01-01");
        request.setHeader("aeg-sas-key", KEY);
        request.setHeader("Content-Type", BATCH);
        request.setBody(body);
        return request;
    }

    private int status(HttpRequest request) {
        try (HttpResponse response = topic.httpClient().sendSync(request, Context.NONE)) {
            return response.getStatusCode();
        }
    }
}
