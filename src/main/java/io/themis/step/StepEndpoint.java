package io.themis.step;

import io.themis.request.DataSubjectRequest;
import io.themis.request.Requests;
import io.themis.request.StepRunner;
import io.themis.request.Steps;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

class StepEndpoint extends DefaultEndpoint {

    private final String name;
    private final Expression notBefore;
    private final boolean again;
    private final Requests requests;
    private final Steps steps;
    private final StepRunner runner;

    /**
     * @param notBefore null to run at once
     * @param again whether one that has been done is done once more
     */
    StepEndpoint(
            String uri,
            String name,
            Expression notBefore,
            boolean again,
            StepComponent component,
            Requests requests,
            Steps steps,
            StepRunner runner) {
        super(uri, component);
        this.name = name;
        this.notBefore = notBefore;
        this.again = again;
        this.requests = requests;
        this.steps = steps;
        this.runner = runner;
    }

    @Override
    public Producer createProducer() {
        return new DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) {
                DataSubjectRequest request = exchange.getVariable(StepComponent.REQUEST, DataSubjectRequest.class);
                if (again) {
                    steps.startAgain(request.id(), name);
                    return;
                }
                Instant when = notBefore == null
                        ? Instant.now()
                        : Objects.requireNonNull(notBefore.evaluate(exchange, Instant.class), "notBefore is no time");
                steps.start(request.id(), name, when);
            }
        };
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new DefaultConsumer(this, processor) {
            @Override
            protected void doStart() throws Exception {
                super.doStart();
                runner.handle(name, this::run);
            }

            @Override
            protected void doStop() throws Exception {
                runner.release(name);
                super.doStop();
            }

            private void run(UUID requestId, String part) throws Exception {
                Exchange exchange = createExchange(false);
                try {
                    DataSubjectRequest request = requests.get(requestId);
                    exchange.setVariable(StepComponent.REQUEST, request);
                    exchange.setVariable(StepComponent.PART, part);
                    exchange.getMessage().setBody(request);
                    createUoW(exchange);
                    try {
                        getProcessor().process(exchange);
                    } finally {
                        doneUoW(exchange);
                    }
                    if (exchange.getException() != null) {
                        Throwable cause = RouteFailure.cause(exchange.getException());
                        if (cause instanceof Error error) {
                            throw error;
                        }
                        throw cause instanceof Exception exception ? exception : exchange.getException();
                    }
                } finally {
                    releaseExchange(exchange, false);
                }
            }
        };
    }
}
