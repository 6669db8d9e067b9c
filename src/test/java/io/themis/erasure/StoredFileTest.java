package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.BlobStorageException;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.erasure.StoredFile.Replaced;
import io.themis.lake.Edit;
import io.themis.lake.FileEdits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By contract: what Azurite can't, against a stand-in that answers as the REST documentation says. */
class StoredFileTest {

    private static final String FILE = "tea/ä b.xml";
    private static final byte[] SHORT = "instead".getBytes(StandardCharsets.UTF_8);

    private final Random random = new Random(7);
    private final StorageAccount account = new StorageAccount();
    private final BlobClient blob = account.client().getBlobClient(FILE);

    @AfterEach
    void close() {
        account.close();
    }

    private byte[] put(int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        account.put(FILE, content);
        return content;
    }

    private StoredFile open() throws FileNotReplacedException {
        return StoredFile.open(blob, new CopySource(null));
    }

    private static FileEdits edits(byte[] content, Edit... edits) {
        return new FileEdits(List.of(edits), content.length, 0, 0, 0, "");
    }

    private static byte[] expected(byte[] content, Edit... edits) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        int at = 0;
        for (Edit edit : edits) {
            target.writeBytes(Arrays.copyOfRange(content, at, (int) edit.from()));
            target.writeBytes(edit.instead());
            at = (int) edit.to();
        }
        target.writeBytes(Arrays.copyOfRange(content, at, content.length));
        return target.toByteArray();
    }

    private static Edit[] fewEdits() {
        return fewEdits(120 << 20);
    }

    private static Edit[] fewEdits(long length) {
        Edit[] all = {
            new Edit(0, 100, new byte[0]),
            new Edit(20 << 20, (20 << 20) + 300, SHORT),
            new Edit((20 << 20) + 1000, (20 << 20) + 1001, new byte[0]),
            new Edit((119 << 20) + 5, (119 << 20) + 6, SHORT)
        };
        return Arrays.stream(all).filter(edit -> edit.to() <= length).toArray(Edit[]::new);
    }

    /** @param gap bytes that stay between two edits, at most */
    private Edit[] anyEdits(int length, int gap) {
        List<Edit> edits = new ArrayList<>();
        long at = 0;
        while (edits.size() < 40) {
            long from = at + random.nextInt(random.nextBoolean() ? 100 : gap);
            long to = from + random.nextInt(300);
            if (to > length) {
                break;
            }
            edits.add(new Edit(from, to, random.nextInt(3) == 0 ? SHORT : new byte[0]));
            at = to;
        }
        return edits.toArray(Edit[]::new);
    }

    @Test
    void whatStaysIsCopiedByTheStoreAndOnlyWhatIsNearEditsGoesThroughHere() throws Exception {
        byte[] content = put(120 << 20);
        Edit[] edits = fewEdits();

        Replaced replaced = open().replace(edits(content, edits));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edits));
        assertThat(account.read()).isEqualTo(replaced.read()).isEqualTo(1001);
        assertThat(account.sent()).isEqualTo(replaced.written()).isEqualTo(700 + 2 * SHORT.length);
        assertThat(replaced.copiedByStore()).isEqualTo(content.length - 1102);
        assertThat(replaced.etag()).isEqualTo(account.file(FILE).etag());
    }

    @Test
    void theNewFileIsTheOldOneWithTheEditsWhereverTheyAre() throws Exception {
        for (int i = 0; i < 60; i++) {
            byte[] content = put(random.nextInt(4 << 20));
            Edit[] edits = anyEdits(content.length, 700_000);

            open().replace(edits(content, edits));

            assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edits));
        }
    }

    @Test
    void whatComesWhereNothingGoesIsNotLost() throws Exception {
        byte[] content = put(3 << 20);
        Edit[] edits = {
            new Edit(0, 0, SHORT), new Edit(1 << 20, 1 << 20, SHORT), new Edit(content.length, content.length, SHORT)
        };

        open().replace(edits(content, edits));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edits));
    }

    @Test
    void aStoreThatMayNotReadItselfIsNoReasonToFail() throws Exception {
        byte[] content = put(9 << 20);
        account.refuseCopies(403, "CannotVerifyCopySource");

        Edit edit = new Edit(5 << 20, (5 << 20) + 10, SHORT);
        Replaced replaced = open().replace(edits(content, edit));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edit));
        assertThat(replaced.copiedByStore()).isZero();
    }

    @Test
    void nothingIsReadNorCopiedOfAVersionThatSomebodyElseWritesMeanwhile() throws Exception {
        for (String call : List.of("GET ", "PUT .*comp=block&")) {
            byte[] content = put(9 << 20);
            account.before(call, () -> account.put(FILE, SHORT));
            Edit end = new Edit((9 << 20) - 5, 9 << 20, new byte[0]);
            CopySource source = new CopySource(null);
            if (call.startsWith("GET")) {
                source.refused();
            }

            assertRefused(Reason.CHANGED, () -> StoredFile.open(blob, source).replace(edits(content, end)));
            assertThat(account.file(FILE).bytes()).isEqualTo(SHORT);
        }
        assertThat(account.read()).isZero();
        assertThat(account.calls()).noneMatch(call -> call.contains("comp=blocklist"));
    }

    @Test
    void aCommitWhoseAnswerIsLostHasHappened() throws Exception {
        byte[] content = put(2 << 20);
        Edit edit = new Edit(5, 10, SHORT);
        account.loseAnswerOf("PUT .*comp=blocklist");

        Replaced replaced = open().replace(edits(content, edit));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edit));
        assertThat(replaced.etag()).isEqualTo(account.file(FILE).etag());

        account.loseAnswerOf("PUT .*comp=blocklist");
        replaced = open().replace(target -> target.write(SHORT));

        assertThat(account.file(FILE).bytes()).isEqualTo(SHORT);
        assertThat(replaced.etag()).isEqualTo(account.file(FILE).etag());

        account.loseAnswerOf("PUT .*comp=blocklist");
        replaced = open().replace(target -> {});

        assertThat(account.file(FILE).bytes()).isEmpty();
        assertThat(replaced.etag()).isEqualTo(account.file(FILE).etag());
    }

    @Test
    void aCommitWhoseAnswerIsLostDoesNotHideThatSomebodyElseHasWritten() throws Exception {
        byte[] content = put(2 << 20);
        account.onLoss(() -> account.put(FILE, SHORT));
        account.loseAnswerOf("PUT .*comp=blocklist");

        assertRefused(Reason.CHANGED, () -> open().replace(edits(content, new Edit(5, 10, new byte[0]))));

        assertThat(account.file(FILE).bytes()).isEqualTo(SHORT);
    }

    @Test
    void aDeletionWhoseAnswerIsLostHasHappened() throws Exception {
        put(5);
        account.loseAnswerOf("DELETE");

        open().delete(OldCopies.Policy.DELETE);

        assertThat(account.files()).isEmpty();
    }

    @Test
    void aFileWithSnapshotsIsDeletedWithThemOrNotAtAll() throws Exception {
        put(5);
        blob.createSnapshot();

        assertRefused(Reason.REFUSED, () -> open().delete(OldCopies.Policy.REPORT));
        assertThat(account.files()).containsExactly(FILE);

        open().delete(OldCopies.Policy.DELETE);
        assertThat(account.files()).isEmpty();
        assertThat(account.copies(FILE)).isEmpty();
    }

    @Test
    void aFileOfAnEncryptionScopeStaysInIt() throws Exception {
        account.put(FILE, new byte[1 << 20], Map.of("x-ms-encryption-scope", "lake"));

        open().replace(edits(new byte[1 << 20], new Edit(5, 10, new byte[0])));

        assertThat(account.file(FILE).headers()).containsEntry("x-ms-encryption-scope", "lake");
        assertThat(account.blocksWithoutScope()).isZero();
    }

    @Test
    void aFileThatSparkHasWrittenIsReplacedByOneStep() throws Exception {
        byte[] content = new byte[30 << 20];
        random.nextBytes(content);
        account.hierarchical();
        account.putByOtherEndpoint(FILE, content);
        Edit edit = new Edit(9 << 20, (9 << 20) + 10, SHORT);

        Replaced replaced = open().replace(edits(content, edit));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edit));
        assertThat(account.files()).containsExactly(FILE);
        assertThat(replaced.etag()).isEqualTo(account.file(FILE).etag());
        assertThat(replaced.read()).isZero();

        account.putByOtherEndpoint(FILE, content);
        open().replace(target -> target.write(expected(content, edit)));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edit));
        assertThat(account.files()).containsExactly(FILE);
    }

    @Test
    void aDraftOfAFileThatSparkHasWrittenIsReplacedByOneStepToo() throws Exception {
        byte[] content = new byte[30 << 20];
        random.nextBytes(content);
        account.hierarchical();
        account.putByOtherEndpoint(FILE, content);
        Edit edit = new Edit(9 << 20, (9 << 20) + 10, SHORT);
        byte[] expected = expected(content, edit);

        StoredFile file = open();
        StoredFile.Draft draft = file.new Draft();
        draft.write(expected, 0, expected.length);
        draft.replace(() -> file.replace(edits(content, edit)));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected);
        assertThat(account.files()).containsExactly(FILE);
    }

    /** As a scan gives it: in chunks that begin and end anywhere. */
    private void give(byte[] content, StoredFile.Draft draft, Edit... edits) throws IOException {
        int at = 0;
        for (Edit edit : edits) {
            keep(content, at, Math.toIntExact(edit.from()), draft);
            draft.instead(edit.instead());
            at = Math.toIntExact(edit.to());
        }
        keep(content, at, content.length, draft);
    }

    private void keep(byte[] content, int from, int to, StoredFile.Draft draft) throws IOException {
        for (int at = from; at < to; ) {
            int length = Math.min(to - at, 1 + random.nextInt(1 << 20));
            byte[] chunk = new byte[length + 10];
            System.arraycopy(content, at, chunk, 5, length);
            draft.kept(at, chunk, 5, length);
            Arrays.fill(chunk, (byte) 0);
            at += length;
        }
    }

    @Test
    void aDraftLetsTheStoreCopyAndReadsNothingAgain() throws Exception {
        byte[] content = put(120 << 20);
        Edit[] edits = fewEdits();

        StoredFile.Draft draft = open().new Draft();
        give(content, draft, edits);
        Replaced replaced = draft.replace(() -> {
            throw new AssertionError("the store took it");
        });

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edits));
        assertThat(account.read()).isEqualTo(replaced.read()).isZero();
        assertThat(account.sent()).isEqualTo(replaced.written()).isEqualTo(700 + 2 * SHORT.length);
        assertThat(replaced.copiedByStore()).isEqualTo(content.length - 1102);
        assertThat(replaced.etag()).isEqualTo(account.file(FILE).etag());
    }

    @Test
    void aDraftIsTheOldFileWithTheEditsWhereverTheyAreAndWhetherTheStoreCopies() throws Exception {
        for (int i = 0; i < 60; i++) {
            byte[] content = put(random.nextInt(9 << 20));
            Edit[] edits = anyEdits(content.length, 3_000_000);
            CopySource source = new CopySource(null);
            if (i % 4 == 0) {
                source.refused();
            }

            StoredFile.Draft draft = StoredFile.open(blob, source).new Draft();
            give(content, draft, edits);
            Replaced replaced = draft.replace(() -> {
                throw new AssertionError("the store took it");
            });

            assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, edits));
            assertThat(replaced.written() + replaced.copiedByStore())
                    .isEqualTo(account.file(FILE).bytes().length);
        }
    }

    @Test
    void aDraftThatTheStoreDoesNotCopyIsWrittenInAnotherWay() throws Exception {
        byte[] content = put(30 << 20);
        account.refuseCopies(403, "CannotVerifyCopySource");
        StoredFile file = open();

        StoredFile.Draft draft = file.new Draft();
        give(content, draft, fewEdits(30 << 20));
        draft.replace(() -> file.replace(edits(content, fewEdits(30 << 20))));

        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, fewEdits(30 << 20)));
    }

    @Test
    void aDraftOfWhichAnotherFileIsRefusedItsCopiesMeanwhileKeepsItsOrder() throws Exception {
        byte[] content = put(3 << 20);
        CopySource source = new CopySource(null);
        StoredFile.Draft draft = StoredFile.open(blob, source).new Draft();

        draft.kept(0, content, 0, 100);
        source.refused();
        draft.kept(100, content, 100, content.length - 100);
        draft.replace(() -> {
            throw new AssertionError("the store took it");
        });

        assertThat(account.file(FILE).bytes()).isEqualTo(content);
    }

    @Test
    void aDraftCopiesNothingOfAVersionThatSomebodyElseWritesMeanwhile() throws Exception {
        byte[] content = put(9 << 20);
        account.before("PUT .*comp=block&", () -> account.put(FILE, SHORT));
        StoredFile file = open();
        Edit end = new Edit((9 << 20) - 5, 9 << 20, new byte[0]);

        StoredFile.Draft draft = file.new Draft();
        give(content, draft, end);

        assertRefused(Reason.CHANGED, () -> draft.replace(() -> file.replace(edits(content, end))));
        assertThat(account.file(FILE).bytes()).isEqualTo(SHORT);
        assertThat(account.calls()).noneMatch(call -> call.contains("comp=blocklist"));
    }

    @Test
    void aStoreThatRefusesADraftIsAskedAgainAndSaysWhy() throws Exception {
        byte[] content = put(9 << 20);
        account.refuse("comp=block&", 412, "LeaseIdMissing");
        StoredFile file = open();
        StoredFile.Draft draft = file.new Draft();

        draft.write(content, 0, content.length);
        draft.write(content, 0, content.length);

        assertRefused(
                Reason.LEASED, () -> draft.replace(() -> file.replace(edits(content, new Edit(5, 10, new byte[0])))));
        assertThat(account.file(FILE).bytes()).isEqualTo(content);
    }

    @Test
    void aStoreThatHasRefusedToCopyIsNotThoughtToCopy() throws Exception {
        byte[] content = put(9 << 20);
        CopySource source = new CopySource(null);
        account.refuseCopies(403, "CannotVerifyCopySource");

        StoredFile.open(blob, source).replace(edits(content, new Edit(5 << 20, (5 << 20) + 10, SHORT)));

        assertThat(source.canCopy()).isFalse();
    }

    @Test
    void aFileThatSparkWritesMeanwhileIsTheirs() throws Exception {
        account.hierarchical();
        account.putByOtherEndpoint(FILE, new byte[10]);

        assertRefused(
                Reason.CHANGED,
                () -> open().replace(target -> {
                    target.write(SHORT);
                    account.putByOtherEndpoint(FILE, SHORT);
                }));

        assertThat(account.file(FILE).bytes()).isEqualTo(SHORT);
        assertThat(account.files()).containsExactly(FILE);
    }

    @Test
    void aContentThatFailsAndClosesItsTargetLeavesTheOldFile() throws Exception {
        byte[] content = put(5);

        assertThatThrownBy(() -> open().replace(target -> {
                    try (target) {
                        target.write(SHORT);
                        throw new IOException("the end");
                    }
                }))
                .hasMessage("the end");

        assertThat(account.file(FILE).bytes()).isEqualTo(content);
    }

    @Test
    void anEmptyFileCanBeReplaced() throws Exception {
        put(0);

        open().replace(edits(new byte[0]));
        assertThat(account.file(FILE).bytes()).isEmpty();
        open().replace(target -> target.write(SHORT));
        assertThat(account.file(FILE).bytes()).isEqualTo(SHORT);
    }

    @Test
    void moreBlocksThanABlobMayHaveAreRefusedBeforeAnythingIsSent() throws Exception {
        put(10);
        List<Edit> edits = new ArrayList<>();
        long step = 4L << 20;
        for (long at = 0; at < 130_000; at++) {
            edits.add(new Edit(at * step, at * step + 1, new byte[0]));
        }
        FileEdits dense = new FileEdits(edits, 130_000 * step, 0, 0, 0, "");

        assertRefused(Reason.REFUSED, () -> open().replace(dense));

        assertThat(account.calls()).noneMatch(call -> call.startsWith("PUT"));
    }

    @Test
    void noBlockThatGoesThroughMemoryGrowsWithTheFile() {
        long length = 1L << 40;
        long gap = 60L << 20;
        List<Edit> edits = new ArrayList<>();
        for (long at = gap; at < length - gap; at += gap) {
            edits.add(new Edit(at, at + 500, SHORT));
        }

        List<Block> blocks = Block.of(new FileEdits(edits, length, 0, 0, 0, ""));

        assertThat(blocks)
                .filteredOn(block -> !block.isCopied())
                .allMatch(block -> block.to() - block.from() <= 2 * Block.WRITTEN);
        assertThat(blocks).hasSizeLessThan(NewBlocks.MOST);
    }

    @Test
    void whatTheStoreRefusesForGoodIsAnAnswer() throws Exception {
        byte[] content = put(1 << 20);
        record Case(String call, int status, String code, Reason reason) {}
        for (Case one : List.of(
                new Case("comp=blocklist", 409, "BlobImmutableDueToPolicy", Reason.REFUSED),
                new Case("comp=blocklist", 403, "AuthorizationPermissionMismatch", Reason.REFUSED),
                new Case("GET ", 409, "BlobArchived", Reason.REFUSED),
                new Case("HEAD ", 409, "BlobUsesCustomerSpecifiedEncryption", Reason.REFUSED),
                new Case("comp=block&", 412, "LeaseIdMissing", Reason.LEASED),
                new Case("comp=block&", 400, "InvalidBlobOrBlock", Reason.HALF_WRITTEN),
                new Case("comp=blocklist", 507, "InsufficientStorage", Reason.NO_ROOM))) {
            account.refuseNothing();
            account.refuse(one.call(), one.status(), one.code());
            assertRefused(one.reason(), () -> open().replace(edits(content, new Edit(5, 10, new byte[0]))));
            assertThat(account.file(FILE).bytes()).as(one.code()).isEqualTo(content);
        }
    }

    @Test
    void aStoreThatHasTooMuchToDoIsNoAnswer() throws Exception {
        byte[] content = put(1 << 20);
        StoredFile file = open();
        account.refuse("comp=block", 503, "ServerBusy");

        assertThatThrownBy(() -> file.replace(edits(content, new Edit(5, 10, new byte[0]))))
                .isInstanceOf(BlobStorageException.class);

        assertThat(account.file(FILE).bytes()).isEqualTo(content);
        account.refuseNothing();
        file.replace(edits(content, new Edit(5, 10, new byte[0])));
        assertThat(account.file(FILE).bytes()).isEqualTo(expected(content, new Edit(5, 10, new byte[0])));
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void assertRefused(Reason reason, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        FileNotReplacedException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
