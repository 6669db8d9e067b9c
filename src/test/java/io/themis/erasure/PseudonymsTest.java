package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PseudonymsTest {

    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    /** As {@code openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef} has them, cut to 16 bytes. */
    @ParameterizedTest
    @CsvSource({
        "42, pseudonym-OxLQQS2xhcmP9Ygl7UyBzw",
        "ada@example.org, pseudonym-vPpqpWQvb_oKNZNGuDdwxA",
        "Zoë, pseudonym-ZL0LiflQAwbmZvGikUhSGw"
    })
    void aPseudonymIsTheKeyedHashOfTheTextInUtf8(String text, String pseudonym) {
        assertThat(new Pseudonyms(KEY).of(text)).isEqualTo(pseudonym);
    }

    @Test
    void anotherKeyGivesAnotherPseudonym() {
        String other = Base64.getUrlEncoder().encodeToString(new byte[32]);
        assertThat(new Pseudonyms(other).of("42"))
                .isNotEqualTo(new Pseudonyms(KEY).of("42"))
                .matches("pseudonym-[\\w-]{22}");
    }

    @Test
    void aShortKeyIsRefusedWithoutBeingShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pseudonyms("c2hvcnQ="))
                .withMessageContaining("32 bytes")
                .withMessageNotContaining("c2hvcnQ");
    }
}
