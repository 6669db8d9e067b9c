package io.themis.eventgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.devservices.EventGridSubscriber;
import io.themis.devservices.EventGridTopic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class EventGridComponentTest extends CamelTestSupport {

    private static final String KEY = "the-key-of-the-topic";
    private static final String ELSEWHERE = "azure-eventgrid:https://t.region-1.eventgrid.azure.net/api/events";
    private static final ObjectMapper JSON = new ObjectMapper();

    private EventGridTopic topic;
    private EventGridSubscriber subscriber;

    record Export(String name, Instant at) {}

    @Override
    protected void setupResources() {
        topic = new EventGridTopic(0, KEY, Duration.ofMillis(1));
        topic.start();
        subscriber = new EventGridSubscriber();
        topic.subscribe("s", subscriber.uri());
    }

    @Override
    protected void cleanupResources() {
        topic.close();
        subscriber.close();
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        context.getRegistry().bind("client", topic.publisherClient());
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:publish").to("azure-eventgrid:" + topic.endpoint() + "?source=/themis");
            }
        };
    }

    @Test
    void sendsACloudEventAsTheHeadersDescribeIt() {
        template.sendBodyAndHeaders(
                "direct:publish",
                Map.of("requestId", "r1"),
                Map.of(
                        EventGridConstants.ID,
                        "e1",
                        EventGridConstants.EVENT_TYPE,
                        "User.DataConsolidated",
                        EventGridConstants.SUBJECT,
                        "/requests/r1",
                        EventGridConstants.EVENT_TIME,
                        OffsetDateTime.parse("2026-01-02T03:04:05Z"),
                        EventGridConstants.DATA_VERSION,
                        "2",
                        EventGridConstants.TRACE_PARENT,
                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assertThat(delivered(1)).containsExactly(json("""
                                {"specversion":"1.0","id":"e1","source":"/themis","type":"User.DataConsolidated",
                                 "subject":"/requests/r1","time":"2026-01-02T03:04:05Z","dataschema":"#2",
                                 "traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                 "datacontenttype":"application/json","data":{"requestId":"r1"}}"""));
    }

    @Test
    void describesAnEventWithoutHeadersAsCamelsOwnComponentDoes() {
        template.sendBody("azure-eventgrid:" + topic.endpoint(), Map.of());
        JsonNode event = delivered(1).get(0);
        assertThat(event.path("source").textValue()).isEqualTo("/camel");
        assertThat(event.path("type").textValue()).isEqualTo("Camel.Event");
        assertThat(event.path("subject").textValue()).isEqualTo("/camel/event");
        assertThat(event.path("id").textValue()).hasSize(36);
        assertThat(OffsetDateTime.parse(event.path("time").textValue()))
                .isBetween(OffsetDateTime.now().minusMinutes(1), OffsetDateTime.now());
    }

    @Test
    void sendsAListAsOneEventAnItemWithIdsThatASecondRunRepeats() {
        for (int run = 0; run < 2; run++) {
            template.sendBodyAndHeader(
                    "direct:publish", List.of(Map.of("n", 1), "{\"n\":2}", 3), EventGridConstants.ID, "e");
        }
        assertThat(delivered(6))
                .extracting(event -> event.path("id").textValue() + event.path("data"))
                .containsExactlyInAnyOrder("e{\"n\":1}", "e-2{\"n\":2}", "e-33", "e{\"n\":1}", "e-2{\"n\":2}", "e-33");
    }

    @Test
    void sendsNothingForAnEmptyList() {
        template.sendBody("direct:publish", List.of());
        template.sendBodyAndHeader("direct:publish", null, EventGridConstants.ID, "last");
        assertThat(delivered(1).get(0).path("id").textValue()).isEqualTo("last");
    }

    @Test
    void writesAnObjectAsJson() {
        assertThat(data(new Export("a", Instant.parse("2026-01-02T03:04:05Z"))))
                .isEqualTo("{\"name\":\"a\",\"at\":\"2026-01-02T03:04:05Z\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"x \\\"q\\\" \\n\",\"n\":[1.10,null,true]}",
                "[1,2]",
                "3",
                "12345678901234567890.5",
                "\"he said \\\"no\\\"\\n\"",
                "\"\"",
                "\"\\\\\\\"\""
            })
    void passesJsonTextOnAsItIs(String json) {
        assertThat(data(json)).isEqualTo(json);
    }

    @Test
    void takesJsonAsBytesOrAsAStream() {
        byte[] json = "{\"name\":\"\u20ac\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(data(json)).isEqualTo("{\"name\":\"\u20ac\"}");
        assertThat(data(new ByteArrayInputStream(json))).isEqualTo("{\"name\":\"\u20ac\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jane@example.org", "{\"mail\":\"jane@example.org\"", "{} jane"})
    void refusesTextThatIsNoJsonWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> template.sendBody("direct:publish", text))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith("The body ")
                .doesNotContain("jane");
    }

    @Test
    void refusesATimeThatIsNone() {
        assertThatThrownBy(() -> template.sendBodyAndHeader(
                        "direct:publish", Map.of(), EventGridConstants.EVENT_TIME, "yesterday"))
                .cause()
                .hasMessageContaining(EventGridConstants.EVENT_TIME);
    }

    @Test
    void failsTheMessageIfTheKeyIsWrong() {
        EventGridConfiguration configuration = configuration();
        configuration.setAccessKey("wrong");
        assertThatThrownBy(() -> publishAs(configuration))
                .rootCause()
                .isInstanceOfSatisfying(
                        HttpResponseException.class,
                        e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(401));
    }

    @Test
    void publishesByItsAccessKey() {
        EventGridConfiguration configuration = configuration();
        configuration.setAccessKey(KEY);
        publishAs(configuration);
        assertThat(delivered(1)).hasSize(1);
    }

    @Test
    void writesTheSecondsOfAFullMinute() {
        template.sendBodyAndHeader(
                "direct:publish",
                Map.of(),
                EventGridConstants.EVENT_TIME,
                OffsetDateTime.parse("2026-01-02T03:04:00Z"));
        assertThat(delivered(1).get(0).path("time").textValue()).isEqualTo("2026-01-02T03:04:00.001Z");
    }

    @Test
    void publishesByATokenOnlyIfThatIsTheCredential() {
        EventGridConfiguration configuration = configuration();
        configuration.setTokenCredential(token("t1"));
        List<String> sent = new ArrayList<>();
        assertThatThrownBy(() -> EventGridProducer.clientBuilder(configuration)
                        .addPolicy((call, next) -> {
                            sent.add(call.getHttpRequest().getHeaders().getValue(HttpHeaderName.AUTHORIZATION));
                            return next.process();
                        })
                        .httpClient(topic.httpClient())
                        .buildCloudEventPublisherClient()
                        .sendEvents(List.of()))
                .isInstanceOf(HttpResponseException.class);
        assertThat(sent).containsExactly("Bearer t1");
        configuration.setAccessKey(KEY);
        assertThat(configuration.effectiveCredentialType()).isEqualTo(CredentialType.ACCESS_KEY);
    }

    @Test
    void readsItsOptionsFromTheUri() {
        context.getRegistry().bind("own", topic.publisherClient());
        context.getRegistry().bind("token", token("t1"));
        EventGridConfiguration configuration = context.getEndpoint(
                        ELSEWHERE + "?accessKey=RAW(a+b/c==)&source=/s&credentialType=TOKEN_CREDENTIAL"
                                + "&tokenCredential=#token&publisherClient=#own&lazyStartProducer=true",
                        EventGridEndpoint.class)
                .getConfiguration();
        assertThat(configuration.getTopicEndpoint()).isEqualTo("https://t.region-1.eventgrid.azure.net/api/events");
        assertThat(configuration.getAccessKey()).isEqualTo("a+b/c==");
        assertThat(configuration.getSource()).isEqualTo("/s");
        assertThat(configuration.getCredentialType()).isEqualTo(CredentialType.TOKEN_CREDENTIAL);
        assertThat(configuration.getTokenCredential())
                .isSameAs(context.getRegistry().lookupByName("token"));
        assertThat(configuration.getPublisherClient())
                .isSameAs(context.getRegistry().lookupByName("own"));
    }

    @Test
    void refusesAnOptionItDoesNotKnow() {
        assertThatThrownBy(() -> context.getEndpoint(ELSEWHERE + "?acessKey=k"))
                .isInstanceOf(ResolveEndpointFailedException.class)
                .hasMessageContaining("acessKey");
    }

    @Test
    void showsNoKeyWhereTheEndpointIsNamed() {
        EventGridEndpoint endpoint =
                context.getEndpoint(ELSEWHERE + "?accessKey=RAW(the-secret)", EventGridEndpoint.class);
        assertThat(endpoint.toString()).contains("accessKey=xxxxxx").doesNotContain("the-secret");
        assertThat(endpoint.getServiceUrl()).doesNotContain("the-secret");
    }

    @Test
    void takesACredentialFromTheRegistryIfTheRouteNamesNone() {
        AzureKeyCredential credential = new AzureKeyCredential("k");
        context.getRegistry().bind("key", credential);
        assertThat(endpoint(ELSEWHERE).getConfiguration().getAzureKeyCredential())
                .isSameAs(credential);
        assertThat(endpoint(ELSEWHERE + "?accessKey=k").getConfiguration().getAzureKeyCredential())
                .isNull();
        assertThat(endpoint(ELSEWHERE + "?autowiredEnabled=false")
                        .getConfiguration()
                        .getAzureKeyCredential())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "azure-eventgrid:http://t.example/api/events?accessKey=k&autowiredEnabled=false",
                "azure-eventgrid:topic?accessKey=k&autowiredEnabled=false",
                ELSEWHERE + "?autowiredEnabled=false",
                ELSEWHERE + "?autowiredEnabled=false&credentialType=TOKEN_CREDENTIAL"
            })
    void refusesToStartWithoutACredentialOrInClear(String uri) {
        assertThatThrownBy(() -> endpoint(uri).createProducer().start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("azure-eventgrid ");
    }

    @Test
    void obeysNoHeaderAboutWhereToSend() {
        template.sendBodyAndHeaders(
                "direct:publish",
                Map.of(),
                Map.of(
                        "CamelAzureEventGridTopicEndpoint",
                        "https://evil.example/api/events",
                        "CamelAzureEventGridAccessKey",
                        "other",
                        "CamelAzureEventGridPublisherClient",
                        "other",
                        "CamelToEndpoint",
                        "https://evil.example",
                        "CamelHttpUri",
                        "https://evil.example"));
        assertThat(delivered(1).get(0).toString()).doesNotContain("evil", "other");
    }

    @Test
    void isARouteStepInYaml() throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("publish.camel.yaml", """
                        - route:
                            from:
                              uri: direct:yaml
                              steps:
                                - to:
                                    uri: azure-eventgrid:%s
                                    parameters:
                                      source: /from-yaml
                        """.formatted(topic.endpoint())));
        template.sendBody("direct:yaml", Map.of());
        assertThat(delivered(1).get(0).path("source").textValue()).isEqualTo("/from-yaml");
    }

    private EventGridConfiguration configuration() {
        EventGridConfiguration configuration = new EventGridConfiguration();
        configuration.setTopicEndpoint(topic.endpoint().toString());
        return configuration;
    }

    /** The topic's certificate is known to nobody but its own HTTP client. */
    private void publishAs(EventGridConfiguration configuration) {
        configuration.setPublisherClient(EventGridProducer.clientBuilder(configuration)
                .httpClient(topic.httpClient())
                .buildCloudEventPublisherClient());
        EventGridComponent component = new EventGridComponent();
        component.setConfiguration(configuration);
        context.addComponent("configured", component);
        template.sendBody("configured:" + topic.endpoint(), Map.of());
    }

    private EventGridEndpoint endpoint(String uri) {
        return context.getEndpoint(uri, EventGridEndpoint.class);
    }

    private static TokenCredential token(String value) {
        return request -> Mono.just(new AccessToken(value, OffsetDateTime.now().plusHours(1)));
    }

    private String data(Object body) {
        int before = subscriber.received().size();
        template.sendBody("direct:publish", body);
        return delivered(before + 1).get(before).get("data").toString();
    }

    private List<JsonNode> delivered(int count) {
        await().untilAsserted(() -> assertThat(subscriber.received()).hasSizeGreaterThanOrEqualTo(count));
        return subscriber.received().stream()
                .map(EventGridSubscriber.Received::event)
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
