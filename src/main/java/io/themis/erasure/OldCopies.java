package io.themis.erasure;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobItemProperties;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.erasure.ErasureReport.OldCopy.Kind;
import io.themis.erasure.ErasureReport.OldCopy.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/**
 * What the store still has of a file as it was before its rows went: versions and snapshots, and what soft delete keeps of them.
 *
 * <p>Only copies of exactly this name, and only those that are older than a content that is known to be clean, are deleted. What was
 * written after that is somebody else's: it is named in the answer, because nobody has looked into it, and left alone. Soft-deleted
 * copies go by themselves; the store lets nobody read them meanwhile, and asking again does not make it sooner.
 *
 * <p>An account with a hierarchical namespace keeps no versions, and keeps nothing of a file that is written over; what soft delete keeps
 * of a deleted one is listed by another endpoint, which is not asked here, and the answer says so.
 */
final class OldCopies {

    private final BlobContainerClient lake;
    private final Policy policy;
    private final Clock clock;

    enum Policy {
        /** Versions and snapshots are deleted if the store lets us; soft-deleted copies are listed. */
        DELETE,
        /** All are listed. */
        REPORT
    }

    OldCopies(BlobContainerClient lake, Policy policy, Clock clock) {
        this.lake = lake;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * Deals with what is older than a content that was looked through.
     *
     * @param etag entity tag of that content
     * @param writtenAt the time at which the store says that it was written, in whole seconds
     * @return what is left; nothing if all is gone
     * @throws BlobStorageException if the store failed, and trying again may help
     */
    List<OldCopy> ofRewritten(String file, String etag, Instant writtenAt) {
        return dealWith(file, etag, writtenAt);
    }

    /**
     * Deals with what is left of a file that is deleted.
     *
     * @param deletedAt by the store's clock, in whole seconds
     * @return what is left; nothing if all is gone
     * @throws BlobStorageException if the store failed, and trying again may help
     */
    List<OldCopy> ofDeleted(String file, Instant deletedAt) {
        return dealWith(file, null, deletedAt);
    }

    private List<OldCopy> dealWith(String file, String cleanEtag, Instant cleanSince) {
        Map<String, String> refusals = new HashMap<>();
        if (policy == Policy.DELETE) {
            Listing before = list(file);
            Age age = Age.of(before.found(), cleanEtag, cleanSince);
            before.found().stream()
                    .filter(copy -> isCopy(copy) && !copy.isDeleted() && age.of(copy) == Relation.OLDER)
                    .forEach(copy -> delete(copy, refusals));
        }
        Listing after = list(file);
        Age age = Age.of(after.found(), cleanEtag, cleanSince);
        List<OldCopy> left = new ArrayList<>();
        for (BlobItem copy : after.found().stream().filter(OldCopies::isCopy).toList()) {
            switch (age.of(copy)) {
                case CLEAN -> {}
                case OLDER -> left.add(copy.isDeleted() ? softDeleted(copy) : older(copy, refusals.get(id(copy))));
                case SAME_SECOND ->
                    left.add(copy.isDeleted() ? softDeleted(copy) : kept(copy, Reason.SAME_SECOND, null));
                case NEWER -> left.add(copy.isDeleted() ? softDeleted(copy) : kept(copy, Reason.NEWER, null));
            }
        }
        left.addAll(after.notListed());
        left.addAll(unfinished(file));
        return left;
    }

    /** What a crash has left beside the file is deleted by either policy: nobody else knows of it. */
    private List<OldCopy> unfinished(String file) {
        BlobClient beside = StoredFile.beside(lake.getBlobClient(file));
        try {
            if (beside.exists()) {
                beside.delete();
            }
            return List.of();
        } catch (BlobStorageException e) {
            if (!isAnswer(e)) {
                throw e;
            }
            return List.of(new OldCopy(Kind.UNFINISHED, null, null, Reason.REFUSED, code(e), false, null));
        }
    }

    /** What is there under the name, the file itself too, and what the store did not let itself be asked for. */
    private record Listing(List<BlobItem> found, List<OldCopy> notListed) {}

    private Listing list(String file) {
        try {
            return new Listing(list(file, everything().setRetrieveVersions(true)), List.of());
        } catch (BlobStorageException e) {
            // Versions are what an account with a hierarchical namespace does not have
            if (!isAnswer(e) || e.getStatusCode() == HttpStatus.FORBIDDEN.value()) {
                throw e;
            }
        }
        try {
            return new Listing(list(file, everything()), List.of());
        } catch (BlobStorageException e) {
            if (!isAnswer(e)) {
                throw e;
            }
            List<BlobItem> snapshots = list(file, new BlobListDetails().setRetrieveSnapshots(true));
            return new Listing(
                    snapshots,
                    List.of(new OldCopy(Kind.SOFT_DELETED_FILE, null, null, Reason.NOT_LISTED, code(e), false, null)));
        }
    }

    private static BlobListDetails everything() {
        return new BlobListDetails()
                .setRetrieveSnapshots(true)
                .setRetrieveDeletedBlobs(true)
                .setRetrieveImmutabilityPolicy(true)
                .setRetrieveLegalHold(true);
    }

    private List<BlobItem> list(String file, BlobListDetails details) {
        return lake.listBlobs(new ListBlobsOptions().setPrefix(file).setDetails(details), null).stream()
                .filter(found -> found.getName().equals(file))
                .toList();
    }

    /** Whether this is something else than what everybody reads under the name. */
    private static boolean isCopy(BlobItem found) {
        return found.isDeleted()
                || found.getSnapshot() != null
                || found.getVersionId() != null && !Boolean.TRUE.equals(found.isCurrentVersion());
    }

    private enum Relation {
        /** The content that is known to be clean, itself. */
        CLEAN,
        OLDER,
        SAME_SECOND,
        NEWER
    }

    /**
     * @param since when the clean content was written
     * @param isExact whether that is known to the fraction of a second, as the id of a version says it; a date of the store is cut to the second
     */
    private record Age(String cleanEtag, Instant since, boolean isExact) {

        static Age of(List<BlobItem> found, String cleanEtag, Instant cleanSince) {
            return found.stream()
                    .filter(copy -> copy.getVersionId() != null
                            && cleanEtag != null
                            && cleanEtag.equals(copy.getProperties().getETag()))
                    .findFirst()
                    .map(clean -> new Age(cleanEtag, time(clean.getVersionId()), true))
                    .orElseGet(() -> new Age(cleanEtag, cleanSince, false));
        }

        Relation of(BlobItem copy) {
            if (cleanEtag != null && cleanEtag.equals(copy.getProperties().getETag())) {
                return Relation.CLEAN;
            }
            Instant from = from(copy);
            if (from.isBefore(since)) {
                return Relation.OLDER;
            }
            return isExact || !from.isBefore(since.plusSeconds(1)) ? Relation.NEWER : Relation.SAME_SECOND;
        }
    }

    /** When a version was written, a snapshot was taken, or, of a file that was deleted without either, it was written last. */
    private static Instant from(BlobItem copy) {
        if (copy.getVersionId() != null) {
            return time(copy.getVersionId());
        }
        return copy.getSnapshot() == null
                ? copy.getProperties().getLastModified().toInstant()
                : time(copy.getSnapshot());
    }

    private static Instant time(String id) {
        return OffsetDateTime.parse(id).toInstant();
    }

    private void delete(BlobItem copy, Map<String, String> refusals) {
        try {
            if (copy.getVersionId() != null) {
                lake.getBlobVersionClient(copy.getName(), copy.getVersionId()).delete();
            } else {
                lake.getBlobClient(copy.getName(), copy.getSnapshot()).delete();
            }
        } catch (BlobStorageException e) {
            if (!isAnswer(e)) {
                throw e;
            }
            // Also if it is gone already: the listing after this says what is there
            refusals.put(id(copy), code(e));
        }
    }

    /** A version and a snapshot can be of the same instant. */
    private static String id(BlobItem copy) {
        return copy.getVersionId() + "/" + copy.getSnapshot();
    }

    /** @param refusal what the store answered when it was to be deleted; null if nobody asked for that */
    private static OldCopy older(BlobItem copy, String refusal) {
        return kept(copy, refusal == null ? Reason.POLICY : Reason.REFUSED, refusal);
    }

    private static OldCopy kept(BlobItem copy, Reason why, String answer) {
        BlobItemProperties properties = copy.getProperties();
        OffsetDateTime lockedUntil = properties.getImmutabilityPolicy() == null
                ? null
                : properties.getImmutabilityPolicy().getExpiryTime();
        return new OldCopy(
                kind(copy),
                from(copy),
                null,
                why,
                answer,
                Boolean.TRUE.equals(properties.hasLegalHold()),
                lockedUntil == null ? null : lockedUntil.toInstant());
    }

    /**
     * The store says the day of the deletion and how many days are left, which gets less every day: it goes on the day that both make. It
     * counts whole days, so this can be a day off.
     */
    private OldCopy softDeleted(BlobItem copy) {
        BlobItemProperties properties = copy.getProperties();
        Instant deletedAt = properties.getDeletedTime().toInstant();
        long daysGone = Math.max(0, Duration.between(deletedAt, clock.instant()).toDays());
        Instant goesAt = deletedAt.plus(Duration.ofDays(daysGone + properties.getRemainingRetentionDays()));
        return new OldCopy(kind(copy), from(copy), goesAt, null, null, false, null);
    }

    private static Kind kind(BlobItem copy) {
        if (copy.getVersionId() != null) {
            return copy.isDeleted() ? Kind.SOFT_DELETED_VERSION : Kind.VERSION;
        }
        if (copy.getSnapshot() != null) {
            return copy.isDeleted() ? Kind.SOFT_DELETED_SNAPSHOT : Kind.SNAPSHOT;
        }
        return Kind.SOFT_DELETED_FILE;
    }

    /** Whether it would be the same if we asked again: neither a store that is away nor one that has too much to do. */
    private static boolean isAnswer(BlobStorageException e) {
        int status = e.getStatusCode();
        return status >= 400
                && status < 500
                && status != HttpStatus.REQUEST_TIMEOUT.value()
                && status != HttpStatus.TOO_MANY_REQUESTS.value()
                && status != HttpStatus.UNAUTHORIZED.value();
    }

    private static String code(BlobStorageException e) {
        return e.getErrorCode() == null
                ? "HTTP status " + e.getStatusCode()
                : e.getErrorCode().toString();
    }
}
