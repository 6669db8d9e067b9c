package io.themis.request;

import java.time.Instant;

/**
 * What somebody did to a request.
 *
 * @param number counts the acts of one request, from 1
 * @param act such as {@code restart}
 * @param detail what it was done to, or null
 * @param actor subject of the token, or {@code gateway}
 */
public record Act(int number, String act, String detail, String actor, Instant actedAt) {}
