package io.themis;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.devservices.DevServices;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.test.context.TestComponent;

/** The lake that the application under test reads, as those fill it who own its files. */
@TestComponent
public class Lake {

    private final BlobContainerClient container;

    Lake(DevServices services) {
        container = services.azurite().client().getBlobContainerClient("lake");
    }

    public BlobClient file(String path) {
        return container.getBlobClient(path);
    }

    /** Replaces what there is. */
    public void put(String path, String content) {
        put(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces what there is. */
    public void put(String path, byte[] content) {
        file(path).upload(BinaryData.fromBytes(content), true);
    }

    /** Replaces what there is by an XML file with these rows. */
    public void putRows(String path, List<String> rows) {
        put(
                path,
                rows.stream()
                        .collect(Collectors.joining(
                                "\n  ", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rows>\n  ", "\n</rows>")));
    }

    /** Deletes all files whose paths begin so: other tests search the same lake. */
    public void empty(String prefix) {
        container
                .listBlobs(new ListBlobsOptions().setPrefix(prefix), null)
                .forEach(blob -> file(blob.getName()).delete());
    }
}
