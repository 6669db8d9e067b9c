package io.themis.certificate;

import io.themis.erasure.ErasureReport.Check;
import io.themis.erasure.ErasureReport.FileReport;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What was erased, and how that is known. Names no person: whose data it was, the id of the request says to those who may
 * know. Words of the data map are there in each of its languages, by language tag.
 *
 * @param replay whether it erased again what a restored backup had brought back
 * @param approvals of each plan that was carried out, in their order: an erasure that was incomplete has several. Empty for a replay, which
 *     needs nobody's
 * @param beganAt when the first of them was begun
 * @param endedAt when everything had been looked for again and not found
 * @param packages copies of the person's data, made because the person had asked for them, that can still be downloaded
 * @param keys where the keys are that this is verified with
 */
public record Certificate(
        UUID requestId,
        boolean replay,
        Instant receivedAt,
        List<Approval> approvals,
        Instant beganAt,
        Instant endedAt,
        Instant issuedAt,
        Issuer controller,
        List<PackageLeft> packages,
        URI keys,
        List<Dataset> datasets) {

    /** The language in which somebody who wants this one is told: the first if it is not there. */
    public static String languageFor(Map<String, String> byLanguage, String wanted) {
        return byLanguage.containsKey(wanted)
                ? wanted
                : byLanguage.keySet().iterator().next();
    }

    /**
     * @param people how many had approved
     * @param approvedAt when enough of them had
     */
    public record Approval(int people, Instant approvedAt) {}

    /**
     * @param requestId of the request for access
     * @param goesAt when it is deleted
     */
    public record PackageLeft(UUID requestId, Instant goesAt) {}

    /** Who answers for the data; what is not known is left out. */
    public record Issuer(String name, String contact, String dataProtectionOfficer, String supervisoryAuthority) {}

    /**
     * @param title null if the data map no longer has the dataset
     * @param masks how values were replaced in rows that stay without the person; null if none were
     * @param verification how it was looked for again
     */
    public record Dataset(
            String name,
            Map<String, String> title,
            long deleted,
            long masked,
            List<Mask> masks,
            List<Kept> kept,
            Check verification,
            List<FileReport> files) {

        /** Whether anything of the person is no longer there. */
        public boolean hasChanged() {
            return deleted + masked > 0;
        }
    }

    /**
     * What came in the place of a value, as the data map said it when the erasure was planned.
     *
     * @param column null where the map names none
     * @param title what the person calls the column; null if the map does not say it
     * @param by the strategy, as in {@link io.themis.erasure.ErasurePlan.Mask}
     * @param text the constant or the statement; null for the others
     */
    public record Mask(String column, Map<String, String> title, String by, String text) {}

    /**
     * Rows that stay.
     *
     * @param article of the GDPR, such as {@code 17(3)(b)}; null if the data map no longer has the ground
     * @param until when they go
     */
    public record Kept(long rows, String article, Map<String, String> ground, Map<String, String> until) {}
}
