package io.themis.certificate;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Signs certificates, and tells everybody the keys to verify them with: JWS (RFC 7515) with PS256 (RFC 7518). RSA, because
 * its PKCS #8 form holds the public key as well, so that there is one setting and no two that do not fit.
 */
@Component
public class CertificateKeys {

    /** So that no other JWS can pass for a certificate (RFC 8725, section 3.11). */
    private static final JOSEObjectType TYPE = new JOSEObjectType("erasure-certificate+json");

    private final RSAKey current;
    private final JWKSet publicKeys;

    CertificateKeys(CertificateSettings settings) {
        current = signing(settings.signingKey());
        List<JWK> all = new ArrayList<>(List.of(current.toPublicJWK()));
        settings.formerKeys().stream().map(CertificateKeys::verifying).forEach(all::add);
        publicKeys = new JWKSet(all);
    }

    /** A JWK Set (RFC 7517), JSON. */
    public String publicKeys() {
        return publicKeys.toString(true);
    }

    /** @return JWS in compact serialisation; its payload is exactly this text in UTF-8 */
    String sign(String json) {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.PS256)
                .type(TYPE)
                .keyID(current.getKeyID())
                .build();
        JWSObject signed = new JWSObject(header, new Payload(json));
        try {
            signed.sign(new RSASSASigner(current));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return signed.serialize();
    }

    private static RSAKey signing(String pem) {
        try {
            KeyFactory keys = KeyFactory.getInstance("RSA");
            RSAPrivateCrtKey secret = (RSAPrivateCrtKey) keys.generatePrivate(new PKCS8EncodedKeySpec(decoded(pem)));
            RSAPublicKey open = (RSAPublicKey)
                    keys.generatePublic(new RSAPublicKeySpec(secret.getModulus(), secret.getPublicExponent()));
            return named(new RSAKey.Builder(open).privateKey(secret));
        } catch (IllegalArgumentException | ClassCastException | GeneralSecurityException e) {
            // Without the cause, whose message may show a part of the key.
            throw new IllegalArgumentException("themis.erasure.certificate.signing-key is no RSA key in PKCS #8");
        }
    }

    private static RSAKey verifying(String pem) {
        try {
            return named(new RSAKey.Builder(
                    (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(decoded(pem)))));
        } catch (IllegalArgumentException | ClassCastException | GeneralSecurityException e) {
            throw new IllegalArgumentException("a key of themis.erasure.certificate.former-keys is no public RSA key");
        }
    }

    /** By its thumbprint (RFC 7638), which does not change with its place in the settings. */
    private static RSAKey named(RSAKey.Builder key) {
        try {
            return key.keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.PS256)
                    .keyIDFromThumbprint()
                    .build();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] decoded(String pem) {
        return Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", ""));
    }
}
