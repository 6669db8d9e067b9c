package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada@example.org",
                "Ada.Lovelace+themis@sub.example.co.uk",
                "o'neil@example.org",
                "a@b",
                "ada@xn--bcher-kva.example",
                "{_ada}!#$%&'*/=?^`|~-@example.org",
                "1@2.example"
            })
    void anAddressIsTakenAsItIs(String value) {
        assertThat(new EmailAddress(value).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\t"})
    void nothingIsMissing(String value) {
        assertRefused(value, "is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada@example.org\r\nBcc: eve@example.org",
                "ada@example.org\n",
                "ada@example.org,eve@example.org",
                "ada@example.org;eve@example.org",
                "Ada <ada@example.org>",
                "<ada@example.org>",
                "\"ada lovelace\"@example.org",
                "ada(the first)@example.org",
                "group:ada@example.org;",
                "ada@[127.0.0.1]",
                " ada@example.org",
                "ada@example.org ",
                "ada\\@example.org",
                "ada@example.org\u0000",
                "ädä@example.org",
                "ada@bücher.example",
                "ada\u2028@example.org"
            })
    void aCharacterThatCouldAddAnotherRecipientOrAHeaderIsRefused(String value) {
        assertRefused(value, "has a character");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ada",
                "ada@",
                "@example.org",
                "ada@example@org",
                "ada@@example.org",
                "ada@-example.org",
                "ada@example-.org",
                "ada@example..org",
                "ada@.example.org",
                "ada@example.org.",
                "ada@exam_ple.org",
                ".ada@example.org",
                "ada..lovelace@example.org",
                "ada.@example.org"
            })
    void whatIsNoAddressIsRefused(String value) {
        assertRefused(value, "is not an e-mail address");
    }

    @Test
    void lengthsAreThoseOfRfc5321() {
        String label = "a".repeat(63);
        String longestDomain = label + "." + label + "." + label.substring(0, 61);
        String longest = "l".repeat(64) + "@" + longestDomain;
        assertThat(longest).hasSize(254);

        assertThat(new EmailAddress(longest).value()).isEqualTo(longest);
        assertRefused(longest + "a", "is longer than 254");
        assertRefused("l".repeat(65) + "@example.org", "is not an e-mail address");
        assertRefused("ada@" + label + "a.org", "is not an e-mail address");
    }

    @Test
    void upperAndLowerCaseAreOnePerson() {
        assertThat(new EmailAddress("ADA@Example.ORG").normalForm())
                .isEqualTo(new EmailAddress("ada@example.org").normalForm());
    }

    @Test
    void itsTextDoesNotShowIt() {
        assertThat(new EmailAddress("ada@example.org").toString()).doesNotContain("ada", "example");
    }

    private static void assertRefused(String value, String message) {
        assertThatThrownBy(() -> new EmailAddress(value))
                .asInstanceOf(InstanceOfAssertFactories.type(InvalidRequestException.class))
                .satisfies(refused -> assertThat(refused.pointer()).isEqualTo("/emailAddress"))
                .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
                .startsWith("emailAddress " + message)
                .doesNotContain("ada@", "eve");
    }
}
