package io.themis.enrichment;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.datamap.Dataset;
import io.themis.index.FileVersion;
import io.themis.lake.LakeFile;
import io.themis.lake.LakePath;
import java.util.HashSet;
import java.util.LongSummaryStatistics;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Lists the files that the lake has of a dataset. */
@Component
public class LakeListing {

    private static final String DIRECTORY_MARK = "hdi_isfolder";

    private final BlobContainerClient lake;

    LakeListing(@Qualifier("lakeContainer") BlobContainerClient lake) {
        this.lake = lake;
    }

    /**
     * A file as it was when it was listed.
     *
     * @param version null if the store names none
     */
    record Listed(LakeFile file, FileVersion version, long length) {}

    /** All of a path, page by page as they are taken. */
    Stream<Listed> of(LakePath path) {
        return of(path, path.listingPrefix());
    }

    /** The same of those whose names begin so. */
    Stream<Listed> of(LakePath path, String prefix) {
        ListBlobsOptions options =
                new ListBlobsOptions().setPrefix(prefix).setDetails(new BlobListDetails().setRetrieveMetadata(true));
        return lake.listBlobs(options, null).stream()
                .filter(blob -> !isDirectory(blob))
                .flatMap(blob -> path.file(blob.getName()).map(file -> listed(file, blob)).stream());
    }

    /** A hierarchical account lists its directories as empty blobs with this mark. */
    private static boolean isDirectory(BlobItem blob) {
        return blob.getMetadata() != null && "true".equals(blob.getMetadata().get(DIRECTORY_MARK));
    }

    private static Listed listed(LakeFile file, BlobItem blob) {
        String etag = blob.getProperties().getETag();
        long length = blob.getProperties().getContentLength();
        return new Listed(file, etag == null ? null : new FileVersion(file.name(), quoted(etag), length), length);
    }

    /** Listings have entity tags without the quotes that a condition needs (RFC 9110, section 8.8.3). */
    private static String quoted(String etag) {
        return etag.startsWith("\"") ? etag : '"' + etag + '"';
    }

    /** What the lake has of a dataset, whoever's rows they are. */
    public LakeFiles files(Dataset dataset) {
        LongSummaryStatistics lengths =
                of(dataset.lakePath()).mapToLong(Listed::length).summaryStatistics();
        return new LakeFiles(lengths.getCount(), lengths.getSum());
    }

    /** The partitions that the lake has files of, as far as their names tell; that of a dataset without any is null. */
    Set<String> partitions(Dataset dataset) {
        LakePath path = dataset.lakePath();
        Set<String> partitions = new HashSet<>();
        if (!path.hasPartitionsInside()) {
            of(path).forEach(listed -> partitions.add(listed.file().partition()));
        }
        return partitions;
    }
}
