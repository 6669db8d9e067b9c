package io.themis.enrichment;

import com.azure.storage.blob.BlobContainerClient;
import io.themis.azure.BlobDeletions;
import io.themis.azure.BlobUploads;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Discoveries;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Rows that show a person's name and nobody's key, for the privacy officer, in a container of their own: JSON Lines, one
 * object a row, {@code {"dataset", "file", "column", "row"}}.
 */
@Component
public class Homonyms implements HomonymSink {

    private static final Logger LOG = LoggerFactory.getLogger(Homonyms.class);

    private final BlobContainerClient container;
    private final Discoveries requests;

    Homonyms(@Qualifier("reviewContainer") BlobContainerClient container, Discoveries requests) {
        this.container = container;
        this.requests = requests;
    }

    @Override
    public OutputStream create(String name) {
        return BlobUploads.open(container.getBlobClient(name).getBlockBlobClient(), "application/x-ndjson");
    }

    /**
     * All rows that were found for a request so far, list after list, while they are read. That somebody reads them is
     * logged.
     *
     * @return null if they have been deleted
     */
    public InputStream read(DataSubjectRequest request) {
        List<String> lists = requests.findings(request.id()).stream()
                .flatMap(findings -> findings.review().parts().stream())
                .sorted()
                .toList();
        if (!lists.isEmpty() && !container.getBlobClient(lists.get(0)).exists()) {
            return null;
        }
        LOG.info("request {}: a privacy officer reads the possible homonyms, {} lists", request.id(), lists.size());
        Iterator<String> names = lists.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return names.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return container.getBlobClient(names.next()).openInputStream();
            }
        });
    }

    /** Deletes what was listed for a request, also by attempts that failed. */
    public void clear(UUID requestId) {
        BlobDeletions.deleteAll(container, requestId + "/", name -> true);
    }
}
