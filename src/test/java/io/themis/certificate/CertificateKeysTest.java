package io.themis.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Verified as anybody would who has no library for JWS: by RFC 7515 and the JDK. */
class CertificateKeysTest {

    private static final KeyPair NOW = pair();
    private static final KeyPair BEFORE = pair();
    private static final String JSON = "{\"a\": \"ä \uD83D\uDE00\",\n\"b\":1.0}";

    @Test
    void whatIsSignedIsVerifiedWithThePublishedKeyAndIsTheExactText() throws Exception {
        CertificateKeys keys = new CertificateKeys(new CertificateSettings(base64(NOW.getPrivate()), List.of()));
        String signature = keys.sign(JSON);

        JsonNode header = header(signature);
        assertThat(header.required("alg").textValue()).isEqualTo("PS256");
        assertThat(header.required("typ").textValue()).isEqualTo("erasure-certificate+json");
        JsonNode jwk = jwk(keys, header.required("kid").textValue());
        assertThat(verify(jwk, signature)).isTrue();
        assertThat(new String(Base64.getUrlDecoder().decode(signature.split("\\.")[1]), StandardCharsets.UTF_8))
                .isEqualTo(JSON);

        String[] parts = signature.split("\\.");
        String other = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(JSON.replace("1.0", "2.0").getBytes(StandardCharsets.UTF_8));
        assertThat(verify(jwk, parts[0] + "." + other + "." + parts[2])).isFalse();
    }

    @Test
    void nothingSecretIsPublished() throws Exception {
        CertificateKeys keys = new CertificateKeys(
                new CertificateSettings(base64(NOW.getPrivate()), List.of(base64(BEFORE.getPublic()))));
        JsonNode published = new ObjectMapper().readTree(keys.publicKeys()).required("keys");
        assertThat(published)
                .hasSize(2)
                .allSatisfy(jwk -> assertThat(jwk.fieldNames())
                        .toIterable()
                        .containsExactlyInAnyOrder("kty", "use", "alg", "kid", "n", "e"));
    }

    @Test
    void aCertificateIsStillVerifiedAfterTheKeyHasChanged() throws Exception {
        String signature =
                new CertificateKeys(new CertificateSettings(base64(BEFORE.getPrivate()), List.of())).sign(JSON);
        CertificateKeys now = new CertificateKeys(new CertificateSettings(
                pem("PRIVATE KEY", NOW.getPrivate()), List.of(pem("PUBLIC KEY", BEFORE.getPublic()))));
        assertThat(verify(jwk(now, header(signature).required("kid").textValue()), signature))
                .isTrue();
    }

    @Test
    void aKeyThatIsNoneIsRefusedWithoutShowingIt() {
        String secret = base64(NOW.getPrivate());
        for (String wrong : List.of("no key", secret.substring(4), base64(NOW.getPublic()))) {
            assertThatThrownBy(() -> new CertificateKeys(new CertificateSettings(wrong, List.of())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("themis.erasure.certificate.signing-key is no RSA key in PKCS #8")
                    .hasNoCause();
        }
        assertThatThrownBy(() -> new CertificateKeys(new CertificateSettings(secret, List.of(secret))))
                .hasMessageContaining("former-keys");
        assertThat(new CertificateSettings(secret, List.of(secret)).toString()).doesNotContain(secret);
    }

    private static JsonNode header(String signature) throws Exception {
        return new ObjectMapper()
                .readTree(Base64.getUrlDecoder().decode(signature.split("\\.")[0]));
    }

    private static JsonNode jwk(CertificateKeys keys, String id) throws Exception {
        for (JsonNode jwk : new ObjectMapper().readTree(keys.publicKeys()).required("keys")) {
            if (jwk.required("kid").textValue().equals(id)) {
                return jwk;
            }
        }
        throw new AssertionError("no key " + id);
    }

    private static boolean verify(JsonNode jwk, String signature) throws Exception {
        int end = signature.lastIndexOf('.');
        Signature rsa = Signature.getInstance("RSASSA-PSS");
        rsa.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        rsa.initVerify(
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e"))));
        rsa.update(signature.substring(0, end).getBytes(StandardCharsets.US_ASCII));
        return rsa.verify(Base64.getUrlDecoder().decode(signature.substring(end + 1)));
    }

    private static BigInteger number(JsonNode jwk, String name) {
        return new BigInteger(
                1, Base64.getUrlDecoder().decode(jwk.required(name).textValue()));
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(3072);
            return keys.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(Key key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    private static String pem(String type, Key key) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, Base64.getMimeEncoder().encodeToString(key.getEncoded()), type);
    }
}
