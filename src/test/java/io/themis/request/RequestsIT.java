package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.interceptor.TransactionInterceptor;

/** Requests on the real database: who has one, what is kept of it, and its clock. */
class RequestsIT {

    private static final int CALLERS = 8;

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;
    private static JdbcClient jdbc;

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        replica = database.replica();
        jdbc = replica.getBean(JdbcClient.class);
    }

    @AfterAll
    static void stop() {
        replica.close();
        database.close();
    }

    /** Art. 12(3) GDPR; a month without that day ends on its last one (Regulation 1182/71, Art. 3(2)(c)). */
    @ParameterizedTest
    @CsvSource({
        "2026-01-15T09:30:00Z, 2026-02-15T09:30:00Z",
        "2026-01-31T09:30:00Z, 2026-02-28T09:30:00Z",
        "2028-01-31T09:30:00Z, 2028-02-29T09:30:00Z",
        "2026-01-29T23:59:59Z, 2026-02-28T23:59:59Z",
        "2026-02-28T00:00:00Z, 2026-03-28T00:00:00Z",
        "2026-03-31T23:59:59Z, 2026-04-30T23:59:59Z",
        "2026-12-31T12:00:00Z, 2027-01-31T12:00:00Z"
    })
    void aRequestIsDueOneCalendarMonthAfterItsReceipt(Instant receipt, Instant due) {
        DataSubjectRequest accepted = requestsAt(receipt).accept(asked(receipt + "@example.org"));

        assertThat(accepted.receivedAt()).isEqualTo(receipt);
        assertThat(accepted.dueAt()).isEqualTo(due);
        assertThat(requestsAt(receipt).get(accepted.id()).dueAt()).isEqualTo(due);
    }

    @Test
    void askingAgainDoesNotMoveTheDate() {
        Instant receipt = Instant.parse("2026-05-10T08:00:00Z");
        DataSubjectRequest first = requestsAt(receipt).accept(asked("again@example.org"));

        DataSubjectRequest second = requestsAt(receipt.plusSeconds(86_400)).accept(asked("AGAIN@example.org"));

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.dueAt()).isEqualTo(first.dueAt());
    }

    @Test
    void onePersonAskingAtTheSameMomentHasOneRequest() throws Exception {
        List<DataSubjectRequest> accepted =
                atOnce(i -> RequestDatabase.asking(i % 2 == 0 ? "same@example.org" : "SAME@example.org"));

        assertThat(accepted)
                .extracting(DataSubjectRequest::id)
                .containsOnly(accepted.get(0).id());
    }

    /** There, the lower case of I is another letter than i. */
    @Test
    void upperAndLowerCaseAreOnePersonInADatabaseThatIsTurkishToo() {
        try (RequestDatabase turkish =
                        RequestDatabase.create("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr'");
                ConfigurableApplicationContext its = turkish.replica()) {
            Requests requests = its.getBean(Requests.class);
            DataSubjectRequest first = requests.accept(RequestDatabase.asking("INES@EXAMPLE.ORG"));

            assertThat(requests.accept(RequestDatabase.asking("ines@example.org")))
                    .isEqualTo(first);
        }
    }

    @Test
    void oneKeyUsedAtTheSameMomentNamesOneRequest() throws Exception {
        List<DataSubjectRequest> accepted = atOnce(i -> RequestDatabase.asking("key@example.org", "caller", "one-key"));

        assertThat(accepted)
                .extracting(DataSubjectRequest::id)
                .containsOnly(accepted.get(0).id());
    }

    @Test
    void oneKeyForTwoPeopleAtTheSameMomentIsOnesAndRefusedToTheOther() throws Exception {
        List<DataSubjectRequest> accepted =
                atOnce(i -> RequestDatabase.asking("two-%d@example.org".formatted(i % 2), "caller", "key-of-two"));

        assertThat(accepted).as("half of them").hasSize(CALLERS / 2);
        assertThat(accepted)
                .extracting(DataSubjectRequest::id)
                .containsOnly(accepted.get(0).id());
    }

    @Test
    void aKeyNamesItsRequestAlsoAfterTheEndAndTwoKeysCanNameOne() {
        Requests requests = replica.getBean(Requests.class);
        UUID first = requests.accept(RequestDatabase.asking("ended@example.org", "caller", "ended-1"))
                .id();
        assertThat(requests.accept(RequestDatabase.asking("ended@example.org", "caller", "ended-2"))
                        .id())
                .isEqualTo(first);

        requests.close(first, RequestStatus.DELIVERED);

        for (String key : List.of("ended-1", "ended-2")) {
            assertThat(requests.accept(RequestDatabase.asking("ended@example.org", "caller", key))
                            .id())
                    .isEqualTo(first);
        }
        assertThat(requests.accept(RequestDatabase.asking("ended@example.org", "another caller", "ended-1"))
                        .id())
                .isNotEqualTo(first);
        assertThatThrownBy(() -> requests.accept(RequestDatabase.asking("other@example.org", "caller", "ended-1")))
                .isInstanceOf(IdempotencyKeyReusedException.class)
                .hasMessageNotContaining("example.org");
    }

    @Test
    void aClosedRequestStaysClosedAndItsPersonCanAskAgain() {
        Requests requests = replica.getBean(Requests.class);
        UUID first = requests.accept(RequestDatabase.asking("again-later@example.org"))
                .id();

        requests.close(first, RequestStatus.DELIVERED);
        requests.advance(first, RequestStatus.GATHERING);

        assertThat(requests.get(first).status()).isEqualTo(RequestStatus.DELIVERED);
        assertThat(requests.accept(RequestDatabase.asking("again-later@example.org"))
                        .id())
                .isNotEqualTo(first);
    }

    @Test
    void askingTwiceForAnUnknownAddressGivesOneIdAsForAKnownOneThatIsBeingAnswered() throws Exception {
        Instant receipt = Instant.parse("2026-05-10T08:00:00Z");
        NewRequest asked = asked("unknown@example.org");
        DataSubjectRequest first = requestsAt(receipt).accept(asked);
        requestsAt(receipt).close(first.id(), RequestStatus.UNKNOWN_SUBJECT);

        Requests shortlyAfter = requestsAt(receipt.plus(Duration.ofMinutes(14)));
        List<DataSubjectRequest> again = atOnce(shortlyAfter, i -> asked);

        assertThat(again).hasSize(CALLERS).containsOnly(first);
        assertThat(count("SELECT count(*) FROM request_step WHERE request_id = :id", first.id()))
                .as("to be looked up again")
                .isZero();
        shortlyAfter.close(first.id(), RequestStatus.UNKNOWN_SUBJECT);
        assertThat(requestsAt(receipt.plus(Duration.ofMinutes(30)))
                        .accept(asked)
                        .id())
                .isNotEqualTo(first.id());
    }

    @Test
    void aRequestThatStartsOverKeepsItsIdAndItsClockAndNothingElse() {
        Instant receipt = Instant.parse("2026-05-10T08:00:00Z");
        Requests requests = requestsAt(receipt);
        DataSubjectRequest accepted = requests.accept(asked("over@example.org"));
        UUID other = requests.accept(asked("not-over@example.org")).id();
        DatasetFindings findings = new DatasetFindings(
                "profile", DatasetFindings.Status.NOTHING_FOUND, List.of(), 0, 0, 0, Set.of(), List.of());
        for (UUID id : List.of(accepted.id(), other)) {
            requests.seal(id, new DataSubjectRequest.SealedPackage(1, "ab".repeat(32), receipt, receipt));
            requests.record(id, findings, Set.of(new SubjectKey("accountId", null, "42")));
            requests.close(id, RequestStatus.DELIVERED);
        }

        assertThat(requests.startOver(accepted.id())).isEqualTo(accepted).isEqualTo(requests.get(accepted.id()));
        assertThat(requests.findings(accepted.id())).isEmpty();
        assertThat(requests.keys(accepted.id())).isEmpty();
        assertThat(requests.get(other).status()).isEqualTo(RequestStatus.DELIVERED);
        assertThat(requests.findings(other)).hasSize(1);
        assertThat(requests.keys(other)).hasSize(1);
    }

    @Test
    void whatADatasetAnsweredIsKeptOnceHoweverOftenItIsRecorded() {
        Requests requests = replica.getBean(Requests.class);
        UUID id = RequestDatabase.accept(requests, 1).get(0);
        Set<SubjectKey> keys =
                Set.of(new SubjectKey("accountId", null, "42"), new SubjectKey("siteUserId", "site", "7"));
        DatasetFindings findings = new DatasetFindings(
                "posts",
                DatasetFindings.Status.COMPLETE,
                List.of(),
                2,
                4_000_000_000L,
                3,
                Set.of("site", "another-site"),
                List.of(new Part(id + "/posts/1.jsonl", "site", 3, 300, List.of("Id", "Body"))));

        requests.record(id, findings, keys);
        requests.record(id, findings, keys);

        assertThat(requests.findings(id)).containsExactly(findings);
        assertThat(requests.keys(id)).isEqualTo(keys);
        assertThat(count("SELECT count(*) FROM subject_key WHERE request_id = :id", id))
                .isEqualTo(2);
    }

    @Test
    void aSealedRequestHasItsPackageAndNoKeysOfThePerson() {
        Requests requests = replica.getBean(Requests.class);
        List<UUID> ids = RequestDatabase.accept(requests, 2);
        for (UUID id : ids) {
            requests.record(
                    id,
                    new DatasetFindings(
                            "profile", DatasetFindings.Status.NOTHING_FOUND, List.of(), 0, 0, 0, Set.of(), List.of()),
                    Set.of(new SubjectKey("accountId", null, "42")));
        }
        var sealed = new DataSubjectRequest.SealedPackage(
                1L << 40,
                "ab".repeat(32),
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-01-08T00:00:00Z"));

        requests.seal(ids.get(0), sealed);

        assertThat(requests.get(ids.get(0)).sealed()).isEqualTo(sealed);
        assertThat(requests.keys(ids.get(0))).isEmpty();
        assertThat(requests.keys(ids.get(1))).as("of somebody else").hasSize(1);
    }

    /** What became of as many requests, all sent at the same moment; those refused for their key are left out. */
    private static List<DataSubjectRequest> atOnce(IntFunction<NewRequest> asking) throws Exception {
        return atOnce(replica.getBean(Requests.class), asking);
    }

    private static List<DataSubjectRequest> atOnce(Requests requests, IntFunction<NewRequest> asking) throws Exception {
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Optional<DataSubjectRequest>>> sent = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                NewRequest asked = asking.apply(i);
                sent.add(callers.submit(() -> {
                    start.await();
                    try {
                        return Optional.of(requests.accept(asked));
                    } catch (IdempotencyKeyReusedException e) {
                        return Optional.empty();
                    }
                }));
            }
            List<DataSubjectRequest> accepted = new ArrayList<>();
            for (Future<Optional<DataSubjectRequest>> each : sent) {
                each.get().ifPresent(accepted::add);
            }
            return accepted;
        } finally {
            callers.shutdown();
        }
    }

    private static long count(String query, UUID id) {
        return jdbc.sql(query).param("id", id).query(Long.class).single();
    }

    /** In transactions, as in the application. */
    private static Requests requestsAt(Instant now) {
        ProxyFactory proxy = new ProxyFactory(new Requests(jdbc, new ObjectMapper(), Clock.fixed(now, ZoneOffset.UTC)));
        proxy.addAdvice(replica.getBean(TransactionInterceptor.class));
        return (Requests) proxy.getProxy();
    }

    private static NewRequest asked(String emailAddress) {
        return new NewRequest(
                RequestType.ACCESS, new EmailAddress(emailAddress.replace(":", "")), Locale.ENGLISH, "gateway", null);
    }
}
