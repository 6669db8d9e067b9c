package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobAsyncClient;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobServiceAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.AccessTier;
import com.azure.storage.blob.models.BlobStorageException;
import io.themis.WarmJvm;
import io.themis.devservices.Azurite;
import io.themis.devservices.Port;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WarmJvm
class BlobRangesIT {

    private static Azurite azurite;

    private final byte[] content = new byte[5 << 20];
    private BlobClient file;
    private BlobAsyncClient asRanges;

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
        new Random(1).nextBytes(content);
        String container = "ranges-" + UUID.randomUUID();
        azurite.client().createBlobContainer(container);
        file = azurite.client().getBlobContainerClient(container).getBlobClient("a b/ö.parquet");
        file.upload(BinaryData.fromBytes(content));
        BlobServiceAsyncClient service = new BlobServiceClientBuilder()
                .pipeline(azurite.client().getHttpPipeline())
                .endpoint(azurite.client().getAccountUrl())
                .buildAsyncClient();
        asRanges = service.getBlobContainerAsyncClient(container).getBlobAsyncClient("a b/ö.parquet");
    }

    @Test
    void givesTheBytesThatWereAskedForAlsoAtTheSameTime() throws Exception {
        BlobRanges ranges = BlobRanges.open(asRanges);

        CompletableFuture<byte[]> first = ranges.read(0, 1);
        CompletableFuture<byte[]> most = ranges.read(7, content.length - 7);
        CompletableFuture<byte[]> last = ranges.read(content.length - 1, 1);

        assertThat(ranges.length()).isEqualTo(content.length);
        assertThat(first.get()).isEqualTo(Arrays.copyOf(content, 1));
        assertThat(most.get()).isEqualTo(Arrays.copyOfRange(content, 7, content.length));
        assertThat(last.get()).isEqualTo(new byte[] {content[content.length - 1]});
    }

    @Test
    void doesNotMixAFileWithTheOneThatReplacesIt() {
        BlobRanges ranges = BlobRanges.open(asRanges);
        file.upload(BinaryData.fromBytes(new byte[content.length]), true);

        assertRefused(ranges, 412);
    }

    @Test
    void saysWithWhichStatusTheStoreRefuses() {
        BlobRanges ranges = BlobRanges.open(asRanges);
        file.setAccessTier(AccessTier.ARCHIVE);
        assertRefused(ranges, 409);

        file.delete();
        assertThatThrownBy(() -> BlobRanges.open(asRanges))
                .isInstanceOfSatisfying(
                        BlobStorageException.class,
                        e -> assertThat(e.getStatusCode()).isEqualTo(404));
    }

    private static void assertRefused(BlobRanges ranges, int status) {
        assertThatThrownBy(() -> ranges.read(0, 10).get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        BlobStorageException.class,
                        e -> assertThat(e.getStatusCode()).isEqualTo(status));
    }
}
