package io.themis.azure;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import java.util.function.Predicate;

/** Deletes blobs by what their names begin with. */
public final class BlobDeletions {

    private BlobDeletions() {}

    /** Does nothing for those that somebody else deletes meanwhile. */
    public static void deleteAll(BlobContainerClient container, String prefix, Predicate<String> names) {
        container.listBlobs(new ListBlobsOptions().setPrefix(prefix), null).stream()
                .map(BlobItem::getName)
                .filter(names)
                .forEach(name -> container.getBlobClient(name).deleteIfExists());
    }
}
