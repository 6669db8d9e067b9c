package io.themis.azure;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The storage account of Themis itself.
 *
 * @param endpoint blob endpoint, such as {@code https://account.blob.core.windows.net}
 * @param accountKey null with a managed identity
 * @param stagingContainer rows on their way into a package
 * @param packagesContainer finished packages
 * @param reviewContainer rows for a privacy officer to look at, which are in no package
 * @param indexContainer which keys are where in the lake; holds keys as hashes, so it needs the lake's protection
 */
@Validated
@ConfigurationProperties("themis.storage")
public record StorageSettings(
        @NotBlank String endpoint,
        @NotBlank String accountName,
        String accountKey,
        @NotBlank String stagingContainer,
        @NotBlank String packagesContainer,
        @NotBlank String reviewContainer,
        @NotBlank String indexContainer) {}
