package io.themis.delivery;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.sas.SasProtocol;
import io.themis.azure.StorageSettings;
import io.themis.request.DataSubjectRequest;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Signs links with which the person, and who gets the link from them, can download their package. */
@Component
public class PackageLinks {

    private final BlobServiceClient storage;
    private final BlobContainerClient container;
    private final Packages packages;
    private final StorageSettings settings;
    private final Clock clock;

    PackageLinks(
            BlobServiceClient storage,
            @Qualifier("packagesContainer") BlobContainerClient container,
            Packages packages,
            StorageSettings settings,
            Clock clock) {
        this.storage = storage;
        this.container = container;
        this.packages = packages;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A link that can only read this package and ends when the package does. Over https only, wherever the store
     * speaks https; browsers save it as a file instead of opening it.
     */
    public String sign(DataSubjectRequest request) {
        OffsetDateTime expiresAt = request.sealed().expiresAt().atOffset(ZoneOffset.UTC);
        BlobServiceSasSignatureValues values = new BlobServiceSasSignatureValues(
                        expiresAt, new BlobSasPermission().setReadPermission(true))
                .setContentDisposition("attachment; filename=\"personal-data-" + request.id() + ".zip\"");
        if (settings.endpoint().startsWith("https:")) {
            values.setProtocol(SasProtocol.HTTPS_ONLY);
        }
        BlobClient blob = container.getBlobClient(packages.blobName(request.id()));
        String signature = settings.accountKey() == null
                ? blob.generateUserDelegationSas(
                        values, storage.getUserDelegationKey(clock.instant().atOffset(ZoneOffset.UTC), expiresAt))
                : blob.generateSas(values);
        return blob.getBlobUrl() + "?" + signature;
    }
}
