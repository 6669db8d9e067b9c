package io.themis.request;

import java.time.Instant;

/**
 * The plan of an erasure, as it is to be approved.
 *
 * @param run of the request that it was made for
 * @param plan JSON, exactly the text that was proposed
 * @param digest names this plan and no other
 * @param approvedAt when enough people had approved it, or the approval was waived; null until then
 */
public record Proposal(int run, String plan, String digest, Instant plannedAt, Instant approvedAt) {

    public boolean isApproved() {
        return approvedAt != null;
    }
}
