package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.security.Caller.Role;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.oauth2.jwt.Jwt;

class CallersTest {

    private static final String OTHER = "other@example.org";

    private final Callers callers = new Callers();

    static List<Caller> thoseWhoActForAnyone() {
        return List.of(
                Caller.gateway(),
                Caller.of(token(Map.of("roles", List.of("operator")))),
                Caller.of(token(Map.of("roles", List.of("privacy-officer")))));
    }

    @ParameterizedTest
    @MethodSource("thoseWhoActForAnyone")
    void gatewayOperatorAndPrivacyOfficerActForAnyone(Caller caller) {
        assertThatCode(() -> callers.mayRequestFor(caller, OTHER)).doesNotThrowAnyException();
        assertThatCode(() -> callers.mayRead(caller, OTHER)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("thoseWhoActForAnyone")
    void theyLearnFromTheRouteThatARequestDoesNotExist(Caller caller) {
        assertThatCode(() -> callers.mayRead(caller, null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ines@example.org", "INES@Example.ORG"})
    void aPersonActsForTheOwnAddressHoweverItIsWritten(String address) {
        assertThatCode(() -> callers.mayRequestFor(person("Ines@example.org", true), address))
                .doesNotThrowAnyException();
    }

    @Test
    void theCaseOfAnAddressDoesNotFollowTheLanguageOfTheMachine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            assertThatCode(() -> callers.mayRequestFor(person("ines@example.org", true), "INES@EXAMPLE.ORG"))
                    .doesNotThrowAnyException();
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER, "in.es@example.org", "ines+1@example.org", "ines@example.org.evil.test", ""})
    void aPersonActsForNobodyElse(String address) {
        Caller ines = person("ines@example.org", true);
        assertThatThrownBy(() -> callers.mayRequestFor(ines, address)).isInstanceOf(NotAllowedException.class);
        assertThatThrownBy(() -> callers.mayRead(ines, address)).isInstanceOf(NotAllowedException.class);
    }

    /** The Kelvin sign, the long s, the dotted I and the fullwidth a, whose lower or upper case is another's letter. */
    @ParameterizedTest
    @CsvSource({
        "\u212Aim@example.org, kim@example.org",
        "ine\u017F@example.org, ines@example.org",
        "\u0130nes@example.org, ines@example.org",
        "\u0130nes@example.org, i\u0307nes@example.org",
        "\uFF41da@example.org, ada@example.org",
        "ines@\u212Aex.org, ines@kex.org"
    })
    void anAddressThatOnlyUnicodeTakesForAnothersIsNobodys(String verified, String another) {
        for (String address : new String[] {another, another.toUpperCase(Locale.ROOT), verified}) {
            assertThatThrownBy(() -> callers.mayRequestFor(person(verified, true), address))
                    .isInstanceOf(NotAllowedException.class);
        }
    }

    @Test
    void toAPersonAnUnknownIdLooksLikeAnotherPersonsId() {
        Caller ines = person("ines@example.org", true);
        assertThatThrownBy(() -> callers.mayRead(ines, null))
                .isInstanceOf(NotAllowedException.class)
                .hasMessage("This caller may not do this.");
        assertThatThrownBy(() -> callers.mayRead(ines, OTHER))
                .isInstanceOf(NotAllowedException.class)
                .hasMessage("This caller may not do this.");
    }

    static List<Object> notVerified() {
        return List.of(false, "true", 1, List.of(true));
    }

    @ParameterizedTest
    @MethodSource("notVerified")
    void anAddressThatIsNotVerifiedIsNobodys(Object verified) {
        assertThatThrownBy(() -> callers.mayRequestFor(person("ines@example.org", verified), "ines@example.org"))
                .isInstanceOf(NotAllowedException.class);
    }

    @Test
    void anAddressWithoutAWordOnVerificationIsNobodys() {
        Caller caller = Caller.of(token(Map.of("roles", List.of("person"), "email", "ines@example.org")));
        assertThatThrownBy(() -> callers.mayRequestFor(caller, "ines@example.org"))
                .isInstanceOf(NotAllowedException.class);
    }

    @Test
    void aVerifiedAddressWithoutTheRoleAllowsNothing() {
        Caller caller = Caller.of(token(Map.of("email", "ines@example.org", "email_verified", true)));
        assertThatThrownBy(() -> callers.mayRequestFor(caller, "ines@example.org"))
                .isInstanceOf(NotAllowedException.class);
    }

    @Test
    void noTokenMakesAGateway() {
        Caller caller = Caller.of(token(Map.of("roles", List.of("gateway", "GATEWAY", "OPERATOR", "person"))));
        assertThat(caller.roles()).containsExactly(Role.PERSON);
    }

    @Test
    void aRequestThatNobodyCheckedHasNoCaller() {
        assertThatThrownBy(() -> callers.of(new MockHttpServletRequest())).isInstanceOf(NotAllowedException.class);
    }

    @Test
    void theCallerIsFoundInTheRequest() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        Callers.remember(request, Caller.gateway());
        assertThat(callers.of(request)).isEqualTo(Caller.gateway());
    }

    @Test
    void aCallerInALogShowsNoAddress() {
        assertThat(person("ines@example.org", true)).hasToString("Caller[PERSON]");
    }

    private static Caller person(String email, Object verified) {
        return Caller.of(token(Map.of("roles", List.of("person"), "email", email, "email_verified", verified)));
    }

    private static Jwt token(Map<String, Object> claims) {
        return Jwt.withTokenValue("token")
                .header("alg", "RS256")
                .subject("subject")
                .issuedAt(Instant.EPOCH)
                .claims(all -> all.putAll(claims))
                .build();
    }
}
