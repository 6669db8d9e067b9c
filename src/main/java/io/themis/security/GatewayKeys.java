package io.themis.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The keys that a gateway in front of Themis sends.
 *
 * @param gatewayKey one, or two separated by a comma while keys are changed
 */
@ConfigurationProperties("themis")
public record GatewayKeys(List<String> gatewayKey) {

    public GatewayKeys {
        gatewayKey = gatewayKey == null
                ? List.of()
                : gatewayKey.stream().filter(key -> !key.isBlank()).toList();
    }

    /** Takes the same time wherever a wrong key differs; digests hide its length too. */
    boolean accept(String presented) {
        byte[] digest = digest(presented);
        boolean accepted = false;
        for (String key : gatewayKey) {
            accepted |= MessageDigest.isEqual(digest(key), digest);
        }
        return accepted;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "GatewayKeys[" + gatewayKey.size() + "]";
    }
}
