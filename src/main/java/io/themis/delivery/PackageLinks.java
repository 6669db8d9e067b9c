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
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** Signs links with which the person, and who gets the link from them, can download their package. */
@Component
public class PackageLinks {

    private static final Duration DOWNLOAD_BEGINS = Duration.ofHours(1);

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
        return sign(request, request.sealed().expiresAt());
    }

    /**
     * The same for somebody who is about to download and has shown who they are: links that end within the hour, as they
     * stay in the browser's history.
     */
    public List<Download> downloads(DataSubjectRequest request) {
        Instant soon = clock.instant().plus(DOWNLOAD_BEGINS);
        Instant end = request.sealed().expiresAt();
        Iterator<String> links = sign(request, soon.isBefore(end) ? soon : end).iterator();
        return request.sealed().volumes().stream()
                .map(volume -> new Download(volume.name(), volume.bytes(), links.next()))
                .toList();
    }

    /** A zip and where it can be had. */
    public record Download(String name, long bytes, String url) {}

    private List<String> sign(DataSubjectRequest request, Instant end) {
        OffsetDateTime expiresAt = end.atOffset(ZoneOffset.UTC);
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
