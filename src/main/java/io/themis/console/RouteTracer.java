package io.themis.console;

import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.NamedRoute;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.ExchangeFormatter;
import org.apache.camel.spi.Tracer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.stereotype.Component;

/**
 * Which nodes exchanges go through and for how long, as long as an operator has it switched on. Camel's own tracers copy
 * the headers of every message, and no option of theirs keeps them from it; this one looks at ids and classes.
 *
 * <p>It traces every route. The console shows those steps that are of the route that it looks at.
 */
@Component
@ManagedResource(description = "Nodes that exchanges went through, without what these carry")
public class RouteTracer extends ServiceSupport implements Tracer {

    static final int MOST_STEPS = 1_000;

    private final Deque<TracedStep> steps = new ArrayDeque<>();
    private final XMLOutputFactory xmlFactory = XMLOutputFactory.newFactory();
    private volatile boolean enabled;
    private long counter;

    @Override
    @ManagedAttribute(description = "Whether routes are traced now")
    public boolean isEnabled() {
        return enabled;
    }

    @Override
    @ManagedOperation(description = "Begins to trace, or ends it and forgets what was traced")
    public synchronized void setEnabled(boolean enabled) {
        this.enabled = enabled;
        if (!enabled) {
            steps.clear();
        }
    }

    @Override
    public synchronized void traceBeforeNode(NamedNode node, Exchange exchange) {
        if (steps.size() == MOST_STEPS) {
            steps.removeFirst();
        }
        counter++;
        steps.addLast(new TracedStep(
                counter,
                routeId(node, exchange),
                node.getId(),
                exchange.getExchangeId(),
                type(exchange.getMessage().getBody())));
    }

    @Override
    public synchronized void traceAfterNode(NamedNode node, Exchange exchange) {
        Iterator<TracedStep> latest = steps.descendingIterator();
        while (latest.hasNext()) {
            TracedStep step = latest.next();
            if (step.isUnderWay(node.getId(), exchange.getExchangeId())) {
                step.end(type(exchange.getException()));
                return;
            }
        }
    }

    private static String routeId(NamedNode node, Exchange exchange) {
        String route = CamelContextHelper.getRouteId(node);
        // What handles failures in many routes is in none of them.
        return Objects.requireNonNullElse(route != null ? route : ExchangeHelper.getAtRouteId(exchange), "");
    }

    private static String type(Object object) {
        return object == null ? null : object.getClass().getName();
    }

    /** The steps that have ended since the last call. What is returned once is forgotten. */
    @ManagedOperation(description = "Steps that ended since the last call")
    public synchronized String dumpAllTracedMessagesAsXml() throws XMLStreamException {
        List<TracedStep> done = steps.stream().filter(TracedStep::isDone).toList();
        steps.removeIf(TracedStep::isDone);
        StringWriter text = new StringWriter();
        XMLStreamWriter xml = xmlFactory.createXMLStreamWriter(text);
        xml.writeStartElement("backlogTracerEventMessages");
        for (TracedStep step : done) {
            step.write(xml);
        }
        xml.writeEndElement();
        xml.close();
        return text.toString();
    }

    @Override
    public boolean shouldTrace(NamedNode node) {
        return enabled;
    }

    @Override
    public synchronized long getTraceCounter() {
        return counter;
    }

    @Override
    public synchronized void resetTraceCounter() {
        counter = 0;
    }

    @Override
    public boolean isStandby() {
        return true;
    }

    @Override
    public boolean isTraceRests() {
        return true;
    }

    /** A dataset's route is made from a template. */
    @Override
    public boolean isTraceTemplates() {
        return true;
    }

    @Override
    public boolean isTraceBeforeAndAfterRoute() {
        return false;
    }

    @Override
    public String getTracePattern() {
        return null;
    }

    @Override
    public ExchangeFormatter getExchangeFormatter() {
        return null;
    }

    @Override
    public void traceBeforeRoute(NamedRoute route, Exchange exchange) {
        // Nodes are enough.
    }

    @Override
    public void traceAfterRoute(NamedRoute route, Exchange exchange) {
        // Nodes are enough.
    }

    @Override
    public void traceSentNode(NamedNode node, Exchange exchange, Endpoint endpoint, long elapsed) {
        // The address of an endpoint may be made from a message.
    }

    @Override
    public void setStandby(boolean standby) {
        // It always is.
    }

    @Override
    public void setTraceRests(boolean traceRests) {
        // It does.
    }

    @Override
    public void setTraceTemplates(boolean traceTemplates) {
        // It does.
    }

    @Override
    public void setTraceBeforeAndAfterRoute(boolean traceBeforeAndAfterRoute) {
        // It does not.
    }

    @Override
    public void setTracePattern(String tracePattern) {
        // Every node is traced.
    }

    @Override
    public void setExchangeFormatter(ExchangeFormatter exchangeFormatter) {
        // Nothing of an exchange is written.
    }
}
