package io.themis.erasure;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Seals entries of the ledger: AES-256-GCM (NIST SP 800-38D), each bound to its request. */
final class LedgerKey {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final String id;

    /** @param base64 32 bytes, of either alphabet */
    LedgerKey(String base64) {
        byte[] bytes =
                Base64.getUrlDecoder().decode(base64.strip().replace('+', '-').replace('/', '_'));
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key of the ledger is not " + KEY_BYTES + " bytes in base64");
        }
        this.key = new SecretKeySpec(bytes, "AES");
        try {
            this.id = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .substring(0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** First eight hexadecimal digits of the SHA-256 of the key, by which an old one is recognised. */
    String id() {
        return id;
    }

    /** @return nonce, then what is sealed and its tag */
    byte[] seal(UUID requestId, byte[] clear) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, requestId).doFinal(clear);
            return ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws LedgerException if this is not what was sealed with this key for this request */
    byte[] open(UUID requestId, byte[] sealed) {
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, nonce, requestId)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new LedgerException("the entry of request %s is damaged".formatted(requestId));
        }
    }

    private Cipher cipher(int mode, byte[] nonce, UUID requestId) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(requestId.toString().getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }
}
