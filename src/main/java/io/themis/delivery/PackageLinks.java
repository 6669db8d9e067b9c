package io.themis.delivery;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.models.UserDelegationKey;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.sas.SasProtocol;
import io.themis.azure.StorageSettings;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Volume;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Signs links with which the person, and who gets the link from them, can download their package. */
@Component
public class PackageLinks {

    private final BlobServiceClient storage;
    private final BlobContainerClient container;
    private final StorageSettings settings;
    private final Clock clock;

    PackageLinks(
            BlobServiceClient storage,
            @Qualifier("packagesContainer") BlobContainerClient container,
            StorageSettings settings,
            Clock clock) {
        this.storage = storage;
        this.container = container;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A link for each zip of the package, in their order, that can only read this one and ends when the package does. Over
     * https only, wherever the store speaks https; browsers save the zip as a file instead of opening it.
     */
    public List<String> sign(DataSubjectRequest request) {
        OffsetDateTime expiresAt = request.sealed().expiresAt().atOffset(ZoneOffset.UTC);
        UserDelegationKey key = settings.accountKey() == null
                ? storage.getUserDelegationKey(clock.instant().atOffset(ZoneOffset.UTC), expiresAt)
                : null;
        return request.sealed().volumes().stream()
                .map(volume -> sign(volume, expiresAt, key))
                .toList();
    }

    private String sign(Volume volume, OffsetDateTime expiresAt, UserDelegationKey key) {
        BlobServiceSasSignatureValues values = new BlobServiceSasSignatureValues(
                        expiresAt, new BlobSasPermission().setReadPermission(true))
                .setContentDisposition("attachment; filename=\"personal-data-" + volume.name() + "\"");
        if (settings.endpoint().startsWith("https:")) {
            values.setProtocol(SasProtocol.HTTPS_ONLY);
        }
        BlobClient blob = container.getBlobClient(volume.name());
        String signature = key == null ? blob.generateSas(values) : blob.generateUserDelegationSas(values, key);
        return blob.getBlobUrl() + "?" + signature;
    }
}
