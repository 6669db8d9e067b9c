package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.themis.devservices.DevServices;
import io.themis.devservices.EventGridSubscriber;
import jakarta.jms.JMSContext;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What a collector of traces sees of requests. */
@ThemisTest
class TracesIT {

    private static final TraceCollector COLLECTOR = new TraceCollector();

    private static final Set<String> STEPS = Set.of(
            "step identify-person",
            "step send-started-mail",
            "step gather-data",
            "step build-package",
            "step publish-event",
            "step send-ready-mail");

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Value("${themis.event-grid.webhook-secret}")
    String secret;

    @DynamicPropertySource
    static void trace(DynamicPropertyRegistry settings) {
        COLLECTOR.collect(settings);
    }

    @AfterAll
    static void close() {
        COLLECTOR.close();
    }

    @Test
    void aRequestIsOneTraceFromTheCallThroughItsStepsAndTheWebhookToTheMail() {
        String trace = newTrace();
        String caller = "00f067aa0ba902b7";
        String id = askInTrace("maja.lindholm@example.org", "00-" + trace + "-" + caller + "-01");
        themis.await(id, "delivered");

        Map<String, Span> spans = awaitSpans(trace, "step send-ready-mail", "handle-event");
        Span call = spans.get("http post /api/v1/requests");
        assertThat(hex(call.getParentSpanId())).isEqualTo(caller);
        assertThat(attributes(call)).containsEntry("status", "202").containsEntry("uri", "/api/v1/requests");
        assertThat(spans.keySet()).containsAll(STEPS);
        for (String step : STEPS) {
            assertThat(spans.get(step).getParentSpanId()).as(step).isEqualTo(call.getSpanId());
            assertThat(attributes(spans.get(step)))
                    .as(step)
                    .containsEntry("request", id)
                    .containsEntry("attempt", "1")
                    .containsEntry("outcome", "done");
        }
        for (String dataset : List.of("profile", "site-accounts", "posts", "comments", "votes")) {
            assertThat(spans.get("dataset-" + dataset).getParentSpanId())
                    .as(dataset)
                    .isIn(
                            spans.get("step gather-data").getSpanId(),
                            spans.get("step identify-person").getSpanId());
        }
        assertThat(spans.get("handle-event").getParentSpanId())
                .as("the webhook was called with the event of the step")
                .isEqualTo(spans.get("step publish-event").getSpanId());
    }

    @Test
    void aMessageOnTheQueueBringsTheTraceOfItsSender() {
        String trace = newTrace();
        String person = "thomas.okafor@example.com";
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            jms.createProducer()
                    .setProperty("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                    .send(jms.createQueue("themis.requests"), Themis.accessRequest(person));
        }

        Map<String, Span> spans = awaitSpans(trace, "take-from-queue", "step send-ready-mail");

        assertThat(hex(spans.get("take-from-queue").getParentSpanId())).isEqualTo("00f067aa0ba902b7");
        assertThat(spans.keySet()).containsAll(STEPS);
    }

    @Test
    void theEventCarriesTheTraceToOtherSubscribers() {
        try (EventGridSubscriber other = new EventGridSubscriber()) {
            services.eventGrid().subscribe("traces", other.uri());
            String trace = newTrace();
            String id = askInTrace("daniel.weber@example.com", "00-" + trace + "-00f067aa0ba902b7-01");
            themis.await(id, "delivered");

            JsonNode event = Awaitility.await("the event of " + id)
                    .until(
                            () -> other.received().stream()
                                    .map(EventGridSubscriber.Received::event)
                                    .filter(received ->
                                            received.path("subject").asText().endsWith(id))
                                    .findFirst(),
                            found -> found.isPresent())
                    .orElseThrow();
            assertThat(event.path("traceparent").asText()).startsWith("00-" + trace + "-");
        } finally {
            services.eventGrid().unsubscribe("traces");
        }
    }

    @Test
    void whatIsLoggedInAStepNamesItsTraceItsRequestAndTheStep() {
        Logger log = (Logger) LoggerFactory.getLogger("io.themis");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            String trace = newTrace();
            String id = askInTrace("greta.holm@example.org", "00-" + trace + "-00f067aa0ba902b7-01");
            themis.await(id, "delivered");

            assertThat(List.copyOf(lines.list))
                    .filteredOn(line -> line.getFormattedMessage().contains("step gather-data: done")
                            && line.getFormattedMessage().contains(id))
                    .singleElement()
                    .satisfies(line -> assertThat(line.getMDCPropertyMap())
                            .containsEntry("traceId", trace)
                            .containsEntry("request", id)
                            .containsEntry("step", "gather-data"));
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void anAttemptThatFailsIsASpanThatFailedWithoutWhatWentWrong() {
        String person = "olivia.santos@example.org";
        String trace = newTrace();
        services.mail().stop();
        String id;
        try {
            id = askInTrace(person, "00-" + trace + "-00f067aa0ba902b7-01");
            Awaitility.await("a mail that fails")
                    .until(() -> themis.request(id).path("steps").toString().contains("lastError"));
        } finally {
            services.mail().start();
        }
        themis.await(id, "delivered");
        awaitSpans(trace, "step send-ready-mail");

        assertThat(COLLECTOR.spans(trace))
                .filteredOn(span -> span.getName().equals("step send-started-mail")
                        && span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR)
                .isNotEmpty()
                .allSatisfy(span -> {
                    assertThat(attributes(span)).containsEntry("outcome", "waiting");
                    assertThat(span.getStatus().getMessage()).isEmpty();
                    assertThat(span.getEventsList()).isEmpty();
                });
    }

    @Test
    void nothingOfAPersonIsInASpan() {
        String person = "lukasz.zielinski@example.org";
        String trace = newTrace();
        String parent = "00-" + trace + "-00f067aa0ba902b7-01";
        themis.send("POST", "/users/" + person + "/data-consolidation/initiate?who=zielinski", "", withParent(parent));
        themis.send("GET", "/api/v1/users/" + person + "/profile", null, withParent(parent));
        themis.send("GET", "/nothing/" + person, null, withParent(parent));
        themis.send(
                "GET",
                "/api/v1/requests/" + UUID.randomUUID(),
                null,
                Stream.concat(Stream.of(withParent(parent)), Stream.of("tracestate", "crm=zielinski"))
                        .toArray(String[]::new));
        awaitSpans(trace, "step send-ready-mail");

        assertThat(COLLECTOR.spans(trace))
                .extracting(Span::getName)
                .contains("http post /users/{emailAddress}/data-consolidation/initiate")
                .contains("http get /api/v1/users/{emailAddress}/profile");
        assertThat(COLLECTOR.spans())
                .extracting(span -> span.toBuilder()
                        .clearTraceId()
                        .clearSpanId()
                        .clearParentSpanId()
                        .build()
                        .toString())
                .noneMatch(span -> span.toLowerCase().contains("zielinski"))
                .noneMatch(span -> span.contains("81109"))
                .noneMatch(span -> span.contains("@"))
                .noneMatch(span -> span.contains(secret));
    }

    private String askInTrace(String person, String traceParent) {
        return Themis.json(
                        themis.send("POST", "/api/v1/requests", Themis.accessRequest(person), withParent(traceParent))
                                .body())
                .required("id")
                .asText();
    }

    private static String[] withParent(String traceParent) {
        return new String[] {
            "Content-Type", "application/json", "Ocp-Apim-Subscription-Key", "dev-key", "traceparent", traceParent
        };
    }

    /** By name, once those are there; of several with one name, the first that came. */
    private static Map<String, Span> awaitSpans(String trace, String... names) {
        return Awaitility.await("spans of " + trace)
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> COLLECTOR.spans(trace).stream()
                                .collect(Collectors.toMap(Span::getName, Function.identity(), (first, later) -> first)),
                        spans -> spans.keySet().containsAll(Set.of(names)));
    }

    private static String newTrace() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey,
                        attribute -> attribute.getValue().hasIntValue()
                                ? String.valueOf(attribute.getValue().getIntValue())
                                : attribute.getValue().getStringValue()));
    }
}
