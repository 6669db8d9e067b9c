package io.themis.request;

import java.time.Instant;

/**
 * What has become of an erasure; each part is null until there is one.
 *
 * @param report JSON
 * @param certificate JSON
 * @param endedAt when the certificate was kept
 * @param refusal why a privacy officer declined
 */
public record Outcome(String report, String certificate, Instant endedAt, String refusal) {}
