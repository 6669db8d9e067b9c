package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalFormTest {

    private static final NormalForm CASE = new NormalForm(null, false, true);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "false|false|    |a B|a B",
                "false|true |    |A\u00a0 b\u3000\t|A\u00a0 b\u3000\t",
                "true |false|    |A\u00a0 b\u3000\tc|Abc",
                "false|true |    |Stra\u1e9ee|stra\u00dfe",
                "false|true |    |\u039f\u0394\u039f\u03a3|\u03bf\u03b4\u03bf\u03c2",
                "false|false|NFC |e\u0301|\u00e9",
                "false|false|NFC |\u212a|K",
                "false|false|NFC |\uff21|\uff21",
                "false|false|NFKC|\uff21\ufb01|Afi",
                "true |true |NFKC|\uff21 E \u0301|a\u00e9",
            })
    void valuesThatDifferOnlyInWhatIsIgnoredAreOne(
            String ignoresSpaces, String ignoresCase, String unicode, String one, String other) {
        NormalForm form = new NormalForm(
                unicode.isBlank() ? null : Form.valueOf(unicode.strip()),
                Boolean.parseBoolean(ignoresSpaces.strip()),
                Boolean.parseBoolean(ignoresCase.strip()));

        boolean isSame = form.of(one).equals(form.of(other));

        assertThat(isSame).isTrue();
    }

    /** Whoever has the Kelvin sign, a long s or a dotless i in an address is somebody else. */
    @Test
    void ignoringCaseMakesNothingOutsideOfAsciiALetterOfAscii() {
        for (int character = 0x80; character <= Character.MAX_CODE_POINT; character++) {
            String text = Character.toString(character);
            assertThat(CASE.of(text).chars()).as("U+%04X", character).allMatch(c -> c > 0x7F);
        }
    }

    @Test
    void ignoringCaseMakesOneOfEveryUpperAndLowerCaseThatBelongTogether() {
        int pairs = 0;
        for (int upper = 0; upper <= Character.MAX_CODE_POINT; upper++) {
            int lower = Character.toLowerCase(upper);
            if (lower != upper && Character.toUpperCase(lower) == upper) {
                assertThat(CASE.of(Character.toString(upper)))
                        .as("U+%04X", upper)
                        .isEqualTo(CASE.of(Character.toString(lower)));
                pairs++;
            }
        }
        assertThat(pairs).isGreaterThan(1_000);
    }

    @Test
    void aNameIsTheSameInAnyCaseAndWithAnySpaceBetweenItsWordsButWithSome() {
        String name = NormalForm.PERSON_NAME.of("Zo\u00eb Quill");
        for (String same : List.of(
                "zo\u00eb QUILL", " Zo\u00eb \t\n Quill ", "Zoe\u0308\u00a0Quill", "\uff3a\uff4f\u00eb\u3000Quill")) {
            assertThat(NormalForm.PERSON_NAME.of(same)).as(same).isEqualTo(name);
        }
        for (String other : List.of("Zo\u00ebQuill", "Zoe Quill", "Zo\u00eb Quill.", "Zo\u00eb", "", " ")) {
            assertThat(NormalForm.PERSON_NAME.of(other)).as(other).isNotEqualTo(name);
        }
    }

    @Test
    void theNormalFormOfANormalFormIsItself() {
        Random random = new Random(20_260_301);
        List<NormalForm> forms = new ArrayList<>(List.of(NormalForm.PERSON_NAME));
        for (Form unicode : new Form[] {null, Form.NFC, Form.NFKC}) {
            for (int flags = 0; flags < 4; flags++) {
                forms.add(new NormalForm(unicode, flags % 2 == 1, flags > 1));
            }
        }
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(4); length > 0; length--) {
                text.appendCodePoint(
                        random.nextBoolean() ? random.nextInt(0x500) : random.nextInt(Character.MAX_CODE_POINT + 1));
            }
            for (NormalForm form : forms) {
                String once = form.of(text.toString());
                assertThat(form.of(once)).as("%s of %s", form, text).isEqualTo(once);
            }
        }
    }
}
