package io.themis.step;

import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Camel policy {@code oneTransaction}: what a route does inside is written all or not at all. Camel's own
 * {@code transacted} marks a failure as dealt with for good, so that no route above could answer it with a problem.
 */
@Component
class OneTransaction implements Policy {

    private final TransactionTemplate transaction;

    OneTransaction(TransactionTemplate transaction) {
        this.transaction = transaction;
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // Nothing: the nodes inside stay as they are.
    }

    @Override
    public Processor wrap(Route route, Processor inside) {
        return exchange -> transaction.executeWithoutResult(status -> {
            process(inside, exchange);
            if (exchange.isFailed()) {
                status.setRollbackOnly();
            }
        });
    }

    private static void process(Processor inside, Exchange exchange) {
        try {
            inside.process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
    }
}
