package io.themis.erasure;

import com.azure.core.credential.TokenCredential;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import io.themis.azure.LakeSettings;
import io.themis.enrichment.BlobRanges;
import io.themis.lake.FileRanges;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** The lake's files, as an erasure reads and replaces them. */
@Component
class LakeFileStore {

    private final BlobContainerClient lake;
    private final BlobContainerAsyncClient ranges;
    private final CopySource source;

    LakeFileStore(
            @Qualifier("lakeContainer") BlobContainerClient lake,
            @Qualifier("lakeRanges") BlobContainerAsyncClient ranges,
            LakeSettings settings,
            TokenCredential identity) {
        this.lake = lake;
        this.ranges = ranges;
        source = new CopySource(settings.accountKey() == null ? identity : null);
    }

    /** @throws FileNotReplacedException if the file is gone, or is of a kind that can't be replaced */
    StoredFile open(String name) throws FileNotReplacedException {
        return StoredFile.open(lake.getBlobClient(name), source);
    }

    /** The same file in the same version, to be read here and there. */
    FileRanges ranges(String name, StoredFile file) {
        return BlobRanges.of(ranges.getBlobAsyncClient(name), file.etag(), file.length());
    }
}
