package io.themis.azure;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The storage account with the data lake.
 *
 * @param endpoint blob endpoint of the account, also where it has a hierarchical namespace
 * @param accountKey null with a managed identity
 * @param container the file system
 * @param readers files read at the same time by one replica
 * @param sharedFrom how much one request has to read of a dataset before other replicas help
 */
@Validated
@ConfigurationProperties("themis.lake")
public record LakeSettings(
        @NotBlank String endpoint,
        @NotBlank String accountName,
        String accountKey,
        @NotBlank String container,
        @Min(1) int readers,
        @NotNull DataSize sharedFrom) {}
