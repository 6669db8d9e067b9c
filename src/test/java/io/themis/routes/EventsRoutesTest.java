package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.models.CloudEvent;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import com.azure.messaging.eventgrid.EventGridPublisherClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.certificate.ErasureAnnouncements;
import io.themis.delivery.Announcements;
import io.themis.delivery.Packages;
import io.themis.devservices.EventGridSubscriber;
import io.themis.devservices.EventGridTopic;
import io.themis.eventgrid.EventGridComponent;
import io.themis.eventgrid.EventGridSettings;
import io.themis.eventgrid.EventGridWebhook;
import io.themis.request.Erasures;
import io.themis.request.HopelessException;
import io.themis.request.Outcome;
import io.themis.request.Volume;
import io.themis.rest.Problems;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;

@RouteFile("events")
class EventsRoutesTest extends RouteFileTest implements CallsOutside {

    private static final String SECRET = "a-secret-of-the-webhook-for-this-test";
    private static final String KEY = "the-key-of-the-topic";

    /** What a caller might send to turn a route round. */
    private static final Map<String, Object> HOSTILE = Map.of(
            "CamelHttpResponseCode", "500",
            "CamelSqlQuery", "DROP TABLE users",
            "camelhttpuri", "http://mallory.example",
            "X-Own", "kept?");

    private static final Instant NOW = Instant.parse("2026-03-01T10:06:00Z");

    private final HttpEngine http = new HttpEngine();
    private final Packages packages = standIn(Packages.class);
    private final EventGridTopic topic = new EventGridTopic(0, KEY, Duration.ofMillis(1));
    private final Erasures erasures = standIn(Erasures.class);
    private EventGridSubscriber subscriber;

    @Override
    protected void setupResources() {
        topic.start();
        subscriber = new EventGridSubscriber();
        topic.subscribe("a subscriber", subscriber.uri());
    }

    @Override
    protected void cleanupResources() {
        topic.close();
        subscriber.close();
    }

    @Override
    void arrange(CamelContext context) {
        String endpoint = topic.endpoint().toString();
        context.getPropertiesComponent().addInitialProperty("themis.event-grid.topic-endpoint", endpoint);
        context.getRegistry().bind("publisher", impatientClient());
        context.getRegistry().bind("azure-eventgrid", new EventGridComponent());
        context.getRegistry()
                .bind("eventGridWebhook", new EventGridWebhook(new EventGridSettings(endpoint, KEY, SECRET)));
        context.getRegistry()
                .bind("announcements", real(Announcements.class, packages, requests, Clock.fixed(NOW, ZoneOffset.UTC)));
        context.getRegistry().bind("erasureAnnouncements", real(ErasureAnnouncements.class, erasures));
        context.getRegistry().bind("packages", packages);
        context.getRegistry().bind("problems", new Problems());
        context.getComponent("platform-http", PlatformHttpComponent.class).setEngine(http);
        doAnswer(call -> "https://store.example/packages/"
                        + call.<Volume>getArgument(0).name())
                .when(packages)
                .url(any());
        doReturn(Optional.of(SEALED_REQUEST)).when(requests).find(ID);
        given(SEALED_REQUEST);
    }

    private EventGridPublisherClient<CloudEvent> impatientClient() {
        return new EventGridPublisherClientBuilder()
                .endpoint(topic.endpoint().toString())
                .credential(new AzureKeyCredential(KEY))
                .httpClient(topic.httpClient())
                .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ZERO)))
                .buildCloudEventPublisherClient();
    }

    @Override
    public void work() throws Exception {
        run("publish-event");
        await().until(() -> !subscriber.received().isEmpty() && topic.pending("a subscriber") == 0);
    }

    @Override
    public void goAway() {
        topic.stop();
    }

    @Override
    public void comeBack() {
        topic.start();
    }

    @Override
    public List<String> effects() {
        return subscriber.received().stream()
                .map(received -> received.event().path("id").textValue())
                .distinct()
                .toList();
    }

    @Test
    void theEventSaysWhichPackageIsThereAndNothingAboutThePerson() throws Exception {
        work();
        JsonNode event = subscriber.received().get(0).event();
        assertThat(event.path("id").textValue())
                .isEqualTo(
                        UUID.nameUUIDFromBytes(("User.DataConsolidated/" + ID + "/1").getBytes(StandardCharsets.UTF_8))
                                .toString());
        assertThat(event).isEqualTo(json.readTree("""
                        {"specversion": "1.0", "id": "%s", "source": "/themis", "type": "User.DataConsolidated",
                         "subject": "/requests/%s", "time": "2026-03-01T10:05:00.001Z",
                         "datacontenttype": "application/json",
                         "data": {"requestId": "%s", "packageUrl": "https://store.example/packages/%s.zip"}}""".formatted(event.path("id").textValue(), ID, ID, ID)));
    }

    @Test
    void theEventOfAVeryLargePackageSaysWhereAllItsZipsAre() throws Exception {
        given(REQUEST_OF_THREE_ZIPS);
        work();
        assertThat(subscriber.received().get(0).event().path("data")).isEqualTo(json.readTree("""
                        {"requestId": "%1$s", "packageUrl": "https://store.example/packages/%1$s-1-of-3.zip",
                         "packageUrls": ["https://store.example/packages/%1$s-1-of-3.zip",
                                         "https://store.example/packages/%1$s-2-of-3.zip",
                                         "https://store.example/packages/%1$s-3-of-3.zip"]}""".formatted(ID)));
    }

    @Test
    void theEventOfAnErasureSaysWhichRequestItWasAndNothingElse() throws Exception {
        doReturn(Optional.of(new Outcome(null, "{}", Instant.parse("2026-03-20T08:30:00.250Z"), null)))
                .when(erasures)
                .outcome(ID);
        run("publish-erased-event");
        await().until(() -> !subscriber.received().isEmpty() && topic.pending("a subscriber") == 0);
        JsonNode first = subscriber.received().get(0).event();
        assertThat(first).isEqualTo(json.readTree("""
                        {"specversion": "1.0", "id": "%s", "source": "/themis", "type": "User.DataErased",
                         "subject": "/requests/%s", "time": "2026-03-20T08:30:00.250Z",
                         "datacontenttype": "application/json", "data": {"requestId": "%s"}}""".formatted(
                        UUID.nameUUIDFromBytes(("User.DataErased/" + ID).getBytes(StandardCharsets.UTF_8)), ID, ID)));
        assertThat(stepsStarted()).isEmpty();

        run("publish-erased-event");
        await().until(() -> subscriber.received().size() == 2);
        assertThat(subscriber.received().get(1).event()).isEqualTo(first);
    }

    @Test
    void theEventOfAnErasureStaysToBePublishedWhileTheTopicIsAway() {
        doReturn(Optional.of(new Outcome(null, "{}", Instant.EPOCH, null)))
                .when(erasures)
                .outcome(ID);
        topic.stop();
        assertThatThrownBy(() -> run("publish-erased-event")).isInstanceOf(Exception.class);
        assertThat(subscriber.received()).isEmpty();
    }

    @Test
    void theEventOfAnErasureStartsNothingWhenItComesBack() throws Exception {
        Exchange answer = deliver(SECRET, event(ID).replace("User.DataConsolidated", "User.DataErased"));
        assertThat(statusOf(answer)).isEqualTo(200);
        assertThat(journal).isEmpty();
    }

    @Test
    void theRequestSaysThatItsPackageIsBeingAnnounced() throws Exception {
        run("publish-event");
        assertThat(journal)
                .startsWith(
                        "requests.get(id)", "packages.requireUnexpired(request)", "requests.advance(id, ANNOUNCING)");
    }

    @Test
    void aPackageWhoseLinkHasEndedIsNotAnnounced() {
        doThrow(new HopelessException("it has ended")).when(packages).requireUnexpired(SEALED_REQUEST);
        assertThatThrownBy(() -> run("publish-event")).hasMessage("it has ended");
        assertThat(subscriber.received()).isEmpty();
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void thePersonIsToldAlsoIfTheEventNeverComesBack() throws Exception {
        run("publish-event");
        assertThat(stepsStarted()).containsExactly("step:send-ready-mail");
        assertThat(startOf("send-ready-mail")).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
    }

    @Test
    void eventGridsQuestionIsAnsweredWithItsOrigin() throws Exception {
        Exchange answer =
                handshake(Map.of("CamelHttpQuery", "code=" + SECRET, "WebHook-Request-Origin", "eventgrid.azure.net"));
        assertThat(answer.getMessage().getHeaders())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "CamelHttpResponseCode", "200",
                        "WebHook-Allowed-Origin", "eventgrid.azure.net",
                        "WebHook-Allowed-Rate", "*"));
        assertThat(answer.getMessage().getBody(String.class)).isEmpty();
    }

    @Test
    void nobodyElsesQuestionIsAnswered() throws Exception {
        assertThat(statusOf(handshake(Map.of("WebHook-Request-Origin", "eventgrid.azure.net"))))
                .isEqualTo(401);
        assertThat(statusOf(handshake(Map.of("code", SECRET, "WebHook-Request-Origin", "eventgrid.azure.net"))))
                .isEqualTo(401);
        assertThat(statusOf(handshake(
                        Map.of("CamelHttpQuery", "code=wrong", "WebHook-Request-Origin", "eventgrid.azure.net"))))
                .isEqualTo(401);
        assertThat(statusOf(handshake(Map.of("CamelHttpQuery", "code=" + SECRET))))
                .isEqualTo(400);
    }

    private Exchange handshake(Map<String, Object> headers) throws Exception {
        return http.call("/hooks/event-grid", exchange -> {
            exchange.getMessage().getHeaders().putAll(HOSTILE);
            exchange.getMessage().getHeaders().putAll(headers);
        });
    }

    @Test
    void theHandshakeListensToOptionsAlone() {
        assertThat(http.listeners()).containsExactly("OPTIONS /hooks/event-grid");
    }

    @Test
    void anEventOfOursStartsTheMailWithTheLink() throws Exception {
        Exchange answer = deliver(SECRET, event(ID));
        assertThat(stepsStarted()).containsExactly("step:send-ready-mail");
        assertThat(answer.getMessage().getHeaders())
                .isEqualTo(Map.of("CamelHttpResponseCode", "200", "Content-Type", "text/plain"));
        assertThat(answer.getMessage().getBody(String.class)).isEmpty();
    }

    @Test
    void anEventAboutAPackageThatIsNotThereStartsNothing() throws Exception {
        doReturn(Optional.of(REQUEST)).when(requests).find(ID);
        assertThat(statusOf(deliver(SECRET, event(ID)))).isEqualTo(200);
        UUID unknown = UUID.fromString("00000000-0000-0000-0000-000000000001");
        assertThat(statusOf(deliver(SECRET, event(unknown)))).isEqualTo(200);
        assertThat(stepsStarted()).isEmpty();
    }

    @Test
    void somebodyElsesEventStartsNothing() throws Exception {
        String other = event(ID).replace("User.DataConsolidated", "User.SignedUp");
        assertThat(statusOf(deliver(SECRET, other))).isEqualTo(200);
        assertThat(journal).isEmpty();
    }

    @Test
    void oneDeliveryMayHaveManyEvents() throws Exception {
        UUID unknown = UUID.fromString("00000000-0000-0000-0000-000000000001");
        deliver(SECRET, event(unknown), event(ID), event(ID));
        assertThat(stepsStarted()).containsExactly("step:send-ready-mail", "step:send-ready-mail");
    }

    @Test
    void aDeliveryThatCannotBeTakenNowIsAskedForAgain() throws Exception {
        doThrow(new DataAccessResourceFailureException("away")).when(requests).find(ID);
        assertThat(statusOf(deliver(SECRET, event(ID), event(ID)))).isEqualTo(503);
        assertThat(journal("requests.find")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong"})
    void nobodyWithoutTheSecretMakesUsSendMail(String secret) throws Exception {
        Exchange answer = deliver(secret, event(ID));
        assertThat(statusOf(answer)).isEqualTo(401);
        assertThat(journal).isEmpty();
        assertThat(answer.getMessage().getBody(String.class)).doesNotContain(SECRET, ID.toString());
    }

    @Test
    void whatIsNoEventIsRefusedForGood() throws Exception {
        assertThat(statusOf(deliver(SECRET, "{"))).isEqualTo(400);
        assertThat(journal).isEmpty();
    }

    @Test
    void theHandshakeOfTheEventGridSchemaIsAnsweredWithItsCode() throws Exception {
        Exchange answer = post(SECRET, "application/json", """
                [{"id": "1", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "subject": "",
                  "data": {"validationCode": "512d38b6"}}]""", Map.of("aeg-event-type", "SubscriptionValidation"));
        assertThat(json.readTree(answer.getMessage().getBody(String.class)))
                .isEqualTo(json.readTree("{\"validationResponse\": \"512d38b6\"}"));
        assertThat(statusOf(answer)).isEqualTo(200);
        assertThat(journal).isEmpty();
    }

    @Test
    void aStepThatCannotBeStartedLeavesTheEventWithEventGrid() throws Exception {
        doThrow(new DataAccessResourceFailureException("away")).when(steps).start(any(), any(), any());
        assertThat(statusOf(deliver(SECRET, event(ID)))).isEqualTo(503);
    }

    private static String event(UUID request) {
        return """
                {"specversion": "1.0", "id": "1", "type": "User.DataConsolidated", "source": "/themis",
                 "subject": "/requests/%s", "camelsqlquery": "DROP TABLE users"}""".formatted(request);
    }

    private Exchange deliver(String secret, String... events) throws Exception {
        String batch = Stream.of(events).collect(Collectors.joining(",", "[", "]"));
        return post(secret, "application/cloudevents-batch+json", batch, Map.of());
    }

    private Exchange post(String secret, String contentType, String body, Map<String, Object> more) throws Exception {
        return send("direct:receiveEvents", exchange -> {
            exchange.getMessage().getHeaders().putAll(HOSTILE);
            exchange.getMessage().getHeaders().putAll(more);
            exchange.getMessage().setHeader("CamelHttpQuery", "code=" + secret);
            exchange.getMessage().setHeader("Content-Type", contentType);
            exchange.getMessage().setBody(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        });
    }

    private static int statusOf(Exchange answer) {
        return answer.getMessage().getHeader("CamelHttpResponseCode", 200, Integer.class);
    }
}
