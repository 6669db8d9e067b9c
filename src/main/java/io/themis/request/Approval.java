package io.themis.request;

import java.time.Instant;

/** One person's consent to the plan of an erasure. */
public record Approval(String approver, Instant approvedAt) {}
