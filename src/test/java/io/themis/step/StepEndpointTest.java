package io.themis.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.assertArg;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import io.themis.request.StepHandler;
import io.themis.request.StepRunner;
import io.themis.request.Steps;
import io.themis.request.WrongStateException;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The step: component between a real Camel context and steps that only remember who handles them. */
class StepEndpointTest {

    private static final DataSubjectRequest REQUEST = new DataSubjectRequest(
            UUID.randomUUID(),
            RequestType.ACCESS,
            new EmailAddress("ada@example.org"),
            Locale.ENGLISH,
            RequestStatus.RECEIVED,
            Instant.EPOCH,
            Instant.parse("2100-01-01T00:00:00Z"),
            "gateway",
            null,
            null,
            1);

    private final Map<String, StepHandler> handlers = new ConcurrentHashMap<>();
    private final Steps steps = mock(Steps.class);
    private final StepRunner runner = mock(StepRunner.class);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private Processor work = exchange -> {};

    @BeforeEach
    void start() throws Exception {
        Requests requests = mock(Requests.class);
        when(requests.get(REQUEST.id())).thenReturn(REQUEST);
        doAnswer(call -> handlers.putIfAbsent(call.getArgument(0), call.getArgument(1)))
                .when(runner)
                .handle(any(), any());
        doAnswer(call -> handlers.remove(call.<String>getArgument(0)))
                .when(runner)
                .release(any());
        camel.addComponent("step", new StepComponent(requests, steps, runner));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("step:work").routeId("work").bean(StepEndpointTest.this, "work(${exchange})");
            }
        });
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    public void work(Exchange exchange) throws Exception {
        work.process(exchange);
    }

    @Test
    void theRouteFindsTheRequestInItsVariableAndBody() throws Exception {
        CompletableFuture<Object> variable = new CompletableFuture<>();
        CompletableFuture<Object> body = new CompletableFuture<>();
        work = exchange -> {
            variable.complete(exchange.getVariable(StepComponent.REQUEST));
            body.complete(exchange.getMessage().getBody());
        };

        handlers.get("work").run(REQUEST.id(), null);

        assertThat(variable).isCompletedWithValue(REQUEST);
        assertThat(body).isCompletedWithValue(REQUEST);
    }

    @Test
    void aFailureOfTheRouteIsTheFailureOfTheStepWithoutCamelsWrappers() {
        work = exchange -> {
            throw new RuntimeCamelException(new IOException("the store is away"));
        };

        assertThatThrownBy(() -> handlers.get("work").run(REQUEST.id(), null), null)
                .isInstanceOf(IOException.class)
                .hasMessage("the store is away");
    }

    @Test
    void anErrorInTheRouteIsAnErrorOfTheStep() {
        work = exchange -> {
            throw new OutOfMemoryError("Java heap space");
        };

        assertThatThrownBy(() -> handlers.get("work").run(REQUEST.id(), null)).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aRouteThatIsStoppedOrSuspendedTakesNoStepsUntilItGoesOn() throws Exception {
        camel.getRouteController().stopRoute("work");
        assertThat(handlers).isEmpty();
        camel.getRouteController().startRoute("work");
        assertThat(handlers).containsOnlyKeys("work");

        camel.getRouteController().suspendRoute("work");
        assertThat(handlers).isEmpty();
        camel.getRouteController().resumeRoute("work");
        assertThat(handlers).containsOnlyKeys("work");
        handlers.get("work").run(REQUEST.id(), null);
    }

    @Test
    void stoppingARouteLetsItsStepEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        work = exchange -> {
            begun.countDown();
            go.await();
        };
        StepHandler handler = handlers.get("work");
        CompletableFuture<Void> step = CompletableFuture.runAsync(() -> {
            try {
                handler.run(REQUEST.id(), null);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        begun.await();

        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> {
            try {
                camel.getRouteController().stopRoute("work");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(handlers::isEmpty);
        assertThat(stop).isNotDone();
        go.countDown();

        step.join();
        stop.join();
    }

    @Test
    void aRouteThatSendsToAStepStartsItForItsRequest() {
        Instant before = Instant.now();
        assertThat(send("step:other").getException()).isNull();
        verify(steps)
                .start(
                        eq(REQUEST.id()),
                        eq("other"),
                        assertArg(when -> assertThat(when).isBetween(before, Instant.now())));
    }

    @Test
    void aStepRunsNotBeforeTheTimeThatItsRouteNames() {
        Exchange exchange = send("step:other?notBefore=${variable.request.dueAt}");

        assertThat(exchange.getException()).isNull();
        verify(steps).start(REQUEST.id(), "other", REQUEST.dueAt());
        assertThat(send("step:other?notBefore=${variable.absent}").getException())
                .as("a time that is not there is no reason to run at once")
                .isNotNull();
        verify(steps, times(1)).start(any(), any(), any());
    }

    @Test
    void aStepIsDoneOnceMoreOnlyWhereItsRouteSaysSo() {
        assertThat(send("step:other?again=true").getException()).isNull();
        verify(steps).startAgain(REQUEST.id(), "other");
        verify(steps, never()).start(any(), any(), any());

        send("step:other?again=false");
        send("step:other");
        verify(steps, times(2)).start(eq(REQUEST.id()), eq("other"), any());
        verify(steps, times(1)).startAgain(any(), any());
    }

    @Test
    void aStepThatCannotBeDoneOnceMoreFailsTheOneBeforeIt() {
        doThrow(new WrongStateException("under way")).when(steps).startAgain(any(), any());
        assertThat(send("step:other?again=true").getException())
                .isInstanceOf(WrongStateException.class)
                .hasMessage("under way");
    }

    private Exchange send(String uri) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.setVariable(StepComponent.REQUEST, REQUEST);
        return camel.createProducerTemplate().send(uri, exchange);
    }
}
