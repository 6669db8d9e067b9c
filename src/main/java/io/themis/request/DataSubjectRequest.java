package io.themis.request;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A data subject request.
 *
 * @param dueAt one calendar month after receipt (GDPR Art. 12(3))
 * @param greeting what the mails call the person; null until the person has been identified
 * @param sealed the finished package, or null
 * @param run counted from 1: how often the request has begun
 */
public record DataSubjectRequest(
        UUID id,
        RequestType type,
        EmailAddress emailAddress,
        Locale language,
        RequestStatus status,
        Instant receivedAt,
        Instant dueAt,
        String caller,
        String greeting,
        SealedPackage sealed,
        int run) {

    /**
     * A package that has been written, read back and found whole.
     *
     * @param volumes one, or several that are unpacked together, in their order
     * @param sealedAt when it was found whole
     * @param expiresAt when the links end and the package is deleted
     */
    public record SealedPackage(List<Volume> volumes, Instant sealedAt, Instant expiresAt) {}

    public boolean isErasure() {
        return type == RequestType.ERASURE;
    }

    /** Never the address: this object ends up in log lines by accident. */
    @Override
    public String toString() {
        return "request " + id;
    }
}
