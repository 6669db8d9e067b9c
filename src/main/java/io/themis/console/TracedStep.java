package io.themis.console;

import java.time.Duration;
import java.time.Instant;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** One node that one exchange went through: which, when, for how long, and of which class body and failure were. */
final class TracedStep {

    private final long number;
    private final String route;
    private final String node;
    private final String exchange;
    private final String bodyType;
    private final Instant begun = Instant.now();
    private final long begunNanos = System.nanoTime();
    private Duration taken;
    private String failure;

    /** @param bodyType the class of the body, or null if there is none */
    TracedStep(long number, String route, String node, String exchange, String bodyType) {
        this.number = number;
        this.route = route;
        this.node = node;
        this.exchange = exchange;
        this.bodyType = bodyType;
    }

    boolean isUnderWay(String nodeId, String exchangeId) {
        return !isDone() && node.equals(nodeId) && exchange.equals(exchangeId);
    }

    boolean isDone() {
        return taken != null;
    }

    /** @param failureType the class of the exception, or null if there is none */
    void end(String failureType) {
        taken = Duration.ofNanos(System.nanoTime() - begunNanos);
        failure = failureType;
    }

    /**
     * In the form that Hawtio reads from Camel's own tracer. It shows the header {@code breadcrumbId} as the id of a line,
     * so that has the exchange, and the lines of one exchange are found by it.
     */
    void write(XMLStreamWriter xml) throws XMLStreamException {
        xml.writeStartElement("backlogTracerEventMessage");
        element(xml, "uid", String.valueOf(number));
        element(xml, "timestamp", begun.toString());
        element(xml, "routeId", route);
        element(xml, "toNode", node);
        element(xml, "exchangeId", exchange);
        element(xml, "elapsed", String.valueOf(taken.toMillis()));
        element(xml, "failed", String.valueOf(failure != null));
        xml.writeStartElement("message");
        xml.writeStartElement("headers");
        header(xml, "breadcrumbId", exchange);
        if (failure != null) {
            header(xml, "failure", failure);
        }
        xml.writeEndElement();
        xml.writeStartElement("body");
        if (bodyType != null) {
            xml.writeAttribute("type", bodyType);
        }
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private static void element(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private static void header(XMLStreamWriter xml, String key, String text) throws XMLStreamException {
        xml.writeStartElement("header");
        xml.writeAttribute("key", key);
        xml.writeAttribute("type", String.class.getName());
        xml.writeCharacters(text);
        xml.writeEndElement();
    }
}
