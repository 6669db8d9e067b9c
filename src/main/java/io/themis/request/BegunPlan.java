package io.themis.request;

import java.time.Instant;

/**
 * A plan of an erasure that is or was carried out.
 *
 * @param approvals how many people had approved it; none has to where a restored backup is cleaned again
 * @param approvedAt when enough of them had, or when the plan was made if none has to
 * @param begunAt when something was destroyed for the first time
 */
public record BegunPlan(int approvals, Instant approvedAt, Instant begunAt) {}
