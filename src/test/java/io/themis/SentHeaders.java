package io.themis;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;

/** Notes, of every message that a route sends anywhere, where it goes and with which headers. */
final class SentHeaders extends EventNotifierSupport {

    private final List<Sent> sent = new CopyOnWriteArrayList<>();

    /** @param endpoint address without what follows its question mark */
    record Sent(String endpoint, Map<String, String> headers) {}

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof CamelEvent.ExchangeSendingEvent sending) {
            Map<String, String> headers = new TreeMap<>();
            sending.getExchange()
                    .getMessage()
                    .getHeaders()
                    .forEach((name, value) -> headers.put(name, String.valueOf(value)));
            sent.add(new Sent(sending.getEndpoint().getEndpointBaseUri(), headers));
        }
    }

    List<Sent> sent() {
        return List.copyOf(sent);
    }

    List<Sent> sentTo(String endpoint) {
        return sent.stream().filter(one -> one.endpoint().equals(endpoint)).toList();
    }
}
