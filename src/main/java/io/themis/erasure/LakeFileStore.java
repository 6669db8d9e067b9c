package io.themis.erasure;

import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
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
            @Qualifier("lakeRewriting") BlobContainerClient lake,
            @Qualifier("lakeRanges") BlobContainerAsyncClient ranges,
            CopySource source) {
        this.lake = lake;
        this.ranges = ranges;
        this.source = source;
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
