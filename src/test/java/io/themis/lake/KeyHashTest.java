package io.themis.lake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHashTest {

    /** Indexes that are kept have these; computed by another program. If one changes, no person is found in an older index. */
    @ParameterizedTest
    @CsvSource({
        "Key,42,5cfdb78a7b70139d",
        "Id,é,3499e2c8213555df",
        "Email,ann.lee@example.com,985cebc0bc11b5cc",
        "Key,12345678,60c7305e7247e235",
        "'','',0000000000000000"
    })
    void aHashStaysWhatItWas(String column, String key, String hash) {
        assertThat(KeyHash.of(column, key)).isEqualTo(Long.parseUnsignedLong(hash, 16));
    }

    @Test
    void aSetOfHashesHasThoseThatWereAdded() {
        Random dice = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            int size = dice.nextInt(200);
            Set<Long> expected = new HashSet<>();
            HashSet64 set = new HashSet64(size);
            for (int j = 0; j < size; j++) {
                expected.add(hash(dice));
            }
            expected.forEach(set::add);

            for (int j = 0; j < 100; j++) {
                long hash = hash(dice);
                assertThat(set.contains(hash)).isEqualTo(expected.contains(hash));
            }
            assertThat(expected).allMatch(set::contains);
        }
    }

    /** Few, with 0 among them, and all for few slots. */
    private static long hash(Random dice) {
        return (long) dice.nextInt(4) << 40 | dice.nextInt(100);
    }

    @Test
    void theNormalFormOfAsciiIsThatOfText() {
        Random dice = new Random(7);
        NormalForm[] forms = {
            NormalForm.EXACT, NormalForm.EMAIL_ADDRESS, NormalForm.PERSON_NAME, new NormalForm(null, true, false)
        };
        for (int i = 0; i < 200_000; i++) {
            NormalForm form = forms[dice.nextInt(forms.length)];
            StringBuilder text = new StringBuilder();
            for (int length = dice.nextInt(12); length > 0; length--) {
                text.append((char) (dice.nextInt(3) == 0 ? ' ' : dice.nextInt(128)));
            }
            byte[] bytes = text.toString().getBytes(US_ASCII);
            byte[] into = new byte[bytes.length];
            int length = form.ofAscii(bytes, 0, bytes.length, into);

            assertThat(new String(into, 0, length, US_ASCII)).isEqualTo(form.of(text.toString()));
        }
    }
}
