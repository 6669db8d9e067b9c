package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.WarmJvm;
import io.themis.request.RequestLists.Counts;
import io.themis.request.RequestLists.Filter;
import io.themis.request.RequestLists.Place;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Lists of requests, later deadlines, links that end early and what people did, on the real database. */
@WarmJvm
class RequestListsIT {

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;
    private static JdbcClient jdbc;
    private static Requests requests;
    private static RequestLists lists;
    private static Deadlines deadlines;
    private static Acts acts;
    private static Erasures erasures;

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        replica = database.replica();
        jdbc = replica.getBean(JdbcClient.class);
        requests = replica.getBean(Requests.class);
        lists = replica.getBean(RequestLists.class);
        deadlines = replica.getBean(Deadlines.class);
        acts = replica.getBean(Acts.class);
        erasures = replica.getBean(Erasures.class);
    }

    @AfterAll
    static void stop() {
        replica.close();
        database.close();
    }

    @BeforeEach
    void forgetAll() {
        jdbc.sql("TRUNCATE data_subject_request CASCADE").update();
    }

    @Test
    void whatIsDueFirstComesFirstPageByPageAndNothingTwice() {
        List<UUID> expected = IntStream.range(0, 25)
                .mapToObj(i -> due(Instant.parse("2030-01-01T00:00:00Z").plusSeconds(i / 3 * 60)))
                .sorted((a, b) -> order(a).compareTo(order(b)))
                .toList();
        List<UUID> listed = new ArrayList<>();
        Place after = null;
        List<ListedRequest> page;
        do {
            page = lists.list(Filter.OPEN, after, 10);
            page.forEach(each -> listed.add(each.request().id()));
            after = page.isEmpty() ? null : page.get(page.size() - 1).place();
        } while (page.size() == 10);
        assertThat(listed).isEqualTo(expected);
    }

    /** PostgreSQL compares UUIDs by their bytes; Java's own order takes the first bit for a sign. */
    private static String order(UUID id) {
        return requests.get(id).dueAt() + " " + id;
    }

    @Test
    void whatEndedLastComesFirstAmongWhatHasEnded() {
        List<UUID> ids = List.of(accept(), accept(), accept());
        ids.forEach(id -> requests.close(id, RequestStatus.DELIVERED));
        assertThat(lists.list(Filter.CLOSED, null, 10))
                .extracting(each -> each.request().id())
                .containsExactly(ids.get(2), ids.get(1), ids.get(0));
        ListedRequest first = lists.list(Filter.CLOSED, null, 1).get(0);
        assertThat(lists.list(Filter.CLOSED, first.place(), 10))
                .extracting(each -> each.request().id())
                .containsExactly(ids.get(1), ids.get(0));
        assertThat(lists.list(Filter.OPEN, null, 10)).isEmpty();
    }

    @Test
    void eachFilterShowsItsOwnAndCountsIt() {
        UUID late = due(Instant.now().minusSeconds(60));
        UUID replay = requests.replay(UUID.randomUUID(), address(), Locale.ENGLISH, List.of())
                .id();
        dueAt(replay, Instant.now().minusSeconds(60));
        UUID partial = accept();
        requests.record(
                requests.get(partial),
                new DatasetFindings(
                        "posts",
                        DatasetFindings.Status.PARTIAL,
                        List.of(new Shortfall(Shortfall.Kind.UNREADABLE, "broken")),
                        1,
                        1,
                        0,
                        Set.of(),
                        List.of(),
                        new DatasetFindings.Asked(1, Map.of()),
                        DatasetFindings.Review.NOTHING),
                List.of());
        UUID parked = accept();
        insertStep(parked, "gather-data", "PARKED");
        UUID undelivered = accept();
        requests.advance(undelivered, RequestStatus.UNDELIVERED);
        UUID waiting = erasure();
        erasures.propose(requests.get(waiting), "{}", "d");
        requests.advance(waiting, RequestStatus.AWAITING_APPROVAL);
        UUID approved = erasure();
        erasures.propose(requests.get(approved), "{}", "d");
        requests.advance(approved, RequestStatus.AWAITING_APPROVAL);
        erasures.approve(approved, "d", "odo", 1);

        assertThat(ids(Filter.LATE)).containsExactly(late);
        assertThat(ids(Filter.OPEN)).contains(replay);
        assertThat(ids(Filter.PARTIAL)).containsExactly(partial);
        assertThat(ids(Filter.STUCK)).containsExactlyInAnyOrder(parked, undelivered);
        assertThat(ids(Filter.WAITING)).containsExactly(waiting);
        assertThat(lists.counts()).isEqualTo(new Counts(7, 1, 1, 1, 2));
        assertThat(lists.list(Filter.PARTIAL, null, 1).get(0).isPartial()).isTrue();
        assertThat(lists.list(Filter.STUCK, null, 1).get(0).isStuck()).isTrue();
        assertThat(lists.list(Filter.LATE, null, 1).get(0))
                .returns(false, ListedRequest::isPartial)
                .returns(false, ListedRequest::isStuck);
    }

    private static List<UUID> ids(Filter filter) {
        return lists.list(filter, null, 100).stream()
                .map(each -> each.request().id())
                .toList();
    }

    @Test
    void aPersonsListHasWhatTheyAskedForByWhateverCaseAndNothingElse() {
        UUID mine = requests.accept(RequestDatabase.asking("Ada@example.org")).id();
        accept();
        UUID replay = requests.replay(UUID.randomUUID(), new EmailAddress("ada@example.org"), Locale.ENGLISH, List.of())
                .id();
        assertThat(lists.of(new EmailAddress("ada@EXAMPLE.org")))
                .extracting(each -> each.request().id())
                .containsExactly(mine);
        assertThat(lists.about(new EmailAddress("ada@EXAMPLE.org"), 10))
                .extracting(each -> each.request().id())
                .containsExactly(replay, mine);
        assertThat(lists.about(new EmailAddress("ada@EXAMPLE.org"), 1))
                .extracting(each -> each.request().id())
                .containsExactly(replay);
    }

    @Test
    void aRequestIsParkedIfAStepIsAndNoneIsBeingDone() {
        UUID id = accept();
        assertThat(isParked(id)).isFalse();
        insertStep(id, "a", "WAITING");
        assertThat(isParked(id)).isFalse();
        insertStep(id, "b", "PARKED");
        assertThat(isParked(id)).isTrue();
        insertStep(id, "c", "RUNNING");
        assertThat(isParked(id)).isFalse();
    }

    private static boolean isParked(UUID id) {
        return lists.standings(List.of(id)).get(0).isParked();
    }

    private static void insertStep(UUID id, String name, String state) {
        jdbc.sql("INSERT INTO request_step (request_id, name, state, due_at) VALUES (:id, :name, :state, now())")
                .param("id", id)
                .param("name", name)
                .param("state", state)
                .update();
    }

    @Test
    void aDeadlineIsLaterByCalendarMonthsOfTheReceipt() {
        UUID id = identified();
        receivedAt(id, Instant.parse("2027-12-31T10:00:00Z"));
        deadlines.extend(id, 2, "Many.", "odo");
        assertThat(requests.get(id).dueAt()).isEqualTo(Instant.parse("2028-03-31T10:00:00Z"));
        assertThat(deadlines.extension(id))
                .hasValueSatisfying(extension -> assertThat(extension)
                        .returns(Instant.parse("2028-01-31T10:00:00Z"), Extension::formerDueAt)
                        .returns("Many.", Extension::reason)
                        .returns("odo", Extension::officer));
        assertThatThrownBy(() -> deadlines.extend(id, 1, "Again.", "odo")).isInstanceOf(WrongStateException.class);

        UUID leap = identified();
        receivedAt(leap, Instant.parse("2027-11-30T10:00:00Z"));
        deadlines.extend(leap, 1, "Many.", "odo");
        assertThat(requests.get(leap).dueAt()).isEqualTo(Instant.parse("2028-01-30T10:00:00Z"));
    }

    @Test
    void whoCannotBeToldInTimeHasTheFirstDeadline() {
        UUID unknown = accept();
        UUID late = identified();
        jdbc.sql("UPDATE data_subject_request SET due_at = now() WHERE id = :id")
                .param("id", late)
                .update();
        UUID closed = identified();
        requests.close(closed, RequestStatus.DELIVERED);
        UUID replay = requests.replay(UUID.randomUUID(), address(), Locale.ENGLISH, List.of())
                .id();
        requests.greet(replay, "Ada");
        for (UUID id : List.of(unknown, late, closed, replay)) {
            Instant before = requests.get(id).dueAt();
            assertThatThrownBy(() -> deadlines.extend(id, 2, "Many.", "odo")).isInstanceOf(WrongStateException.class);
            assertThat(requests.get(id).dueAt()).isEqualTo(before);
        }
    }

    @Test
    void theMailAboutALaterDeadlineOutlivesANewBeginning() {
        UUID id = identified();
        for (String step : List.of("send-extended-mail", "gather-data")) {
            insertStep(id, step, "WAITING");
        }
        requests.startOver(id);
        assertThat(jdbc.sql("SELECT name FROM request_step WHERE request_id = :id")
                        .param("id", id)
                        .query(String.class)
                        .list())
                .containsExactly("send-extended-mail");
    }

    @Test
    void linksEndOnceAndOnlyThoseThatThePersonHas() {
        UUID id = accept();
        assertThatThrownBy(() -> requests.endLinks(id)).isInstanceOf(WrongStateException.class);
        requests.seal(
                id,
                new DataSubjectRequest.SealedPackage(
                        List.of(new Volume("a.zip", 1, 1, "a")),
                        Instant.now(),
                        Instant.now().plusSeconds(600)));
        assertThat(requests.isDownloadable(requests.get(id))).isTrue();
        assertThatThrownBy(() -> requests.endLinks(id)).isInstanceOf(WrongStateException.class);
        requests.close(id, RequestStatus.DELIVERED);

        requests.endLinks(id);
        assertThat(requests.isDownloadable(requests.get(id))).isFalse();
        assertThat(requests.get(id).sealed().expiresAt()).isBeforeOrEqualTo(Instant.now());
        assertThatThrownBy(() -> requests.endLinks(id)).isInstanceOf(WrongStateException.class);
    }

    @Test
    void anErasureIsWithdrawnOnlyBeforeItIsApproved() {
        UUID id = erasure();
        assertThatThrownBy(() -> erasures.withdraw(id)).isInstanceOf(WrongStateException.class);
        erasures.propose(requests.get(id), "{}", "d");
        erasures.withdraw(id);
        assertThat(requests.get(id).status()).isEqualTo(RequestStatus.WITHDRAWN);
        assertThatThrownBy(() -> erasures.approve(id, "d", "odo", 1)).isInstanceOf(WrongStateException.class);

        UUID approved = erasure();
        erasures.propose(requests.get(approved), "{}", "d");
        erasures.approve(approved, "d", "odo", 1);
        assertThatThrownBy(() -> erasures.withdraw(approved))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("too late to withdraw");
    }

    @Test
    void whatPeopleDidIsKeptInItsOrder() {
        UUID id = accept();
        UUID other = accept();
        acts.note(id, "retry", "gather-data", "olga");
        acts.note(other, "restart", null, "olga");
        acts.note(id, "resend", null, "odo");
        assertThat(acts.of(id))
                .extracting(act -> act.number() + " " + act.act() + " " + act.detail() + " " + act.actor())
                .containsExactly("1 retry gather-data olga", "2 resend null odo");
        assertThat(acts.count(id, "resend")).isOne();
    }

    private static EmailAddress address() {
        return new EmailAddress("person-" + UUID.randomUUID() + "@example.org");
    }

    private static UUID accept() {
        return requests.accept(RequestDatabase.asking(address().value())).id();
    }

    private static UUID erasure() {
        return requests.accept(new NewRequest(RequestType.ERASURE, address(), Locale.ENGLISH, "tester", null))
                .id();
    }

    private static UUID identified() {
        UUID id = accept();
        requests.greet(id, "Ada");
        return id;
    }

    private static UUID due(Instant dueAt) {
        UUID id = accept();
        dueAt(id, dueAt);
        return id;
    }

    private static void dueAt(UUID id, Instant dueAt) {
        jdbc.sql("UPDATE data_subject_request SET due_at = :due WHERE id = :id")
                .param("due", dueAt.atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
    }

    private static void receivedAt(UUID id, Instant receivedAt) {
        jdbc.sql("UPDATE data_subject_request SET received_at = :at, due_at = :due WHERE id = :id")
                .param("at", receivedAt.atOffset(ZoneOffset.UTC))
                .param("due", receivedAt.atOffset(ZoneOffset.UTC).plusMonths(1))
                .param("id", id)
                .update();
    }
}
