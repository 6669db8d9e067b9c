package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.queue.QueueMetrics;
import io.themis.request.IdempotencyKeyReusedException;
import io.themis.request.InvalidRequestException;
import io.themis.rest.ConflictException;
import io.themis.rest.NotFoundException;
import io.themis.rest.Problems;
import io.themis.rest.UnauthorizedException;
import io.themis.security.NotAllowedException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;

@RouteFile("error-handling")
class ErrorHandlingRoutesTest extends RouteFileTest {

    private static final String PERSONAL = "ada@example.org";
    private static final String DEAD_LETTERS = "mock:jms:queue:themis.requests.dead";

    private final AtomicInteger attempts = new AtomicInteger();
    private Throwable failure;

    @Override
    public void configureContext(CamelContextConfiguration configuration) {
        super.configureContext(configuration);
        configuration.withMockEndpointsAndSkip("jms:*");
    }

    @Override
    void arrange(CamelContext context) {
        context.getRegistry().bind("problems", new Problems());
        context.getRegistry().bind("queueMetrics", standIn(QueueMetrics.class));
        context.getRegistry().bind("failing", this);
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:plain").bean("failing", "fail");
                from("direct:rest").routeConfigurationId("answer-problems").to("direct:plain");
                from("direct:queue")
                        .routeConfigurationId("dead-letter-or-again")
                        .to("direct:plain");
            }
        };
    }

    /** Called by the route. */
    public void fail() throws Throwable {
        attempts.incrementAndGet();
        throw failure;
    }

    @Test
    void aFailureGoesUpAtOnceToWhoeverSentTheMessage() {
        failure = new IOException("away");
        assertThatThrownBy(() -> send("direct:plain", exchange -> {})).isSameAs(failure);
        assertThat(attempts).hasValue(1);
    }

    static Stream<Arguments> problems() {
        return Stream.of(
                Arguments.of(new InvalidRequestException("/type", "type is wrong"), 400),
                Arguments.of(new UnauthorizedException("who are you?"), 401),
                Arguments.of(new NotAllowedException(), 403),
                Arguments.of(new NotFoundException("no such request"), 404),
                Arguments.of(new ConflictException("not parked"), 409),
                Arguments.of(new IdempotencyKeyReusedException(), 422),
                Arguments.of(new CannotCreateTransactionException(PERSONAL), 503),
                Arguments.of(new QueryTimeoutException(PERSONAL), 503),
                Arguments.of(
                        new DirectConsumerNotAvailableException(
                                PERSONAL, new DefaultExchange(new DefaultCamelContext())),
                        503),
                Arguments.of(new IOException(PERSONAL), 500),
                Arguments.of(new StackOverflowError(PERSONAL), 500));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void aCallerLearnsWhatIsWrongAndNothingOfWhatWasSent(Throwable thrown, int status) throws Exception {
        failure = thrown;
        Exchange answer = send("direct:rest", exchange -> {
            exchange.getMessage().setBody(PERSONAL);
            exchange.getMessage().setHeader("X-Sent", PERSONAL);
            exchange.getMessage().setHeader("CamelHttpResponseCode", 200);
        });
        assertThat(answer.getMessage().getHeaders().keySet())
                .containsExactlyInAnyOrder("CamelHttpResponseCode", "Content-Type");
        assertThat(answer.getMessage().getHeader("CamelHttpResponseCode", Integer.class))
                .isEqualTo(status);
        assertThat(answer.getMessage().getHeader("Content-Type")).isEqualTo("application/problem+json");
        String body = answer.getMessage().getBody(String.class);
        JsonNode problem = json.readTree(body);
        assertThat(problem.path("status").intValue()).isEqualTo(status);
        assertThat(problem.path("title").textValue()).isNotBlank();
        assertThat(problem.path("detail").textValue()).isNotBlank();
        assertThat(body).doesNotContain(PERSONAL, "Exception", "StackOverflow");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aProblemPointsAtThePartOfTheBodyThatIsWrong() throws Exception {
        failure = new InvalidRequestException("/type", "type is wrong");
        Exchange answer = send("direct:rest", exchange -> {});
        assertThat(json.readTree(answer.getMessage().getBody(String.class))
                        .path("pointer")
                        .textValue())
                .isEqualTo("/type");
    }

    static Stream<Throwable> notUnderstood() {
        return Stream.of(new InvalidRequestException("/type", "type is wrong"), new IdempotencyKeyReusedException());
    }

    @ParameterizedTest
    @MethodSource("notUnderstood")
    void aMessageThatIsNotUnderstoodIsPutAsideWithTheReason(Throwable thrown) throws Exception {
        failure = thrown;
        MockEndpoint dead = getMockEndpoint(DEAD_LETTERS);
        dead.expectedBodiesReceived("what was sent");
        dead.expectedHeaderReceived("reason", thrown.getMessage());
        send("direct:queue", exchange -> {
            exchange.setVariable("messageId", "ID:1");
            exchange.getMessage().setBody("what was sent");
        });
        dead.assertIsSatisfied();
        assertThat(journal("queueMetrics")).containsExactly("queueMetrics.putAside()");
    }

    @Test
    void aMessageThatCannotBeTakenNowStaysOnTheQueue() {
        failure = new CannotCreateTransactionException("away");
        assertThatThrownBy(() -> send("direct:queue", exchange -> exchange.setVariable("messageId", "ID:1")))
                .isSameAs(failure);
        assertThat(getMockEndpoint(DEAD_LETTERS, false).getReceivedCounter()).isZero();
        assertThat(journal("queueMetrics")).isEmpty();
    }

    @Test
    void aDeadLetterKeepsTheHeadersOfItsMessage() throws Exception {
        failure = new InvalidRequestException("", "not JSON");
        send("direct:queue", exchange -> exchange.getMessage().setHeaders(Map.of("JMSMessageID", "ID:1")));
        assertThat(getMockEndpoint(DEAD_LETTERS)
                        .getExchanges()
                        .get(0)
                        .getMessage()
                        .getHeaders())
                .containsKeys("JMSMessageID", "reason");
    }
}
