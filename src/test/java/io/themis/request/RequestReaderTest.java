package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

    private static final String NO_OBJECT = "the body must be a JSON object";

    private final RequestReader reader = new RequestReader(new ObjectMapper());

    @Test
    void aRequestIsWhatItsFieldsSay() {
        NewRequest read = reader.read(
                utf8("{\"type\": \"access\", \"emailAddress\": \"Ada@example.org\", \"language\": \"de-AT\"}"),
                "fr",
                "gateway",
                "key-1");

        assertThat(read)
                .isEqualTo(new NewRequest(
                        RequestType.ACCESS,
                        new EmailAddress("Ada@example.org"),
                        Locale.forLanguageTag("de-AT"),
                        "gateway",
                        "key-1"));
    }

    @Test
    void anErasureCanWaitForAPackage() {
        String body = "{\"type\": \"erasure\", \"emailAddress\": \"ada@example.org\"%s}";

        assertThat(reader.read(utf8(body.formatted("")), null, "gateway", null))
                .isEqualTo(new NewRequest(
                        RequestType.ERASURE, new EmailAddress("ada@example.org"), Locale.ENGLISH, "gateway", null));
        assertThat(reader.read(utf8(body.formatted(", \"accessFirst\": true")), null, "gateway", null))
                .isEqualTo(new NewRequest(
                        RequestType.ERASURE,
                        new EmailAddress("ada@example.org"),
                        Locale.ENGLISH,
                        "gateway",
                        null,
                        true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            hello                                             | ``            | the body is not JSON, at line 1, column
            {"type": "access",                                | ``            | the body is not JSON, at line 1, column
            {'type': 'access'}                                | ``            | the body is not JSON, at line 1, column
            {} {}                                             | ``            | the body has a field twice, or something after its end
            {"type": "access", "type": "access"}              | ``            | the body has a field twice, or something after its end
            []                                                | ``            | the body must be a JSON object
            "access"                                          | ``            | the body must be a JSON object
            null                                              | ``            | the body must be a JSON object
            {"type": "access", "name": "ada"}                 | ``            | the body has an unknown field
            {}                                                | /type         | type must be "access" or "erasure"
            {"type": null}                                    | /type         | type must be "access" or "erasure"
            {"type": "erase-ada"}                             | /type         | type must be "access" or "erasure"
            {"type": "Access"}                                | /type         | type must be "access" or "erasure"
            {"type": 1}                                       | /type         | type must be a string
            {"type": "access", "emailAddress": "ada@b.org", "accessFirst": true} | /accessFirst | accessFirst is for requests of type "erasure"
            {"type": "erasure", "emailAddress": "ada@b.org", "accessFirst": "yes"} | /accessFirst | accessFirst must be true or false
            {"type": "access"}                                | /emailAddress | emailAddress is missing
            {"type": "access", "emailAddress": null}          | /emailAddress | emailAddress is missing
            {"type": "access", "emailAddress": ["ada@b.org"]} | /emailAddress | emailAddress must be a string
            {"type": "access", "emailAddress": "ada"}         | /emailAddress | emailAddress is not an e-mail address
            {"type": "access", "emailAddress": "ada@b.org", "language": 7} | /language | language must be a string
            {"type": "access", "emailAddress": "ada@b.org", "language": "d e"} | /language | language must be a BCP 47 tag
            {"type": "access", "emailAddress": "ada@b.org", "language": "de-DE-x-aaaaaaaa-bbbbbbbb-cccccccc-d"} | /language | language is longer than 35
            """)
    void whatIsWrongIsSaidWithItsPlaceAndWithoutItsValue(String body, String pointer, String message) {
        InvalidRequestException refused = refused(utf8(body));

        assertThat(refused.pointer()).isEqualTo(pointer);
        assertThat(refused.getMessage()).startsWith(message);
        assertThat(refused.getMessage().replace("ada@example.org", "")).doesNotContain("ada", "erase", "hello");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \n"})
    void nothingIsNoRequest(String body) {
        assertThat(refused(body == null ? null : utf8(body)).getMessage()).startsWith(NO_OBJECT);
    }

    @Test
    void theBodyIsUtf8() {
        byte[] latin1 = "{\"type\": \"äccess\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(refused(latin1).getMessage()).isEqualTo("the body is not UTF-8 text");
    }

    @Test
    void aBodyThatIsNestedWithoutEndIsRefused() {
        assertThat(refused(utf8("[".repeat(100_000))).getMessage()).startsWith("the body is nested too deeply");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                              | en
            de                | de
            de-AT, en;q=0.5   | de
            fr, de;q=0.8, en  | en
            fr                | en
            *                 | en
            ;;;               | en
            """)
    void aBrowsersWishIsFollowedWhereThereAreTextsAndNeverAReasonToRefuse(String header, String language) {
        assertThat(reader.accessFor(new EmailAddress("ada@example.org"), header, "gateway", null)
                        .language()
                        .getLanguage())
                .isEqualTo(language);
    }

    private InvalidRequestException refused(byte[] body) {
        InvalidRequestException refused =
                catchThrowableOfType(InvalidRequestException.class, () -> reader.read(body, null, "gateway", null));
        assertThat(refused).as("refused").isNotNull();
        return refused;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
