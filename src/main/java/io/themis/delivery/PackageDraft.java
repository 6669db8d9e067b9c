package io.themis.delivery;

import io.themis.export.PackageSummary;
import io.themis.request.DataSubjectRequest.SealedPackage;
import java.time.Instant;

/**
 * A package that has been written and not yet been checked.
 *
 * @param expiresAt when its links will end; the package itself names this time
 */
public record PackageDraft(PackageSummary summary, Instant createdAt, Instant expiresAt) {

    /** To be called once it has been read back and found whole. */
    public SealedPackage sealed() {
        return new SealedPackage(summary.volumes(), createdAt, expiresAt);
    }
}
