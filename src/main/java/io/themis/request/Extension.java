package io.themis.request;

import java.time.Instant;

/**
 * A deadline that was extended (GDPR Art. 12(3)).
 *
 * @param formerDueAt when the request was due before
 * @param reason for the person to read
 * @param officer who extended it
 */
public record Extension(Instant formerDueAt, String reason, String officer, Instant extendedAt) {}
