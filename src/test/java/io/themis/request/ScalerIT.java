package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.themis.cluster.Scaling;
import io.themis.devservices.Broker;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What KEDA asks the request database and the broker, asked of real ones: 0 lets Themis sleep, anything else wakes it. */
class ScalerIT {

    private static final String STEP = "any-step";

    private RequestDatabase database;
    private ConfigurableApplicationContext replica;
    private JdbcClient jdbc;

    @BeforeEach
    void aDatabase() throws Exception {
        database = RequestDatabase.create();
        replica = database.replica();
        jdbc = replica.getBean(JdbcClient.class);
        jdbc.sql("DROP ROLE IF EXISTS themis_scaler").update();
        jdbc.sql("CREATE ROLE themis_scaler LOGIN").update();
    }

    @AfterEach
    void close() {
        replica.close();
        database.close();
    }

    @Test
    void nobodyAskedIsZero() throws Exception {
        assertThat(asked()).isZero();
    }

    @Test
    void aStepThatWaitsIsOneAndIsStillOneWhileItIsDone() throws Exception {
        startWithNobodyAwake(Instant.now());
        assertThat(asked()).isOne();

        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (ConfigurableApplicationContext woken = database.replica()) {
            woken.getBean(StepRunner.class).handle(STEP, (request, part) -> {
                begun.countDown();
                end.await();
            });
            begun.await();
            assertThat(asked()).isOne();
            end.countDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> asked() == 0);
        }
    }

    /** The end of a link, another try after an hour: nobody is paid to wait for it, and it is not forgotten. */
    @Test
    void aStepThatIsDueLaterIsZeroUntilThen() throws Exception {
        startWithNobodyAwake(Instant.now().plus(Duration.ofDays(7)));
        assertThat(asked()).isZero();

        jdbc.sql("UPDATE scheduled_tasks SET execution_time = execution_time - interval '7 days'")
                .update();
        assertThat(asked()).isOne();
    }

    /** A replica that was killed has left its step with a lease; the one that is woken takes it over. */
    @Test
    void aStepOfAReplicaThatIsGoneIsOne() throws Exception {
        startWithNobodyAwake(Instant.now());
        jdbc.sql("""
                        UPDATE scheduled_tasks SET picked = true, picked_by = 'gone',
                          last_heartbeat = now() - interval '1 day'""").update();
        assertThat(asked()).isOne();
    }

    private void startWithNobodyAwake(Instant due) {
        replica.getBean(Scheduler.class).stop();
        UUID id = RequestDatabase.accept(replica.getBean(Requests.class), 1).get(0);
        replica.getBean(Steps.class).start(id, STEP, due);
    }

    /** After the last attempt nothing is due, and nobody would see the figure that tells an operator. */
    @Test
    void aParkedStepKeepsOneReplicaUntilSomebodyHasLooked() throws Exception {
        UUID id = RequestDatabase.accept(replica.getBean(Requests.class), 1).get(0);
        Steps steps = replica.getBean(Steps.class);
        replica.getBean(StepRunner.class).handle(STEP, (request, part) -> {
            throw new HopelessException("it can't be done");
        });
        steps.start(id, STEP, Instant.now());
        await().atMost(Duration.ofSeconds(30)).until(() -> steps.of(id).get(0).state() == Step.State.PARKED);
        assertThat(jdbc.sql("SELECT count(*) FROM scheduled_tasks")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(asked()).isOne();

        jdbc.sql("UPDATE request_step SET state = 'DONE'").update();
        assertThat(asked()).isZero();
    }

    /** An erasure that waits for its officers has no step. */
    @Test
    void anOpenRequestKeepsOneReplicaInTheFiveDaysBeforeItsDeadline() throws Exception {
        RequestDatabase.accept(replica.getBean(Requests.class), 30);
        String due = "UPDATE data_subject_request SET due_at = now() + interval '%d hours'";
        jdbc.sql(due.formatted(5 * 24 + 1)).update();
        assertThat(asked()).isZero();
        jdbc.sql(due.formatted(5 * 24 - 1)).update();
        assertThat(asked()).as("one replica, however many requests").isOne();
        jdbc.sql(due.formatted(-24)).update();
        assertThat(asked()).isOne();

        jdbc.sql("UPDATE data_subject_request SET closed_at = now()").update();
        assertThat(asked()).isZero();
    }

    /** One that waits for its officers is told once a day, as any other is in the weeks before its deadline. */
    @Test
    void aReplayHasNoDeadlineThatKeepsAReplica() throws Exception {
        RequestDatabase.accept(replica.getBean(Requests.class), 1);
        jdbc.sql("UPDATE data_subject_request SET due_at = now() - interval '1 day'")
                .update();
        assertThat(asked()).isOne();
        jdbc.sql("UPDATE data_subject_request SET replay_of = gen_random_uuid()")
                .update();
        assertThat(asked()).isZero();
    }

    /** Its steps are done, and it is open until an operator has seen to it. */
    @ParameterizedTest
    @EnumSource(names = {"INCOMPLETE", "UNDELIVERED"})
    void aRequestThatIsStuckKeepsOneReplica(RequestStatus status) throws Exception {
        Requests requests = replica.getBean(Requests.class);
        UUID id = RequestDatabase.accept(requests, 1).get(0);
        assertThat(asked()).isZero();
        requests.advance(id, status);
        assertThat(asked()).isOne();
        jdbc.sql("UPDATE data_subject_request SET closed_at = now()").update();
        assertThat(asked()).isZero();
    }

    /** KEDA's login has been given nothing, whenever it was made. */
    @Test
    void whoCountsSeesANumberAndNothingElse() throws Exception {
        assertThat(asked()).isZero();
        for (String table : new String[] {"data_subject_request", "subject_key", "request_step", "scheduled_tasks"}) {
            assertThatThrownBy(() -> count("SELECT count(*) FROM " + table)).hasMessageContaining("permission denied");
        }
    }

    /** What the function calls a table is one of Themis, even where the caller has another one by that name. */
    @Test
    void whatIsCountedIsNoTableOfTheCallers() throws Exception {
        startWithNobodyAwake(Instant.now());
        assertThat(count("CREATE TEMPORARY TABLE scheduled_tasks (execution_time timestamptz)", Scaling.steps()))
                .isOne();
    }

    @Test
    void aMessageThatWaitsIsOneAndIsStillOneWhileItIsTaken() throws Exception {
        try (Broker broker = Broker.start();
                JMSContext context = broker.connectionFactory().createContext(JMSContext.SESSION_TRANSACTED)) {
            assertThat(messages()).isZero();

            context.createProducer().send(context.createQueue("themis.requests"), "request");
            context.commit();
            assertThat(messages()).isOne();

            try (JMSConsumer consumer = context.createConsumer(context.createQueue("themis.requests"))) {
                assertThat(consumer.receiveBody(String.class, 20_000)).isEqualTo("request");
                assertThat(messages()).isOne();
                context.commit();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> messages() == 0);

            context.createProducer().send(context.createQueue("themis.requests.dead"), "no request");
            context.commit();
            assertThat(messages()).as("nobody reads the dead letters").isZero();
        }
    }

    /** What the broker's console reads. */
    private static long messages() throws Exception {
        return ((Number) ManagementFactory.getPlatformMBeanServer()
                        .getAttribute(new ObjectName(Scaling.queue("localhost")), "MessageCount"))
                .longValue();
    }

    /** As KEDA does: its own login, one row, one number. */
    private long asked() throws SQLException {
        return count(Scaling.steps());
    }

    /** @param statements the last one asks */
    private long count(String... statements) throws SQLException {
        String url = replica.getEnvironment().getProperty("spring.datasource.url");
        try (Connection connection = DriverManager.getConnection(url, "themis_scaler", "");
                Statement statement = connection.createStatement()) {
            for (String before : List.of(statements).subList(0, statements.length - 1)) {
                statement.execute(before);
            }
            try (ResultSet row = statement.executeQuery(statements[statements.length - 1])) {
                row.next();
                long value = row.getLong(1);
                assertThat(row.next()).isFalse();
                return value;
            }
        }
    }
}
