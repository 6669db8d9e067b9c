package io.themis.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class RouteTracerTest {

    private static final String PERSON = "ada.example@example.org";

    private final RouteTracer tracer = new RouteTracer();
    private CamelContext camel;

    /** A body that must not be looked at: whatever does is noted. */
    public static final class Sealed {

        private static final List<String> LOOKS = new ArrayList<>();

        @Override
        public String toString() {
            LOOKS.add("toString");
            return PERSON;
        }
    }

    @BeforeEach
    void startRoutes() throws Exception {
        camel = new DefaultCamelContext();
        camel.setTracingStandby(true);
        camel.setTracer(tracer);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:in")
                        .routeId("in")
                        .setHeader("To", constant(PERSON))
                        .id("address")
                        .setVariable("person", constant(PERSON))
                        .id("remember")
                        .to("direct:next")
                        .id("go-on");
                from("direct:next")
                        .routeId("next")
                        .setProperty("person", constant(PERSON))
                        .id("note")
                        .toD("mock:${header.To}")
                        .id("send")
                        .process(exchange -> {
                            throw new IllegalStateException("nobody at " + PERSON);
                        })
                        .id("fail");
            }
        });
        camel.start();
        Sealed.LOOKS.clear();
    }

    @AfterEach
    void stopRoutes() {
        camel.stop();
    }

    private String send() {
        Exchange exchange = camel.createProducerTemplate()
                .send("direct:in", input -> input.getMessage().setBody(new Sealed()));
        assertThat(exchange.getException()).hasMessageContaining(PERSON);
        return exchange.getExchangeId();
    }

    @Test
    void theNodesOfAnExchangeAreShownInOrderAndNothingThatItCarries() throws Exception {
        tracer.setEnabled(true);
        String exchange = send();
        String dump = tracer.dumpAllTracedMessagesAsXml();

        assertThat(dump).doesNotContain("ada").doesNotContain("@").doesNotContain("nobody");
        assertThat(Sealed.LOOKS).isEmpty();
        List<Element> steps = steps(dump);
        assertThat(steps)
                .extracting(step -> text(step, "routeId") + " " + text(step, "toNode"))
                .containsExactly("in address", "in remember", "in go-on", "next note", "next send", "next fail");
        assertThat(steps).allSatisfy(step -> {
            assertThat(text(step, "exchangeId")).isEqualTo(exchange);
            assertThat(Long.parseLong(text(step, "elapsed"))).isBetween(0L, 60_000L);
            assertThat(((Element) step.getElementsByTagName("body").item(0)).getAttribute("type"))
                    .isEqualTo(Sealed.class.getName());
        });
        assertThat(steps)
                .extracting(RouteTracerTest::headers)
                .startsWith(Map.of("breadcrumbId", exchange))
                .endsWith(Map.of("breadcrumbId", exchange, "failure", "java.lang.IllegalStateException"));
    }

    @Test
    void whatWasShownIsForgotten() throws Exception {
        tracer.setEnabled(true);
        send();
        assertThat(steps(tracer.dumpAllTracedMessagesAsXml())).isNotEmpty();
        assertThat(steps(tracer.dumpAllTracedMessagesAsXml())).isEmpty();
    }

    @Test
    void nothingIsTracedUnlessItIsSwitchedOnAndNothingKeptWhenItIsSwitchedOff() throws Exception {
        send();
        assertThat(steps(tracer.dumpAllTracedMessagesAsXml())).isEmpty();
        tracer.setEnabled(true);
        send();
        tracer.setEnabled(false);
        assertThat(steps(tracer.dumpAllTracedMessagesAsXml())).isEmpty();
    }

    @Test
    void theLatestStepsAreKeptAndNoMore() throws Exception {
        tracer.setEnabled(true);
        for (int i = 0; i < 200; i++) {
            send();
        }
        List<Element> steps = steps(tracer.dumpAllTracedMessagesAsXml());
        assertThat(steps).hasSize(RouteTracer.MOST_STEPS);
        assertThat(text(steps.get(0), "uid")).isEqualTo("201");
        assertThat(tracer.getTraceCounter()).isEqualTo(1_200);
    }

    private static List<Element> steps(String dump) throws Exception {
        NodeList found = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(dump)))
                .getElementsByTagName("backlogTracerEventMessage");
        List<Element> steps = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            steps.add((Element) found.item(i));
        }
        return steps;
    }

    private static String text(Element step, String name) {
        return step.getElementsByTagName(name).item(0).getTextContent();
    }

    private static Map<String, String> headers(Element step) {
        Map<String, String> headers = new TreeMap<>();
        NodeList found = step.getElementsByTagName("header");
        for (int i = 0; i < found.getLength(); i++) {
            headers.put(
                    ((Element) found.item(i)).getAttribute("key"), found.item(i).getTextContent());
        }
        return headers;
    }
}
