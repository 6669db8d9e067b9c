package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.azure.storage.blob.models.BlobStorageException;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.erasure.ErasureReport.OldCopy.Kind;
import io.themis.erasure.ErasureReport.OldCopy.Reason;
import io.themis.erasure.OldCopies.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By contract: against a stand-in that answers as the REST documentation says, because Azurite has no versions and no soft delete. */
class OldCopiesTest {

    private static final String FILE = "tea/Users.xml";
    private static final byte[] OLD = "with the person".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CLEAN = "without".getBytes(StandardCharsets.UTF_8);

    private final StorageAccount account = new StorageAccount();

    @AfterEach
    void close() {
        account.close();
    }

    private List<OldCopy> deal(Policy policy, StorageAccount.Content clean) {
        return copies(policy).ofRewritten(FILE, clean.etag(), second(clean.writtenAt()));
    }

    private OldCopies copies(Policy policy) {
        return new OldCopies(account.client(), policy, Clock.fixed(account.now(), ZoneOffset.UTC));
    }

    /** As a header has it. */
    private static Instant second(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private StorageAccount.Content rewrite() {
        account.put(FILE, CLEAN);
        return account.file(FILE);
    }

    private String snapshot() {
        return account.client().getBlobClient(FILE).createSnapshot().getSnapshotId();
    }

    @Test
    void versionsAndSnapshotsFromBeforeTheRewritingAreDeleted() {
        account.keepingVersions();
        account.put(FILE, OLD);
        account.put(FILE, OLD);
        snapshot();

        assertThat(deal(Policy.DELETE, rewrite())).isEmpty();

        assertThat(account.copies(FILE)).isEmpty();
        assertThat(account.file(FILE).bytes()).isEqualTo(CLEAN);
    }

    @Test
    void anOldVersionIsToldFromTheNewOneWithinTheSameSecond() {
        account.keepingVersions();
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        assertThat(second(account.copies(FILE).get(0).content().writtenAt())).isEqualTo(second(clean.writtenAt()));

        assertThat(deal(Policy.DELETE, clean)).isEmpty();

        assertThat(account.copies(FILE)).isEmpty();
    }

    @Test
    void whatSomebodyElseHasWrittenSinceIsNamedAndLeftAlone() {
        account.keepingVersions();
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        account.put(FILE, "more".getBytes(StandardCharsets.UTF_8));
        String newer = account.file(FILE).versionId();
        account.put(FILE, "yet more".getBytes(StandardCharsets.UTF_8));

        List<OldCopy> left = deal(Policy.DELETE, clean);

        assertThat(left)
                .containsExactly(
                        new OldCopy(Kind.VERSION, Instant.parse(newer), null, Reason.NEWER, null, false, null));
        assertThat(account.readable(FILE)).containsExactlyInAnyOrder(clean.versionId(), newer);
    }

    @Test
    void aSnapshotOfTheNewContentIsNoOldCopy() {
        account.put(FILE, OLD);
        snapshot();
        account.pass(Duration.ofMinutes(1));
        StorageAccount.Content clean = rewrite();
        String ofClean = snapshot();

        assertThat(deal(Policy.DELETE, clean)).isEmpty();

        assertThat(account.readable(FILE)).containsExactly(ofClean);
    }

    /** Without versions the store says to the second when a file was written: the snapshot can be of something newer. */
    @Test
    void aSnapshotFromTheSecondOfTheRewritingIsLeftToAPerson() {
        account.put(FILE, OLD);
        String snapshot = snapshot();
        StorageAccount.Content clean = rewrite();

        List<OldCopy> left = deal(Policy.DELETE, clean);

        assertThat(left).singleElement().satisfies(copy -> {
            assertThat(copy.from()).isEqualTo(Instant.parse(snapshot));
            assertThat(copy.why()).isEqualTo(Reason.SAME_SECOND);
        });
        assertThat(account.readable(FILE)).containsExactly(snapshot);
    }

    @Test
    void copiesOfOtherFilesStay() {
        account.keepingVersions();
        for (String other : List.of(FILE + ".bak", FILE + "/x", "tea/Users", "TEA/Users.xml")) {
            account.put(other, OLD);
            account.put(other, OLD);
        }
        account.put(FILE, OLD);

        assertThat(deal(Policy.DELETE, rewrite())).isEmpty();

        for (String other : List.of(FILE + ".bak", FILE + "/x", "tea/Users", "TEA/Users.xml")) {
            assertThat(account.readable(other)).as(other).hasSize(1);
        }
    }

    @Test
    void byPolicyTheyAreOnlyListed() {
        account.keepingVersions();
        account.put(FILE, OLD);
        String old = account.file(FILE).versionId();

        List<OldCopy> left = deal(Policy.REPORT, rewrite());

        assertThat(left)
                .containsExactly(new OldCopy(Kind.VERSION, Instant.parse(old), null, Reason.POLICY, null, false, null));
        assertThat(account.readable(FILE)).containsExactly(old);
        assertThat(account.calls()).noneMatch(call -> call.startsWith("DELETE"));
    }

    @Test
    void whatIsWrittenOverUnderSoftDeleteIsReportedWithTheDayOnWhichItGoes() {
        account.keepingDeleted(Duration.ofDays(7));
        account.put(FILE, OLD);
        account.pass(Duration.ofMinutes(1));
        Instant overwrittenAt = account.now();
        StorageAccount.Content clean = rewrite();

        List<OldCopy> left = deal(Policy.DELETE, clean);

        assertThat(left).singleElement().satisfies(copy -> {
            assertThat(copy.kind()).isEqualTo(Kind.SOFT_DELETED_SNAPSHOT);
            assertThat(copy.goesAt()).isEqualTo(second(overwrittenAt).plus(Duration.ofDays(7)));
            assertThat(copy.why()).isNull();
        });
        account.pass(Duration.ofDays(3).plusHours(5));
        assertThat(deal(Policy.DELETE, clean)).isEqualTo(left);
    }

    @Test
    void aVersionThatSoftDeleteKeepsIsReportedAfterItWasDeleted() {
        account.keepingVersions().keepingDeleted(Duration.ofDays(30));
        account.put(FILE, OLD);
        String old = account.file(FILE).versionId();
        StorageAccount.Content clean = rewrite();
        account.pass(Duration.ofHours(1));
        Instant deletedAt = account.now();

        List<OldCopy> left = deal(Policy.DELETE, clean);

        assertThat(left)
                .containsExactly(new OldCopy(
                        Kind.SOFT_DELETED_VERSION,
                        Instant.parse(old),
                        second(deletedAt).plus(Duration.ofDays(30)),
                        null,
                        null,
                        false,
                        null));
        assertThat(account.readable(FILE)).isEmpty();
        assertThat(deal(Policy.DELETE, clean)).isEqualTo(left);
    }

    @Test
    void whatIsLockedOrHeldOrForbiddenIsReportedWithTheReasonAndTheRestIsDeleted() {
        account.keepingVersions();
        account.put(FILE, OLD);
        account.put(FILE, OLD);
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        List<String> versions = account.readable(FILE);
        account.lock(versions.get(0), Instant.parse("2031-01-02T03:04:05Z"));
        account.hold(versions.get(1));

        List<OldCopy> left = deal(Policy.DELETE, clean);

        assertThat(left)
                .containsExactlyInAnyOrder(
                        refused(versions.get(0), false, Instant.parse("2031-01-02T03:04:05Z")),
                        refused(versions.get(1), true, null));
        assertThat(account.readable(FILE)).containsExactlyInAnyOrder(versions.get(0), versions.get(1));
    }

    private static OldCopy refused(String version, boolean isHeld, Instant lockedUntil) {
        return new OldCopy(
                Kind.VERSION,
                Instant.parse(version),
                null,
                Reason.REFUSED,
                "BlobImmutableDueToPolicy",
                isHeld,
                lockedUntil);
    }

    @Test
    void aMissingRightIsTheReason() {
        account.keepingVersions();
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        account.refuse("DELETE", 403, "AuthorizationPermissionMismatch");

        assertThat(deal(Policy.DELETE, clean))
                .extracting(OldCopy::why, OldCopy::answer)
                .containsExactly(tuple(Reason.REFUSED, "AuthorizationPermissionMismatch"));
    }

    @Test
    void aStoreThatIsAwayIsNoAnswer() {
        account.keepingVersions();
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        for (String call : List.of("DELETE", "comp=list")) {
            account.refuseNothing();
            account.refuse(call, 503, "ServerBusy");
            assertThatThrownBy(() -> deal(Policy.DELETE, clean)).isInstanceOf(BlobStorageException.class);
        }
        account.refuseNothing();

        assertThat(deal(Policy.DELETE, clean)).isEmpty();
    }

    @Test
    void ofADeletedFileTheVersionThatItWasGoesToo() throws Exception {
        account.keepingVersions();
        account.put(FILE, OLD);
        account.pass(Duration.ofSeconds(5));
        Instant deletedAt = StoredFile.open(account.client().getBlobClient(FILE), new CopySource(null))
                .delete(Policy.DELETE);
        assertThat(account.readable(FILE)).hasSize(1);

        assertThat(copies(Policy.DELETE).ofDeleted(FILE, deletedAt)).isEmpty();

        assertThat(account.copies(FILE)).isEmpty();
    }

    @Test
    void aDeletedFileThatSoftDeleteKeepsIsReported() throws Exception {
        account.keepingDeleted(Duration.ofDays(14));
        account.put(FILE, OLD);
        account.pass(Duration.ofSeconds(5));
        Instant deletedAt = StoredFile.open(account.client().getBlobClient(FILE), new CopySource(null))
                .delete(Policy.DELETE);

        assertThat(copies(Policy.DELETE).ofDeleted(FILE, deletedAt))
                .singleElement()
                .satisfies(copy -> {
                    assertThat(copy.kind()).isEqualTo(Kind.SOFT_DELETED_FILE);
                    assertThat(copy.goesAt()).isEqualTo(second(account.now()).plus(Duration.ofDays(14)));
                });
    }

    @Test
    void versionsFromATimeWhenTheyWereKeptAreDeletedToo() {
        account.keepingVersions();
        account.put(FILE, OLD);
        account.put(FILE, OLD);
        account.keepingNoVersionsAnyMore();
        account.pass(Duration.ofMinutes(1));

        assertThat(deal(Policy.DELETE, rewrite())).isEmpty();

        assertThat(account.copies(FILE)).noneMatch(copy -> copy.isVersion());
    }

    @Test
    void anAccountWithoutVersionsIsAskedForTheRest() {
        account.hierarchical();
        account.put(FILE, OLD);
        snapshot();
        account.pass(Duration.ofMinutes(1));

        assertThat(deal(Policy.DELETE, rewrite())).isEmpty();

        assertThat(account.copies(FILE)).isEmpty();
    }

    @Test
    void whatTheStoreDoesNotLetItselfBeAskedForIsSaid() {
        account.hierarchical();
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        account.refuse("include=[^&]*deleted", 400, "UnsupportedQueryParameter");

        assertThat(deal(Policy.DELETE, clean))
                .containsExactly(new OldCopy(
                        Kind.SOFT_DELETED_FILE,
                        null,
                        null,
                        Reason.NOT_LISTED,
                        "UnsupportedQueryParameter",
                        false,
                        null));
    }

    @Test
    void whatACrashHasLeftBesideTheFileGoes() {
        account.hierarchical();
        account.put(FILE, OLD);
        StorageAccount.Content clean = rewrite();
        account.put(StoredFile.beside(account.client().getBlobClient(FILE)).getBlobName(), CLEAN);
        assertThat(account.files()).hasSize(2);

        assertThat(deal(Policy.REPORT, clean)).isEmpty();

        assertThat(account.files()).containsExactly(FILE);
    }
}
