package io.themis.erasure;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * What stands for a value after a mask {@code keyed-hash}: HMAC-SHA256 (RFC 2104) cut to 128 bits. The same text has the same
 * pseudonym in whatever column, so that rows still refer to each other. A hash without a key would be undone by hashing every
 * address and number there is (Art. 29 Working Party, Opinion 05/2014, 4); whoever has the key can still do that, so masked rows
 * are pseudonymised and not anonymous (GDPR recital 26) for as long as it is kept.
 */
@Component
public class Pseudonyms {

    /** What every pseudonym begins with, so that nobody takes it for a name or a number. */
    static final String MARK = "pseudonym-";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int PSEUDONYM_BYTES = 16;

    private final SecretKeySpec key;

    /** @param base64 32 bytes, of either alphabet */
    Pseudonyms(@Value("${themis.erasure.pseudonym-key}") String base64) {
        byte[] bytes =
                Base64.getUrlDecoder().decode(base64.strip().replace('+', '-').replace('/', '_'));
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException("the key of the pseudonyms is not " + KEY_BYTES + " bytes in base64");
        }
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** @return 32 characters of URL-safe base64 (RFC 4648 section 5), with the mark */
    String of(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, PSEUDONYM_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        }
    }
}
