package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.specialized.BlobLeaseClientBuilder;
import io.themis.WarmJvm;
import io.themis.devservices.Azurite;
import io.themis.devservices.Port;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.erasure.StoredFile.Replaced;
import io.themis.lake.Edit;
import io.themis.lake.FileEdits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WarmJvm
class StoredFileIT {

    private static Azurite azurite;

    private final Random random = new Random(11);
    private byte[] content = new byte[3 << 20];
    private BlobClient blob;

    @BeforeAll
    static void start() {
        azurite = Azurite.start(Port.free());
    }

    @AfterAll
    static void stop() {
        azurite.close();
    }

    @BeforeEach
    void upload() {
        upload(3 << 20);
    }

    private void upload(int length) {
        content = new byte[length];
        random.nextBytes(content);
        blob = azurite.client().getBlobContainerClient("lake").getBlobClient("a b/" + UUID.randomUUID() + "/ö.xml");
        blob.upload(BinaryData.fromBytes(content));
    }

    private StoredFile open() throws FileNotReplacedException {
        return StoredFile.open(blob, new CopySource(null));
    }

    private byte[] stored() {
        return blob.downloadContent().toBytes();
    }

    private static final byte[] SHORT = "instead".getBytes(StandardCharsets.UTF_8);

    private FileEdits edits(Edit... edits) {
        return new FileEdits(List.of(edits), content.length, 0, 0, 0, "");
    }

    /** The bytes of before, with the edits. */
    private byte[] expected(List<Edit> edits) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        int at = 0;
        for (Edit edit : edits) {
            target.write(new ByteArrayInputStream(content, at, (int) edit.from() - at).readAllBytes());
            target.write(edit.instead());
            at = (int) edit.to();
        }
        target.write(new ByteArrayInputStream(content, at, content.length - at).readAllBytes());
        return target.toByteArray();
    }

    @Test
    void theNewFileIsTheOldOneWithTheEdits() throws Exception {
        for (int i = 0; i < 40; i++) {
            upload(random.nextInt(30 << 20));
            List<Edit> edits = new ArrayList<>();
            long at = 0;
            while (true) {
                long from = at + random.nextInt(random.nextBoolean() ? 1000 : 12 << 20);
                long to = from + random.nextInt(random.nextInt(10) == 0 ? 9 << 20 : 500);
                if (to > content.length) {
                    break;
                }
                edits.add(new Edit(from, to, random.nextInt(3) == 0 ? SHORT : new byte[0]));
                at = to;
                if (edits.size() == 300) {
                    break;
                }
            }
            StoredFile file = open();

            Replaced replaced = file.replace(edits(edits.toArray(Edit[]::new)));

            assertThat(stored()).isEqualTo(expected(edits));
            assertThat(replaced.etag())
                    .isEqualTo(blob.getProperties().getETag())
                    .isNotEqualTo(file.etag());
            assertThat(replaced.read() + replaced.copiedByStore()).isLessThanOrEqualTo(content.length);
        }
    }

    @Test
    void whatStaysOfALargeFileIsCopiedByTheStore() throws Exception {
        upload(120 << 20);
        List<Edit> edits = List.of(
                new Edit(5 << 20, (5 << 20) + 200, SHORT),
                new Edit(50 << 20, (50 << 20) + 200, new byte[0]),
                new Edit(110 << 20, (110 << 20) + 200, SHORT));

        Replaced replaced = open().replace(edits(edits.toArray(Edit[]::new)));

        assertThat(stored()).isEqualTo(expected(edits));
        assertThat(replaced.copiedByStore()).isEqualTo(content.length - 600);
        assertThat(replaced.read()).isZero();
        assertThat(replaced.written()).isEqualTo(2L * SHORT.length);
    }

    @Test
    void aDraftTakesTheFilesPlace() throws Exception {
        byte[] now = new byte[20 << 20];
        random.nextBytes(now);

        StoredFile.Draft draft = open().new Draft();
        draft.write(now, 0, now.length);
        assertThat(stored()).isEqualTo(content);
        Replaced replaced = draft.replace(() -> {
            throw new AssertionError("it was taken");
        });

        assertThat(stored()).isEqualTo(now);
        assertThat(replaced.etag()).isEqualTo(blob.getProperties().getETag());
        assertThat(replaced.written()).isEqualTo(now.length);
    }

    @Test
    void aDraftOfAFileThatWasChangedMeanwhileIsNotCommitted() throws Exception {
        StoredFile file = open();
        StoredFile.Draft draft = file.new Draft();
        draft.write(content, 0, content.length);
        blob.upload(BinaryData.fromBytes(SHORT), true);

        assertRefused(Reason.CHANGED, () -> draft.replace(() -> file.replace(edits())));
        assertThat(stored()).isEqualTo(SHORT);
    }

    @Test
    void aFileOfWhichNothingStaysIsEmpty() throws Exception {
        open().replace(edits(new Edit(0, content.length, new byte[0])));

        assertThat(stored()).isEmpty();
    }

    @Test
    void whatTheStoreKnowsOfTheFileStays() throws Exception {
        blob.setHttpHeaders(new BlobHttpHeaders()
                .setContentType("text/xml")
                .setContentEncoding("identity")
                .setContentLanguage("de")
                .setContentDisposition("inline")
                .setCacheControl("no-store"));
        blob.setMetadata(Map.of("owner", "lake team", "batch", "7"));
        blob.setTags(Map.of("class", "personal"));
        blob.setAccessTier(AccessTier.COOL);

        open().replace(edits(new Edit(10, 20, new byte[0])));
        assertIsKnownAsBefore();
        open().replace(target -> target.write(SHORT));
        assertIsKnownAsBefore();
        assertThat(stored()).isEqualTo(SHORT);
    }

    private void assertIsKnownAsBefore() {
        BlobProperties after = blob.getProperties();
        assertThat(after.getContentType()).isEqualTo("text/xml");
        assertThat(after.getContentEncoding()).isEqualTo("identity");
        assertThat(after.getContentLanguage()).isEqualTo("de");
        assertThat(after.getContentDisposition()).isEqualTo("inline");
        assertThat(after.getCacheControl()).isEqualTo("no-store");
        assertThat(after.getMetadata()).isEqualTo(Map.of("owner", "lake team", "batch", "7"));
        assertThat(blob.getTags()).isEqualTo(Map.of("class", "personal"));
        assertThat(after.getAccessTier()).isEqualTo(AccessTier.COOL);
    }

    @Test
    void aFileThatWasChangedMeanwhileStaysAsItIs() throws Exception {
        StoredFile file = open();
        blob.upload(BinaryData.fromBytes(SHORT), true);

        assertRefused(Reason.CHANGED, () -> file.replace(edits(new Edit(0, 5, new byte[0]))));
        assertRefused(Reason.CHANGED, () -> file.replace(target -> target.write(new byte[9 << 20])));
        assertRefused(Reason.CHANGED, () -> file.delete(OldCopies.Policy.DELETE));
        assertThat(stored()).isEqualTo(SHORT);
    }

    @Test
    void ofTwoAtOnceTheSecondIsToldThatTheFileHasChanged() throws Exception {
        StoredFile first = open();
        StoredFile second = open();

        assertRefused(
                Reason.CHANGED,
                () -> second.replace(target -> {
                    target.write(new byte[20 << 20]);
                    replaceStart(first);
                    target.write(new byte[20 << 20]);
                }));

        assertThat(stored()).isEqualTo(expected(List.of(new Edit(0, 5, new byte[0]))));
    }

    private void replaceStart(StoredFile file) throws IOException {
        try {
            file.replace(edits(new Edit(0, 5, new byte[0])));
        } catch (FileNotReplacedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLeaseOfAnotherWriterIsRespected() throws Exception {
        new BlobLeaseClientBuilder().blobClient(blob).buildClient().acquireLease(60);

        assertRefused(Reason.LEASED, () -> open().replace(edits(new Edit(0, 5, new byte[0]))));
        assertRefused(Reason.LEASED, () -> open().replace(target -> target.write(SHORT)));
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    void whatEndsBeforeTheSwapLeavesTheOldFile() throws Exception {
        StoredFile file = open();

        assertThatThrownBy(() -> file.replace(target -> {
                    target.write(new byte[20 << 20]);
                    throw new IOException("the end");
                }))
                .hasMessage("the end");

        assertThat(stored()).isEqualTo(content);
        open().replace(edits(new Edit(0, 5, new byte[0])));
        assertThat(stored()).isEqualTo(expected(List.of(new Edit(0, 5, new byte[0]))));
    }

    @Test
    void aFileThatIsGoneOrOfAnotherKindIsToldApart() throws Exception {
        StoredFile file = open();
        file.delete(OldCopies.Policy.DELETE);
        assertRefused(Reason.GONE, this::open);

        BlobClient log = azurite.client().getBlobContainerClient("lake").getBlobClient(UUID.randomUUID() + ".log");
        log.getAppendBlobClient().create();
        assertRefused(Reason.REFUSED, () -> StoredFile.open(log, new CopySource(null)));
    }

    @Test
    void anEmptyFileCanBeReplaced() throws Exception {
        upload(0);

        open().replace(edits());
        assertThat(stored()).isEmpty();
        open().replace(target -> target.write(SHORT));
        assertThat(stored()).isEqualTo(SHORT);
    }

    @Test
    void theCaseOfMetadataStays() throws Exception {
        blob.setMetadata(Map.of("Owner", "a", "batchNo", "b"));

        open().replace(edits(new Edit(10, 20, new byte[0])));

        assertThat(blob.getProperties().getMetadata()).isEqualTo(Map.of("Owner", "a", "batchNo", "b"));
    }

    @Test
    void blocksOfSomebodyWhoHasNotEndedAreToldApartFromAChange() throws Exception {
        blob.getBlockBlobClient().stageBlock("YWI=", BinaryData.fromBytes(SHORT));

        assertRefused(Reason.HALF_WRITTEN, () -> open().replace(edits(new Edit(10, 20, new byte[0]))));
        assertThat(stored()).isEqualTo(content);
    }

    @Test
    void snapshotsFromBeforeTheRewritingAreDeletedAndThoseOfOthersStay() throws Exception {
        blob.createSnapshot();
        blob.createSnapshot();
        BlobClient other = azurite.client().getBlobContainerClient("lake").getBlobClient(blob.getBlobName() + ".bak");
        other.upload(BinaryData.fromBytes(SHORT));
        other.createSnapshot();
        Replaced replaced = open().replace(edits(new Edit(10, 20, new byte[0])));
        OldCopies oldCopies = new OldCopies(
                azurite.client().getBlobContainerClient("lake"), OldCopies.Policy.DELETE, Clock.systemUTC());

        // Later by the store's clock, which says only seconds of a file: these snapshots may be from the same
        List<ErasureReport.OldCopy> left = oldCopies.ofRewritten(
                blob.getBlobName(), replaced.etag(), replaced.at().plusSeconds(1));

        assertThat(left).isEmpty();
        assertThat(snapshots(blob.getBlobName())).isZero();
        assertThat(snapshots(other.getBlobName())).isEqualTo(1);
        assertThat(stored()).isEqualTo(expected(List.of(new Edit(10, 20, new byte[0]))));
    }

    private static long snapshots(String name) {
        return azurite
                .client()
                .getBlobContainerClient("lake")
                .listBlobs(new ListBlobsOptions().setDetails(new BlobListDetails().setRetrieveSnapshots(true)), null)
                .stream()
                .filter(found -> found.getName().equals(name) && found.getSnapshot() != null)
                .count();
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
