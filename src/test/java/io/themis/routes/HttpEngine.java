package io.themis.routes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.DefaultConsumer;

/** Takes the place of the servlet container under platform-http: what it would pass on, a test passes on itself. */
final class HttpEngine implements PlatformHttpEngine {

    private final List<EngineConsumer> consumers = new CopyOnWriteArrayList<>();

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        EngineConsumer consumer = new EngineConsumer(endpoint, processor);
        consumers.add(consumer);
        return consumer;
    }

    /** Has the consumer of exactly this path, or else the one of the REST contract, answer. */
    Exchange call(String path, Processor request) throws Exception {
        EngineConsumer consumer = consumers.stream()
                .filter(each -> each.getEndpoint().getPath().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody listens at " + path));
        Exchange exchange = consumer.createExchange(true);
        request.process(exchange);
        consumer.getProcessor().process(exchange);
        return exchange;
    }

    /** Path and methods of everybody who listens. */
    List<String> listeners() {
        return consumers.stream()
                .map(EngineConsumer::getEndpoint)
                .map(endpoint -> endpoint.getHttpMethodRestrict() + " " + endpoint.getPath())
                .toList();
    }

    private static final class EngineConsumer extends DefaultConsumer implements PlatformHttpConsumer {

        EngineConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
            super(endpoint, processor);
        }

        @Override
        public PlatformHttpEndpoint getEndpoint() {
            return (PlatformHttpEndpoint) super.getEndpoint();
        }
    }
}
