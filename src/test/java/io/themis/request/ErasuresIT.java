package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.WarmJvm;
import io.themis.request.DataSubjectRequest.SealedPackage;
import io.themis.request.ErasureFile.Name;
import io.themis.request.ErasureFile.State;
import io.themis.request.Erasures.Approved;
import io.themis.request.LedgerEntries.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;

/** Erasures on the real database: who may begin one, what of it is left to do, and what is kept of it. */
@WarmJvm
class ErasuresIT {

    private static final Set<SubjectKey> KEYS =
            Set.of(new SubjectKey("accountId", null, "42"), new SubjectKey("siteUserId", "site", "7"));

    private static RequestDatabase database;
    private static ConfigurableApplicationContext replica;
    private static Requests requests;
    private static Erasures erasures;
    private static ErasureFiles files;
    private static RecipientNotices notices;

    @BeforeAll
    static void start() {
        database = RequestDatabase.create();
        replica = database.replica();
        requests = replica.getBean(Requests.class);
        erasures = replica.getBean(Erasures.class);
        files = replica.getBean(ErasureFiles.class);
        notices = replica.getBean(RecipientNotices.class);
    }

    @AfterAll
    static void stop() {
        replica.close();
        database.close();
    }

    @Test
    void aPlanIsKeptToTheLastByte() {
        DataSubjectRequest request = erasure();
        String plan = "{ \"b\": 1.0,\n  \"a\": \"\u00e4\", \"a\": 2 }";

        erasures.propose(request, plan, "d1");

        Proposal kept = erasures.proposal(request.id()).orElseThrow();
        assertThat(kept.plan()).isEqualTo(plan);
        assertThat(kept.digest()).isEqualTo("d1");
        assertThat(erasures.planDigest(request.id())).contains("d1");
        assertThat(kept.isApproved()).isFalse();
    }

    @Test
    void twoDifferentPeopleApproveAndTheSamePersonTwiceIsOne() {
        DataSubjectRequest request = planned("d1");

        assertThat(erasures.approve(request.id(), "d1", "odo", 2)).isEqualTo(new Approved(true, false));
        assertThat(erasures.approve(request.id(), "d1", "odo", 2)).isEqualTo(new Approved(false, false));
        assertThat(erasures.proposal(request.id()).orElseThrow().isApproved()).isFalse();
        assertThat(erasures.approve(request.id(), "d1", "pia", 2)).returns(true, Approved::isEnough);

        assertThat(erasures.proposal(request.id()).orElseThrow().isApproved()).isTrue();
        assertThat(erasures.approvals(request.id()))
                .extracting(Approval::approver)
                .containsExactly("odo", "pia");
    }

    /** Its record has it once. */
    @Test
    void twoClicksAtOnceAreOneApproval() {
        DataSubjectRequest request = planned("d1");
        List<CompletableFuture<Approved>> clicks = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> erasures.approve(request.id(), "d1", "odo", 2)))
                .limit(2)
                .toList();
        assertThat(clicks.stream().map(CompletableFuture::join))
                .containsExactlyInAnyOrder(new Approved(true, false), new Approved(false, false));
    }

    /** The setting has been made smaller meanwhile. */
    @Test
    void aRepeatedApprovalMayBeEnoughAndIsNotNew() {
        DataSubjectRequest request = planned("d1");
        erasures.approve(request.id(), "d1", "odo", 2);
        assertThat(erasures.approve(request.id(), "d1", "odo", 1)).isEqualTo(new Approved(false, true));
    }

    @Test
    void anApprovalMoreThanIsNeededBeginsNothingAnew() {
        DataSubjectRequest request = planned("d1");
        assertThat(erasures.approve(request.id(), "d1", "odo", 2)).returns(false, Approved::isEnough);
        assertThat(erasures.approve(request.id(), "d1", "pia", 2)).returns(true, Approved::isEnough);
        Instant approvedAt = erasures.proposal(request.id()).orElseThrow().approvedAt();
        assertThatThrownBy(() -> erasures.approve(request.id(), "d1", "kim", 2))
                .isInstanceOf(WrongStateException.class)
                .hasMessage("the plan has been approved by others, and is being carried out");
        assertThat(erasures.approvals(request.id()))
                .extracting(Approval::approver)
                .containsExactly("odo", "pia");
        assertThat(erasures.approve(request.id(), "d1", "pia", 2)).returns(false, Approved::isEnough);
        assertThat(erasures.proposal(request.id()).orElseThrow().approvedAt()).isEqualTo(approvedAt);
    }

    @Test
    void onePersonIsEnoughWhereOneIsNeeded() {
        assertThat(erasures.approve(planned("d1").id(), "d1", "odo", 1)).returns(true, Approved::isEnough);
    }

    @Test
    void anotherPlanTakesTheApprovalsAwayAndTheSameDoesNot() {
        DataSubjectRequest request = planned("d1");
        erasures.approve(request.id(), "d1", "odo", 1);

        erasures.propose(request, "{}", "d1");
        assertThat(erasures.proposal(request.id()).orElseThrow().isApproved()).isTrue();

        erasures.propose(request, "{}", "d2");
        assertThat(erasures.proposal(request.id()).orElseThrow().isApproved()).isFalse();
        assertThat(erasures.approvals(request.id())).isEmpty();
        assertThatThrownBy(() -> erasures.approve(request.id(), "d1", "odo", 1))
                .isInstanceOf(WrongStateException.class)
                .hasMessage("the plan has changed; look at it again");
    }

    @Test
    void aPlanOfAnEarlierRunOrForAnEndedRequestComesTooLate() {
        DataSubjectRequest before = planned("d1");
        erasures.approve(before.id(), "d1", "odo", 1);

        DataSubjectRequest again = requests.startOver(before.id());

        assertThat(erasures.proposal(before.id())).isEmpty();
        assertThat(erasures.planDigest(before.id())).isEmpty();
        assertThat(erasures.approvals(before.id())).isEmpty();
        assertThatThrownBy(() -> erasures.approve(before.id(), "d1", "odo", 1)).isInstanceOf(WrongStateException.class);
        assertThatThrownBy(() -> erasures.propose(before, "{}", "d1")).hasMessageContaining("too late");
        erasures.propose(again, "{}", "d1");
        assertThat(erasures.proposal(before.id()).orElseThrow().isApproved()).isFalse();

        requests.close(again.id(), RequestStatus.DONE);
        assertThatThrownBy(() -> erasures.propose(again, "{}", "d2")).hasMessageContaining("too late");
        assertThatThrownBy(() -> erasures.approve(again.id(), "d1", "odo", 1)).isInstanceOf(WrongStateException.class);
    }

    @Test
    void aRefusalClosesTheRequestAndCannotComeAfterTheApproval() {
        DataSubjectRequest request = planned("d1");
        requests.record(request, RequestsIT.nothingFound(), KEYS);

        erasures.refuse(request.id(), "The invoices are not paid.", "odo");

        assertThat(requests.get(request.id()).status()).isEqualTo(RequestStatus.REFUSED);
        assertThat(erasures.outcome(request.id()).orElseThrow().refusal()).isEqualTo("The invoices are not paid.");
        assertThat(requests.keys(request.id())).isEmpty();
        assertThat(requests.findings(request.id()))
                .as("names of files can have keys")
                .isEmpty();
        assertThatThrownBy(() -> erasures.approve(request.id(), "d1", "pia", 1))
                .isInstanceOf(WrongStateException.class);

        DataSubjectRequest approved = planned("d1");
        erasures.approve(approved.id(), "d1", "odo", 1);
        assertThatThrownBy(() -> erasures.refuse(approved.id(), "No.", "pia")).isInstanceOf(WrongStateException.class);
        assertThatThrownBy(() -> erasures.refuse(erasure().id(), "No.", "pia")).isInstanceOf(WrongStateException.class);
    }

    @Test
    void onePassHasEveryApprovedRequestThatIsErasingAndHasTheFilePending() {
        Name file = new Name("posts", UUID.randomUUID() + "/Posts.xml");
        DataSubjectRequest first = erasing(file);
        DataSubjectRequest second = erasing(file);
        DataSubjectRequest done = erasing(file);
        files.mark(done.id(), file.dataset(), file.file(), State.REWRITTEN, "{}");
        DataSubjectRequest notApproved = planned("d1");
        files.plan(notApproved.id(), List.of(file));
        requests.advance(notApproved.id(), RequestStatus.ERASING);
        DataSubjectRequest notErasing = planned("d1");
        erasures.approve(notErasing.id(), "d1", "odo", 1);
        files.plan(notErasing.id(), List.of(file));
        erasing(new Name("votes", file.file()));

        assertThat(files.pendingRequestsFor(file.dataset(), file.file()))
                .containsExactly(requests.get(first.id()), requests.get(second.id()));
    }

    @Test
    void aFileIsPlannedOnceForAPlanAndAgainForTheNextOne() {
        Name one = new Name("posts", "a");
        Name two = new Name("posts", "b");
        DataSubjectRequest request = planned("d1");
        files.plan(request.id(), List.of(one, two));
        files.mark(request.id(), "posts", "a", State.REWRITTEN, "{\"rows\": 1}");
        files.plan(request.id(), List.of(one, two));
        assertThat(files.of(request.id()))
                .containsExactly(
                        new ErasureFile("posts", "a", State.REWRITTEN, "{\"rows\": 1}"),
                        new ErasureFile("posts", "b", State.PENDING, null));

        erasures.propose(request, "{}", "d2");
        assertThat(files.of(request.id()))
                .as("what was done stays done")
                .containsExactly(new ErasureFile("posts", "a", State.REWRITTEN, "{\"rows\": 1}"));

        files.plan(request.id(), List.of(one));
        assertThat(files.of(request.id()))
                .containsExactly(new ErasureFile("posts", "a", State.PENDING, "{\"rows\": 1}"));
        assertThatThrownBy(() -> files.mark(request.id(), "posts", "b", State.VERIFIED, null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("\"b\"");
    }

    @Test
    void anErasureHasBegunSinceTheFirstRowWentAndAnotherPlanHasNotBegun() {
        DataSubjectRequest request = planned("d1");
        assertThatThrownBy(() -> erasures.begin(request.id()))
                .as("not approved")
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThat(erasures.begunAt(request.id())).isEmpty();
        erasures.approve(request.id(), "d1", "odo", 2);
        erasures.approve(request.id(), "d1", "pia", 2);
        Instant before = Instant.now().minusSeconds(1);
        erasures.begin(request.id());
        Instant begun = erasures.begunAt(request.id()).orElseThrow();
        assertThat(begun).isAfter(before);
        erasures.begin(request.id());
        erasures.propose(request, "{}", "d1");
        assertThat(erasures.begunAt(request.id())).contains(begun);

        erasures.propose(request, "{}", "d2");
        assertThat(erasures.begunAt(request.id())).isEmpty();

        erasures.approve(request.id(), "d2", "kim", 1);
        erasures.begin(request.id());
        requests.startOver(request.id());
        assertThat(erasures.begunAt(request.id())).isEmpty();
        assertThat(erasures.begun(request.id()))
                .extracting(BegunPlan::approvals)
                .as("for the certificate of all runs")
                .containsExactly(2, 1);
        assertThat(erasures.begun(request.id()).get(0).begunAt()).isEqualTo(begun);
    }

    @Test
    void aDatasetIsDoneOnceInARunAndItsRowsAddUpOverAll() {
        DataSubjectRequest request = planned("d1");
        assertThat(erasures.done(request.id(), "orders")).isEqualTo(new Erasures.Done(0, 0));

        erasures.datasetDone(request, "orders", 3, 1);
        erasures.datasetDone(request, "orders", 300, 100);
        erasures.datasetDone(request, "crm", 7, 0);
        assertThat(erasures.done(request.id(), "orders")).isEqualTo(new Erasures.Done(3, 1));

        DataSubjectRequest again = requests.startOver(request.id());
        erasures.datasetDone(again, "orders", 2, 0);
        assertThat(erasures.done(request.id(), "orders")).isEqualTo(new Erasures.Done(5, 1));
    }

    /** The database is erased as planned or not at all, and a crash after its commit leaves nothing to count. */
    @Test
    void rowsThatWereGoneAreOursOnlyIfAnAttemptBeforeMayHaveErasedThem() {
        DataSubjectRequest request = planned("d1");
        erasures.datasetBegun(request, "taken by others", 3, 1);
        erasures.datasetDone(request, "taken by others", 0, 0);
        assertThat(erasures.done(request.id(), "taken by others")).isEqualTo(new Erasures.Done(0, 0));

        erasures.datasetBegun(request, "orders", 3, 1);
        assertThat(erasures.done(request.id(), "orders")).isEqualTo(new Erasures.Done(0, 0));
        assertThat(erasures.isDone(request, "orders")).isFalse();
        erasures.datasetBegun(request, "orders", 3, 1);
        erasures.datasetDone(request, "orders", 0, 0);
        assertThat(erasures.done(request.id(), "orders")).isEqualTo(new Erasures.Done(3, 1));
        assertThat(erasures.isDone(request, "orders")).isTrue();
    }

    @Test
    void namesOfFilesThatHoldThePersonsKeysAreForgottenWithThem() {
        Name rows = new Name("posts", "coffee/Posts.xml");
        Name record = new Name("attachments", "42/photo.png");
        DataSubjectRequest request = planned("d1");
        files.plan(request.id(), List.of(rows));
        files.planRecords(request.id(), List.of(record));
        files.mark(request.id(), record.dataset(), record.file(), State.VERIFIED, "{\"bytes\": 1}");
        files.planRecords(request.id(), List.of(record));
        assertThat(files.find(request.id(), record))
                .contains(new ErasureFile("attachments", "42/photo.png", State.VERIFIED, "{\"bytes\": 1}"));
        assertThat(files.find(request.id(), new Name("posts", record.file()))).isEmpty();
        assertThat(files.find(planned("d1").id(), rows)).isEmpty();

        erasures.certify(request.id(), "{}");

        assertThat(files.of(request.id())).containsExactly(new ErasureFile("posts", rows.file(), State.PENDING, null));
        assertThat(files.find(request.id(), record)).isEmpty();
    }

    @Test
    void whomTheLedgerNamesIsKnownAlthoughWhatSaidSoMayBeGone() {
        DataSubjectRequest request = erasure();
        assertThat(requests.isIdentified(request)).isFalse();
        replica.getBean(LedgerEntries.class).put(new LedgerEntry(request.id(), "k", new byte[] {1}));
        assertThat(requests.isIdentified(request)).isTrue();
        assertThat(requests.isIdentified(erasure())).isFalse();

        DataSubjectRequest replay =
                requests.replay(UUID.randomUUID(), new EmailAddress("identified@example.org"), Locale.ENGLISH, KEYS);
        assertThat(requests.isIdentified(replay)).isTrue();
    }

    @Test
    void theCertificateIsKeptOnceAndTheKeysOfThePersonNoLonger() {
        DataSubjectRequest request = planned("d1");
        requests.record(request, RequestsIT.nothingFound(), KEYS);

        erasures.report(request.id(), "{\"isDone\": true}");
        erasures.certify(request.id(), "{\"first\": 1}");
        erasures.certify(request.id(), "{\"second\": 2}");

        Outcome outcome = erasures.outcome(request.id()).orElseThrow();
        assertThat(outcome.report()).isEqualTo("{\"isDone\": true}");
        assertThat(outcome.certificate()).isEqualTo("{\"first\": 1}");
        assertThat(requests.keys(request.id())).isEmpty();
    }

    @Test
    void recipientsAreCountedAndToldOnceAndConfirmOnce() {
        UUID id = erasure().id();

        notices.plan(id, List.of("mail@x.example", "post@x.example"));
        notices.plan(id, List.of("late@x.example", "post@x.example"));
        assertThat(notices.received(id, 2)).as("confirmed before it was told").isFalse();
        notices.sent(id, 2);
        Instant sent = notices.of(id).get(1).sentAt();
        notices.sent(id, 2);
        assertThat(notices.received(id, 2)).isTrue();
        Instant confirmed = notices.of(id).get(1).receiptAt();
        assertThat(notices.received(id, 2)).isTrue();
        assertThat(notices.received(id, 3)).isFalse();

        assertThat(notices.of(id))
                .containsExactly(
                        new RecipientNotice(1, "mail@x.example", null, null),
                        new RecipientNotice(2, "post@x.example", sent, confirmed),
                        new RecipientNotice(3, "late@x.example", null, null));
        assertThat(sent).isNotNull();
        assertThat(confirmed).isNotNull();
    }

    @Test
    void anErasureWaitsForThePackageOfTheAccessRequestBeforeIt() {
        DataSubjectRequest erasure = accessFirst("first@example.org", "k1");
        DataSubjectRequest access = requests.accessBefore(erasure);
        assertThat(access.type()).isEqualTo(RequestType.ACCESS);
        assertThat(access.emailAddress()).isEqualTo(erasure.emailAddress());
        assertThat(requests.isWaitingForAccess(erasure)).isTrue();

        assertThat(accessFirst("first@example.org", "k1").id()).isEqualTo(erasure.id());
        assertThat(accessFirst("FIRST@example.org", "k2").id()).isEqualTo(erasure.id());
        assertThat(requests.accessBefore(erasure).id()).isEqualTo(access.id());

        assertThatThrownBy(() -> requests.requirePackageFirst(erasure))
                .isInstanceOf(NotYetException.class)
                .hasMessageContaining("package");

        requests.seal(access.id(), new SealedPackage(List.of(), Instant.EPOCH, Instant.EPOCH));
        assertThat(requests.isWaitingForAccess(erasure)).isFalse();
        requests.requirePackageFirst(erasure);
    }

    @Test
    void anErasureDoesNotWaitForAPackageThatWillNotBe() {
        DataSubjectRequest erasure = accessFirst("unknown@example.org", null);
        requests.close(requests.accessBefore(erasure).id(), RequestStatus.UNKNOWN_SUBJECT);
        assertThat(requests.isWaitingForAccess(erasure)).isFalse();
        assertThat(requests.isWaitingForAccess(erasure())).isFalse();
    }

    @Test
    void anAccessRequestThatIsOpenIsTheOneBeforeTheErasure() {
        DataSubjectRequest open = requests.accept(RequestDatabase.asking("open@example.org"));
        assertThat(requests.accessBefore(accessFirst("open@example.org", null))).isEqualTo(open);
    }

    @Test
    void aKeyThatNamesAnErasureAloneNamesNoneThatWaits() {
        NewRequest alone = new NewRequest(
                RequestType.ERASURE, new EmailAddress("alone@example.org"), Locale.ENGLISH, "caller", "alone");
        requests.accept(alone);
        assertThatThrownBy(() -> accessFirst("alone@example.org", "alone"))
                .isInstanceOf(IdempotencyKeyReusedException.class);
    }

    @Test
    void aReplayNeedsNoApprovalAndHasTheKeysThatTheFirstErasureHad() {
        UUID erased = UUID.randomUUID();
        EmailAddress address = new EmailAddress("replayed@example.org");

        DataSubjectRequest replay = requests.replay(erased, address, Locale.GERMAN, KEYS);
        assertThat(requests.replay(erased, address, Locale.GERMAN, KEYS).id()).isEqualTo(replay.id());

        assertThat(requests.isReplay(replay)).isTrue();
        assertThat(replay.caller()).isEqualTo("replay");
        assertThat(requests.keys(replay.id())).isEqualTo(KEYS);
        requests.record(replay, RequestsIT.nothingFound(), KEYS);
        erasures.propose(replay, "{}", "d1");
        assertThat(erasures.proposal(replay.id()).orElseThrow().isApproved()).isTrue();
        assertThat(requests.keys(requests.startOver(replay.id()).id()))
                .as("they lead to what is left")
                .isEqualTo(KEYS);
    }

    @Test
    void whatAPersonAsksForIsNotWhatIsDoneAgainMeanwhile() {
        DataSubjectRequest asked = erasure();

        DataSubjectRequest replay = requests.replay(UUID.randomUUID(), asked.emailAddress(), asked.language(), KEYS);

        assertThat(replay.id()).isNotEqualTo(asked.id());
        assertThat(requests.isReplay(asked)).isFalse();
        assertThat(requests.keys(asked.id())).isEmpty();
        assertThat(requests.accept(asked(asked.emailAddress().value(), null, false))
                        .id())
                .as("asked again")
                .isEqualTo(asked.id());
    }

    /** A number that nothing leads to any more may be somebody else's by now. */
    @Test
    void aReplayWaitsForAnApprovalIfTodaysDataDoNotLeadToEachOfTheKeys() {
        Set<SubjectKey> two = Set.of(new SubjectKey("accountId", null, "7"), new SubjectKey("userId", "tea", "41"));
        DataSubjectRequest replay =
                requests.replay(UUID.randomUUID(), new EmailAddress("number@example.org"), Locale.GERMAN, two);
        requests.record(replay, RequestsIT.nothingFound(), Set.of(new SubjectKey("accountId", null, "7")));

        erasures.propose(replay, "{}", "d1");

        assertThat(erasures.proposal(replay.id()).orElseThrow().isApproved()).isFalse();
        requests.record(replay, RequestsIT.nothingFound(), two);
        erasures.propose(replay, "{}", "d2");
        assertThat(erasures.proposal(replay.id()).orElseThrow().isApproved()).isTrue();
    }

    @Test
    void aReplayThatFindsKeysNobodyKnewThenWaitsForAnApproval() {
        DataSubjectRequest replay =
                requests.replay(UUID.randomUUID(), new EmailAddress("back@example.org"), Locale.GERMAN, KEYS);
        requests.record(
                replay,
                new DatasetFindings(
                        "profile",
                        DatasetFindings.Status.NOTHING_FOUND,
                        List.of(),
                        0,
                        0,
                        0,
                        Set.of(),
                        List.of(),
                        new DatasetFindings.Asked(1, Map.of()),
                        DatasetFindings.Review.NOTHING),
                Set.of(new SubjectKey("accountId", null, "new")));

        erasures.propose(replay, "{}", "d1");

        assertThat(erasures.proposal(replay.id()).orElseThrow().isApproved()).isFalse();
    }

    /** The ledger has the person, and whom it has is erased again after a backup was restored. */
    @Test
    void whatAnEarlierRunHasBegunCanNotBeRefusedAnyMore() {
        DataSubjectRequest request = planned("d1");
        erasures.approve(request.id(), "d1", "odo", 1);
        erasures.begin(request.id());
        DataSubjectRequest again = requests.startOver(request.id());
        erasures.propose(again, "{}", "d2");

        assertThatThrownBy(() -> erasures.refuse(request.id(), "We are sued.", "officer"))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("an earlier plan of this erasure has been begun");
        assertThat(requests.get(request.id()).status().isClosed()).isFalse();
    }

    @Test
    void aFileThatWasSwappedAndNotVerifiedIsLookedAtAgainByTheNextPlan() {
        DataSubjectRequest request = erasure();
        ErasureFile.Name file = new ErasureFile.Name("posts", "tea/Posts.xml");
        erasures.propose(request, "{}", "d1");
        files.plan(request.id(), List.of(file));
        files.mark(request.id(), "posts", "tea/Posts.xml", ErasureFile.State.FAILED, "{\"etag\":\"1\"}");

        DataSubjectRequest again = requests.startOver(request.id());
        erasures.propose(again, "{}", "d2");
        erasures.approve(again.id(), "d2", "odo", 1);
        erasures.begin(again.id());

        assertThat(files.of(again.id()))
                .containsExactly(
                        new ErasureFile("posts", "tea/Posts.xml", ErasureFile.State.PENDING, "{\"etag\":\"1\"}"));
    }

    @Test
    void aNoteGivesWayToNobodyWhoHasNotSeenIt() {
        DataSubjectRequest request = erasure();
        ErasureFile.Name file = new ErasureFile.Name("posts", "tea/Posts.xml");
        erasures.propose(request, "{}", "d1");
        files.plan(request.id(), List.of(file));

        assertThat(files.renote(request.id(), file, null, "{\"by\":1}")).isTrue();
        assertThat(files.renote(request.id(), file, null, "{\"by\":2}")).isFalse();
        files.mark(request.id(), "posts", "tea/Posts.xml", ErasureFile.State.VERIFIED, "{\"by\":1}");
        assertThat(files.renote(request.id(), file, "{\"by\":1}", "{\"by\":2}")).isFalse();
        assertThat(files.find(request.id(), file).orElseThrow().note()).isEqualTo("{\"by\":1}");
    }

    @Test
    void anUnknownPersonsErasureStaysOpenForAnHourBeforeAnybodysHasEnded() {
        try (RequestDatabase own = RequestDatabase.create();
                ConfigurableApplicationContext alone = own.replica()) {
            Requests its = alone.getBean(Requests.class);
            its.close(its.accept(RequestDatabase.asking("known@example.org")).id(), RequestStatus.DELIVERED);
            DataSubjectRequest unknown = its.accept(asked("nobody@example.org", null, false));
            assertThat(its.endOfUnknown(unknown)).isEqualTo(unknown.receivedAt().plusSeconds(3600));
        }
    }

    @Test
    void aRestoredBackupMayHaveWhoeversErasureHadNotEndedWhenItWasTaken() {
        try (RequestDatabase own = RequestDatabase.create();
                ConfigurableApplicationContext alone = own.replica()) {
            LedgerEntries entries = alone.getBean(LedgerEntries.class);
            Requests its = alone.getBean(Requests.class);
            Erasures their = alone.getBean(Erasures.class);
            UUID ended = its.accept(asked("ended@example.org", null, false)).id();
            UUID open = its.accept(asked("open@example.org", null, false)).id();
            for (UUID id : List.of(ended, open)) {
                entries.put(new LedgerEntry(id, "k", new byte[] {1}));
                entries.put(new LedgerEntry(id, "k", new byte[] {2}));
            }
            their.propose(its.get(ended), "{}", "d1");
            their.certify(ended, "{}");
            its.close(ended, RequestStatus.DONE);
            Instant end = their.outcome(ended).orElseThrow().endedAt();

            UUID lost = UUID.randomUUID();
            entries.put(new LedgerEntry(lost, "k", new byte[] {3}));

            assertThat(entries.notEndedBy(end.plusMillis(1)))
                    .as("one that is open goes on by itself, or is begun again")
                    .extracting(LedgerEntry::requestId)
                    .containsExactly(lost);
            assertThat(entries.notEndedBy(end.minusMillis(1)))
                    .extracting(LedgerEntry::requestId)
                    .containsExactly(ended, lost);
            assertThat(entries.find(open).orElseThrow().sealed()).isEqualTo(new byte[] {2});

            entries.dropWrittenBefore(Instant.now().plusSeconds(60));
            assertThat(entries.find(open))
                    .as("an erasure that is open keeps its entry")
                    .isPresent();
            assertThat(entries.notEndedBy(Instant.EPOCH)).isEmpty();
        }
    }

    private static DataSubjectRequest erasing(Name file) {
        DataSubjectRequest request = planned("d1");
        erasures.approve(request.id(), "d1", "odo", 1);
        files.plan(request.id(), List.of(file));
        requests.advance(request.id(), RequestStatus.ERASING);
        return request;
    }

    private static DataSubjectRequest planned(String digest) {
        DataSubjectRequest request = erasure();
        erasures.propose(request, "{}", digest);
        return request;
    }

    private static DataSubjectRequest erasure() {
        return requests.accept(asked("person-" + UUID.randomUUID() + "@example.org", null, false));
    }

    private static DataSubjectRequest accessFirst(String address, String key) {
        return requests.accept(asked(address, key, true));
    }

    private static NewRequest asked(String address, String key, boolean isAccessFirst) {
        return new NewRequest(
                RequestType.ERASURE, new EmailAddress(address), Locale.ENGLISH, "caller", key, isAccessFirst);
    }
}
