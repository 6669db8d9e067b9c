package io.themis.erasure;

import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the ledger of erasures is sealed and kept.
 *
 * @param key 32 bytes in base64, of either alphabet
 * @param formerKeys those that entries may still be sealed with
 * @param life of an entry: as long as a backup is kept that has the person
 */
@Validated
@ConfigurationProperties("themis.erasure.ledger")
public record LedgerSettings(
        @NotEmpty String key,
        @DefaultValue List<String> formerKeys,
        @NotNull Duration life) {

    /** Without the keys. */
    @Override
    public String toString() {
        return "LedgerSettings[" + life + "]";
    }
}
