package io.themis.request;

/**
 * The answer to a request that came in.
 *
 * @param created false if it repeats one that was there already
 */
public record Acceptance(DataSubjectRequest request, boolean created) {}
