package io.themis.erasure;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param oldCopies what becomes of versions and snapshots of a lake file that was rewritten or deleted
 */
@Validated
@ConfigurationProperties("themis.erasure")
record ErasureSettings(@NotNull OldCopies.Policy oldCopies) {}
