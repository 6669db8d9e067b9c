package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.security.Caller.Role;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.oauth2.jwt.Jwt;

class CallersTest {

    private static final EmailAddress OTHER = new EmailAddress("other@example.org");
    private static final EmailAddress INES = new EmailAddress("ines@example.org");

    private static final TokenClaims CLAIMS = new TokenClaims("sub", "email_verified");

    private final Callers callers = new Callers();

    static List<Caller> thoseWhoActForAnyone() {
        return List.of(
                Caller.gateway(),
                CLAIMS.caller(token(Map.of("roles", List.of("operator")))),
                CLAIMS.caller(token(Map.of("roles", List.of("privacy-officer")))));
    }

    @ParameterizedTest
    @MethodSource("thoseWhoActForAnyone")
    void gatewayOperatorAndPrivacyOfficerActForAnyone(Caller caller) {
        assertThatCode(() -> callers.mayRequestFor(caller, OTHER)).doesNotThrowAnyException();
        assertThatCode(() -> callers.mayRead(caller, requestOf(OTHER))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("thoseWhoActForAnyone")
    void theyLearnFromTheRouteThatARequestDoesNotExist(Caller caller) {
        assertThatCode(() -> callers.mayRead(caller, null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ines@example.org", "INES@Example.ORG"})
    void aPersonActsForTheOwnAddressHoweverItIsWritten(String address) {
        assertThatCode(() -> callers.mayRequestFor(person("Ines@example.org", true), new EmailAddress(address)))
                .doesNotThrowAnyException();
    }

    @Test
    void theCaseOfAnAddressDoesNotFollowTheLanguageOfTheMachine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr"));
        try {
            assertThatCode(() -> callers.mayRequestFor(
                            person("ines@example.org", true), new EmailAddress("INES@EXAMPLE.ORG")))
                    .doesNotThrowAnyException();
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"other@example.org", "in.es@example.org", "ines+1@example.org", "ines@example.org.evil.test"})
    void aPersonActsForNobodyElse(String other) {
        EmailAddress address = new EmailAddress(other);
        Caller ines = person("ines@example.org", true);
        assertThatThrownBy(() -> callers.mayRequestFor(ines, address)).isInstanceOf(NotAllowedException.class);
        assertThatThrownBy(() -> callers.mayRead(ines, requestOf(address))).isInstanceOf(NotAllowedException.class);
    }

    /** The Kelvin sign, the long s, the dotted I and the fullwidth a, whose lower or upper case is another's letter. */
    @ParameterizedTest
    @CsvSource({
        "\u212Aim@example.org, kim@example.org",
        "ine\u017F@example.org, ines@example.org",
        "\u0130nes@example.org, ines@example.org",
        "\uFF41da@example.org, ada@example.org",
        "ines@\u212Aex.org, ines@kex.org"
    })
    void anAddressThatOnlyUnicodeTakesForAnothersIsNobodys(String verified, String another) {
        for (String address : new String[] {another, another.toUpperCase(Locale.ROOT)}) {
            assertThatThrownBy(() -> callers.mayRequestFor(person(verified, true), new EmailAddress(address)))
                    .isInstanceOf(NotAllowedException.class);
        }
    }

    @Test
    void toAPersonAnUnknownIdLooksLikeAnotherPersonsId() {
        Caller ines = person("ines@example.org", true);
        assertThatThrownBy(() -> callers.mayRead(ines, null))
                .isInstanceOf(NotAllowedException.class)
                .hasMessage("This caller may not do this.");
        assertThatThrownBy(() -> callers.mayRead(ines, requestOf(OTHER)))
                .isInstanceOf(NotAllowedException.class)
                .hasMessage("This caller may not do this.");
    }

    static List<Object> notVerified() {
        return List.of(false, "true", 1, List.of(true));
    }

    @ParameterizedTest
    @MethodSource("notVerified")
    void anAddressThatIsNotVerifiedIsNobodys(Object verified) {
        assertThatThrownBy(() -> callers.mayRequestFor(person("ines@example.org", verified), INES))
                .isInstanceOf(NotAllowedException.class);
    }

    @Test
    void anAddressWithoutAWordOnVerificationIsNobodys() {
        Caller caller = CLAIMS.caller(token(Map.of("roles", List.of("person"), "email", "ines@example.org")));
        assertThatThrownBy(() -> callers.mayRequestFor(caller, INES)).isInstanceOf(NotAllowedException.class);
    }

    @Test
    void aVerifiedAddressWithoutTheRoleAllowsNothing() {
        Caller caller = CLAIMS.caller(token(Map.of("email", "ines@example.org", "email_verified", true)));
        assertThatThrownBy(() -> callers.mayRequestFor(caller, INES)).isInstanceOf(NotAllowedException.class);
    }

    @Test
    void noTokenMakesAGateway() {
        Caller caller = CLAIMS.caller(token(Map.of("roles", List.of("gateway", "GATEWAY", "OPERATOR", "person"))));
        assertThat(caller.roles()).containsExactly(Role.PERSON);
    }

    /** Microsoft Entra: {@code sub} is another one for each client, and there is no {@code email_verified}. */
    @Test
    void theProvidersOwnClaimsSayWhoSomebodyIs() {
        TokenClaims entra = new TokenClaims("oid", "xms_edov");
        Map<String, Object> ines =
                Map.of("oid", "8f", "roles", List.of("person"), "email", "ines@example.org", "xms_edov", true);

        assertThat(entra.caller(token(ines))).isEqualTo(new Caller(Set.of(Role.PERSON), "8f", INES));
        assertThat(entra.caller(token(Map.of("oid", "8f", "email", "ines@example.org", "email_verified", true)))
                        .emailAddress())
                .isNull();
    }

    @Test
    void aTokenWithoutTheClaimThatNamesSomebodyHasNoRole() {
        TokenClaims entra = new TokenClaims("oid", "xms_edov");
        assertThat(entra.caller(token(Map.of("roles", List.of("privacy-officer"))))
                        .roles())
                .isEmpty();
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

    private static DataSubjectRequest requestOf(EmailAddress address) {
        return new DataSubjectRequest(
                UUID.randomUUID(),
                RequestType.ACCESS,
                address,
                Locale.ENGLISH,
                RequestStatus.RECEIVED,
                Instant.EPOCH,
                Instant.EPOCH,
                "gateway",
                null,
                null,
                1);
    }

    private static Caller person(String email, Object verified) {
        return CLAIMS.caller(token(Map.of("roles", List.of("person"), "email", email, "email_verified", verified)));
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
