package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.request.Step;
import io.themis.request.Steps;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSendingEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

/** Each part around the application goes away in the middle of a request and comes back. */
@ThemisTest
// Who finds no database is told so sooner than in production.
@TestPropertySource(properties = "spring.datasource.hikari.connection-timeout=3000")
class OutagesIT {

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    Steps steps;

    @Autowired
    CamelContext camel;

    @Autowired
    JdbcClient database;

    private final String address = "person-" + UUID.randomUUID() + "@example.org";
    private RequestTraces traces;

    @BeforeEach
    void somebodyWhomTheCompanyKnows() throws Exception {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
        services.users()
                .load(List.of(new DevUser(address, "Ann", "Ann", "Lee", "Norway", "Oslo", "Storgata 1", newAccount())));
        traces = new RequestTraces(services);
    }

    @AfterEach
    void endTraces() {
        traces.close();
        Awaitility.reset();
    }

    @Test
    void theUsersDatabaseIsAwayWhenThePersonIsLookedUp() throws Exception {
        survives("identify-person", services.users()::stop, services.users()::start);
    }

    @Test
    void theStoreIsAwayWhenDataIsGathered() throws Exception {
        survives("gather-data", services.azurite()::stop, services.azurite()::start);
    }

    @Test
    void theStoreIsAwayWhenThePackageIsBuilt() throws Exception {
        survives("build-package", services.azurite()::stop, services.azurite()::start);
    }

    @Test
    void eventGridIsAwayWhenThePackageIsAnnounced() throws Exception {
        survives("publish-event", services.eventGrid()::stop, services.eventGrid()::start);
    }

    @Test
    void theMailServerIsAwayBeforeTheFirstMail() throws Exception {
        survives("send-started-mail", services.mail()::stop, services.mail()::start);
    }

    @Test
    void theMailServerIsAwayBeforeTheLastMail() throws Exception {
        survives("send-ready-mail", services.mail()::stop, services.mail()::start);
    }

    @Test
    void theRequestDatabaseGoesAwayWhileThePackageIsBuilt() throws Exception {
        databaseGoesAwayWhen(event -> event instanceof ExchangeSendingEvent sending
                && sending.getEndpoint().getEndpointUri().equals("direct://verify-package"));
    }

    @Test
    void theRequestDatabaseGoesAwayAfterAMailWasSentAndBeforeThatIsNoted() throws Exception {
        databaseGoesAwayWhen(event -> event instanceof ExchangeSentEvent sent
                && sent.getEndpoint().getEndpointUri().startsWith("smtp:"));
    }

    @Test
    void theBrokerIsAway() {
        services.broker().stop();
        services.broker().restart();

        sendToQueue(address);

        assertThat(themis.awaitMails(address, 2)).hasSize(2);
    }

    @Test
    void theBrokerEndsTheConnectionWhileAMessageIsTaken() throws Exception {
        try (Connection nobodyWrites = holdRequestsBack()) {
            sendToQueue(address);
            await("message is being accepted").until(this::isHeldBack);
            services.broker().cutConnections();
            await("message is in the queue again").until(() -> services.broker().taken() == 0);
        }

        await("message is acknowledged").until(() -> services.broker().requests() == 0);
        String id = database.sql("SELECT id FROM data_subject_request WHERE email_address = ?")
                .param(address)
                .query(String.class)
                .single();
        themis.await(id, "delivered");
        traces.assertDeliveredOnce(id, address);
    }

    @Test
    void whoCannotGoOnKeepsOneMessageFromTheOthers() throws Exception {
        int others = 5;
        try (Connection nobodyWrites = holdRequestsBack();
                JMSContext jms = services.broker().connectionFactory().createContext(JMSContext.SESSION_TRANSACTED)) {
            sendToQueue(address);
            await("message is being accepted").until(this::isHeldBack);
            for (int i = 0; i < others; i++) {
                sendToQueue("other-" + i + "-" + address);
            }

            JMSConsumer consumer = jms.createConsumer(jms.createQueue("themis.requests"));
            for (int i = 0; i < others; i++) {
                assertThat(consumer.receive(20_000))
                        .as("message %d of the others", i)
                        .isNotNull();
            }
            jms.rollback();
        }

        await("messages are acknowledged").until(() -> services.broker().requests() == 0);
        assertThat(database.sql("SELECT count(*) FROM data_subject_request WHERE email_address LIKE ?")
                        .param("%" + address)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1 + others);
    }

    /** Nothing can be accepted until the connection is closed. */
    private Connection holdRequestsBack() throws SQLException {
        Connection connection = DriverManager.getConnection(
                services.database().url(),
                services.database().username(),
                services.database().password());
        connection.setAutoCommit(false);
        try (Statement lock = connection.createStatement()) {
            lock.execute("LOCK TABLE data_subject_request IN EXCLUSIVE MODE");
        }
        return connection;
    }

    private boolean isHeldBack() {
        return database.sql("SELECT count(*) FROM pg_locks WHERE NOT granted"
                                + " AND relation = 'data_subject_request'::regclass AND mode = 'RowExclusiveLock'")
                        .query(Integer.class)
                        .single()
                > 0;
    }

    private void sendToQueue(String emailAddress) {
        try (JMSContext jms = services.broker().connectionFactory().createContext()) {
            jms.createProducer().send(jms.createQueue("themis.requests"), Themis.accessRequest(emailAddress));
        }
    }

    /** Nobody's in the sample lake. */
    private static long newAccount() {
        return ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    }

    /** Holds a step back until the part is away, sees it fail, and lets the part come back. */
    private void survives(String step, Action stop, Action start) throws Exception {
        camel.getRouteController().stopRoute(step);
        String id;
        try {
            id = themis.ask(address);
            await("turn of " + step).until(() -> step(id, step).isPresent());
            stop.run();
        } finally {
            camel.getRouteController().startRoute(step);
        }
        try {
            await(step + " fails").until(() -> step(id, step).orElseThrow().lastError() != null);
        } finally {
            start.run();
        }
        Step failed = step(id, step).orElseThrow();
        assertThat(failed.attempts()).isPositive();
        assertReadable(failed.lastError());

        themis.await(id, "delivered");
        traces.assertDeliveredOnce(id, address);
        themis.download(Themis.link(themis.awaitMails(address, 2).get(1)));
    }

    private void assertReadable(String error) {
        assertThat(error)
                .hasSizeBetween(20, 400)
                .doesNotContain(address, "<?xml", "sig=", "\n", "Exchange[", "java.", "io.netty")
                .containsAnyOf("refused", "closed", "reset");
    }

    private void databaseGoesAwayWhen(Predicate<CamelEvent> moment) throws Exception {
        CompletableFuture<Void> away = new CompletableFuture<>();
        EventNotifierSupport notifier = new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (!away.isDone() && moment.test(event)) {
                    services.database().stop();
                    away.complete(null);
                }
            }
        };
        camel.getManagementStrategy().addEventNotifier(notifier);
        camel.getCamelContextExtension().setEventNotificationApplicable(true);
        notifier.start();
        String id;
        try {
            id = themis.ask(address);
            // Whoever asks the database just then fails in a thread of its own.
            await("database goes away").dontCatchUncaughtExceptions().until(away::isDone);
        } finally {
            camel.getManagementStrategy().removeEventNotifier(notifier);
        }
        assertThat(themis.send("GET", "/api/v1/requests/" + id, null, Themis.GATEWAY_KEY)
                        .statusCode())
                .isEqualTo(503);
        services.database().start();

        await("delivered")
                .dontCatchUncaughtExceptions()
                .ignoreExceptions()
                .until(() -> themis.request(id).required("status").asText().equals("delivered"));
        traces.assertDeliveredOnce(id, address);
    }

    private Optional<Step> step(String id, String name) {
        return steps.of(UUID.fromString(id)).stream()
                .filter(step -> step.name().equals(name))
                .findFirst();
    }
}
