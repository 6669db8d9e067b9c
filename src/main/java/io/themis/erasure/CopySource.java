package io.themis.erasure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpAuthorization;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.sas.SasProtocol;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * How the store may read a file to copy ranges of it: it asks itself by URL, and has to be let in like anybody else. With an account
 * key by a signature in the URL, for reading this file only; with an identity by its token.
 */
final class CopySource {

    private static final Duration LIFE = Duration.ofHours(1);
    private static final String SCOPE = "https://storage.azure.com/.default";

    private final TokenCredential identity;
    private volatile boolean isRefused;

    /** @param identity null if clients sign with the account's key */
    CopySource(TokenCredential identity) {
        this.identity = identity;
    }

    /** Whether the store has not yet refused to copy a range. Most do so for good, so that the next file need not be read twice. */
    boolean canCopy() {
        return !isRefused;
    }

    /** The store does not copy ranges, or does not let itself in. */
    void refused() {
        isRefused = true;
    }

    String url(BlobClient blob) {
        if (identity != null) {
            return blob.getBlobUrl();
        }
        OffsetDateTime end = OffsetDateTime.now(ZoneOffset.UTC).plus(LIFE);
        BlobServiceSasSignatureValues read =
                new BlobServiceSasSignatureValues(end, new BlobSasPermission().setReadPermission(true));
        if (blob.getBlobUrl().startsWith("https:")) {
            read.setProtocol(SasProtocol.HTTPS_ONLY);
        }
        return blob.getBlobUrl() + "?" + blob.generateSas(read);
    }

    /** Null if the URL says it all. */
    HttpAuthorization authorization() {
        return identity == null
                ? null
                : new HttpAuthorization(
                        "Bearer",
                        identity.getTokenSync(new TokenRequestContext().addScopes(SCOPE))
                                .getToken());
    }
}
