package io.themis.certificate;

import jakarta.validation.constraints.NotEmpty;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How certificates are signed.
 *
 * @param signingKey RSA private key: PKCS #8 as PEM, or the base64 of it alone
 * @param formerKeys public keys, of keys that certificates were signed with before: X.509 as PEM, or the base64 alone
 */
@Validated
@ConfigurationProperties("themis.erasure.certificate")
record CertificateSettings(
        @NotEmpty String signingKey, @DefaultValue List<String> formerKeys) {

    /** Without the keys. */
    @Override
    public String toString() {
        return "CertificateSettings[]";
    }
}
