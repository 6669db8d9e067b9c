package io.themis.enrichment;

import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.stereotype.Component;

/**
 * Camel policy {@code errorsAsFailures} for the branches of a parallel split. Camel waits for a branch until it has ended,
 * and one that ends with an {@link Error}, such as too little memory, it does not see end: the step would wait for ever.
 */
@Component
public class ErrorsAsFailures implements Policy {

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // Nothing: the nodes inside stay as they are.
    }

    @Override
    public Processor wrap(Route route, Processor inside) {
        return exchange -> {
            try {
                inside.process(exchange);
            } catch (Error e) {
                exchange.setException(e);
            }
        };
    }
}
