package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.themis.WarmJvm;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
@WarmJvm
class RequestsIT {

    private static final Asked ASKED = new Asked(1, Map.of("emailAddress", 1));

    private static final int CALLERS = 8;

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;
    private static JdbcClient jdbc;

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        replica = database.replica();
        jdbc = jdbc(replica);
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
    void anUnknownPersonsRequestStaysOpenAsLongAsTheLastKnownPersonsTook() {
        Instant receipt = Instant.parse("2026-05-10T08:00:00Z");
        try (RequestDatabase own = RequestDatabase.create();
                ConfigurableApplicationContext alone = own.replica()) {
            DataSubjectRequest unknown = requestsAt(alone, receipt).accept(asked("unknown@example.org"));
            assertThat(requestsAt(alone, receipt).endOfUnknown(unknown))
                    .as("before anybody has been answered")
                    .isEqualTo(receipt.plus(Duration.ofMinutes(1)));

            for (int minutes : new int[] {90, 7}) {
                UUID known = requestsAt(alone, receipt)
                        .accept(asked(minutes + "@example.org"))
                        .id();
                Duration took = Duration.ofMinutes(minutes);
                // The one that took seven minutes closes after the one that took ninety.
                jdbc(alone)
                        .sql("UPDATE data_subject_request SET received_at = :receipt WHERE id = :id")
                        .param(
                                "receipt",
                                receipt.plus(Duration.ofDays(10 - minutes / 10)).atOffset(ZoneOffset.UTC))
                        .param("id", known)
                        .update();
                requestsAt(
                                alone,
                                requestsAt(alone, receipt)
                                        .get(known)
                                        .receivedAt()
                                        .plus(took))
                        .close(known, RequestStatus.DELIVERED);
                if (minutes == 90) {
                    assertThat(requestsAt(alone, receipt).endOfUnknown(unknown))
                            .as("never more than an hour")
                            .isEqualTo(receipt.plus(Duration.ofHours(1)));
                }
            }
            assertThat(requestsAt(alone, receipt).endOfUnknown(unknown)).isEqualTo(receipt.plus(Duration.ofMinutes(7)));
        }
    }

    @Test
    void anAnswerThatComesAfterTheRequestHasBegunAgainOrItsPackageIsWholeIsNotKept() {
        Requests requests = replica.getBean(Requests.class);
        DataSubjectRequest before = requests.accept(RequestDatabase.asking("late@example.org"));
        DatasetFindings findings = new DatasetFindings(
                "profile",
                DatasetFindings.Status.NOTHING_FOUND,
                List.of(),
                0,
                0,
                0,
                Set.of(),
                List.of(),
                ASKED,
                Review.NOTHING);
        Set<SubjectKey> keys = Set.of(new SubjectKey("accountId", null, "42"));

        DataSubjectRequest again = requests.startOver(before.id());
        assertThatThrownBy(() -> requests.record(before, findings, keys)).hasMessageContaining("too late");
        assertThat(requests.findings(before.id())).isEmpty();
        assertThat(requests.keys(before.id())).isEmpty();

        requests.seal(again.id(), new DataSubjectRequest.SealedPackage(List.of(), Instant.EPOCH, Instant.EPOCH));
        assertThatThrownBy(() -> requests.record(again, findings, keys)).hasMessageContaining("too late");
        assertThat(requests.keys(again.id())).isEmpty();
    }

    @Test
    void aRequestThatStartsOverKeepsItsIdAndItsClockAndNothingElse() {
        Requests requests = replica.getBean(Requests.class);
        DataSubjectRequest accepted = requests.accept(RequestDatabase.asking("over@example.org"));
        DataSubjectRequest other = requests.accept(RequestDatabase.asking("not-over@example.org"));
        DatasetFindings findings = new DatasetFindings(
                "profile",
                DatasetFindings.Status.NOTHING_FOUND,
                List.of(),
                0,
                0,
                0,
                Set.of(),
                List.of(),
                ASKED,
                Review.NOTHING);
        for (DataSubjectRequest each : List.of(accepted, other)) {
            requests.record(each, findings, Set.of(new SubjectKey("accountId", null, "42")));
            requests.advance(each.id(), RequestStatus.GATHERING);
        }

        DataSubjectRequest again = requests.startOver(accepted.id());

        assertThat(again)
                .usingRecursiveComparison()
                .ignoringFields("run")
                .isEqualTo(accepted)
                .isEqualTo(requests.get(accepted.id()));
        assertThat(again.run()).isEqualTo(2);
        assertThat(requests.findings(accepted.id())).isEmpty();
        assertThat(requests.keys(accepted.id())).isEmpty();
        assertThat(requests.get(other.id()).status()).isEqualTo(RequestStatus.GATHERING);
        assertThat(requests.findings(other.id())).hasSize(1);
        assertThat(requests.keys(other.id())).hasSize(1);
    }

    @Test
    void whatWasFoundIsForgottenAndTheKeysThatLeadToItAreNot() {
        Requests requests = replica.getBean(Requests.class);
        List<UUID> ids = RequestDatabase.accept(requests, 2);
        Set<SubjectKey> keys = Set.of(new SubjectKey("accountId", null, "42"));
        ids.forEach(id -> requests.record(requests.get(id), nothingFound(), keys));

        requests.forgetFindings(ids.get(0));

        assertThat(requests.findings(ids.get(0))).isEmpty();
        assertThat(requests.keys(ids.get(0))).isEqualTo(keys);
        assertThat(requests.findings(ids.get(1))).hasSize(1);
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
                List.of(new Part(id + "/posts/1.jsonl", "site", 3, 300, List.of("Id", "Body"), Map.of("Body", 2L))),
                new Asked(3, Map.of("siteUserId", 2, "accountId", 1)),
                Review.NOTHING);

        requests.record(requests.get(id), findings, keys);
        requests.record(requests.get(id), findings, keys);

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
                    requests.get(id),
                    new DatasetFindings(
                            "profile",
                            DatasetFindings.Status.NOTHING_FOUND,
                            List.of(),
                            0,
                            0,
                            0,
                            Set.of(),
                            List.of(),
                            ASKED,
                            Review.NOTHING),
                    Set.of(new SubjectKey("accountId", null, "42")));
        }
        var sealed = new DataSubjectRequest.SealedPackage(
                List.of(
                        new Volume("1-of-2.zip", 1L << 40, 1L << 41, "ab".repeat(32)),
                        new Volume("2-of-2.zip", 7, 8, "cd".repeat(32))),
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

    static DatasetFindings nothingFound() {
        return new DatasetFindings(
                "profile",
                DatasetFindings.Status.NOTHING_FOUND,
                List.of(),
                0,
                0,
                0,
                Set.of(),
                List.of(),
                ASKED,
                Review.NOTHING);
    }

    @Test
    void anIdOfAMessageThatASenderUsesAgainMuchLaterIsAnotherRequest() {
        NewRequest message = RequestDatabase.asking("reused@example.org", "queue", "4711");
        Instant first = Instant.now();
        DataSubjectRequest request = requestsAt(first).accept(message);
        jdbc.sql("UPDATE data_subject_request SET closed_at = now() WHERE id = :id")
                .param("id", request.id())
                .update();

        assertThat(requestsAt(first.plus(Duration.ofDays(13))).accept(message).id())
                .as("the broker brings it again")
                .isEqualTo(request.id());
        UUID later = requestsAt(first.plus(Duration.ofDays(15))).accept(message).id();
        assertThat(later).isNotEqualTo(request.id());
        assertThat(requestsAt(first.plus(Duration.ofDays(16))).accept(message).id())
                .isEqualTo(later);
    }

    private static JdbcClient jdbc(ConfigurableApplicationContext where) {
        return where.getBean(JdbcClient.class);
    }

    private static long count(String query, UUID id) {
        return jdbc.sql(query).param("id", id).query(Long.class).single();
    }

    /** In transactions, as in the application. */
    private static Requests requestsAt(Instant now) {
        return requestsAt(replica, now);
    }

    private static Requests requestsAt(ConfigurableApplicationContext where, Instant now) {
        ProxyFactory proxy = new ProxyFactory(new Requests(
                jdbc(where),
                new ObjectMapper(),
                Clock.fixed(now, ZoneOffset.UTC),
                new RequestTraces(Tracer.NOOP, Propagator.NOOP)));
        proxy.setProxyTargetClass(true);
        proxy.addAdvice(where.getBean(TransactionInterceptor.class));
        return (Requests) proxy.getProxy();
    }

    private static NewRequest asked(String emailAddress) {
        return new NewRequest(
                RequestType.ACCESS, new EmailAddress(emailAddress.replace(":", "")), Locale.ENGLISH, "gateway", null);
    }
}
