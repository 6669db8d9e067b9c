package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;

/** Where a sign-in leads to, by what its token says. */
@ExtendWith(OutputCaptureExtension.class)
class PageSecurityTest {

    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final MockHttpSession session = new MockHttpSession();

    /** With the claims of Microsoft Entra. */
    private String target(Map<String, Object> claims) throws IOException {
        MockEnvironment environment =
                new MockEnvironment().withProperty("themis.public-url", "https://privacy.example.com");
        Map<String, Object> token = new HashMap<>(claims);
        token.put("sub", "quokka");
        OidcIdToken idToken = new OidcIdToken("quokka", Instant.EPOCH, Instant.EPOCH.plusSeconds(60), token);
        MockHttpServletResponse response = new MockHttpServletResponse();
        request.setSession(session);
        new PageSecurity(new PageAddress(environment), new TokenClaims("oid", "xms_edov"))
                .goOn(request, response, new TestingAuthenticationToken(new DefaultOidcUser(List.of(), idToken), null));
        return response.getRedirectedUrl();
    }

    @Test
    void aTokenWithoutTheClaimThatNamesSomebodySaysWhichAndLeavesNoSession(CapturedOutput log) throws IOException {
        assertThat(target(Map.of("roles", List.of("privacy-officer"), "email", "quokka@example.org", "xms_edov", true)))
                .isEqualTo("/privacy/not-signed-in?nameless");
        assertThat(session.isInvalid()).isTrue();
        assertThat(log.getAll().lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .endsWith("the ID token has no claim oid");
        assertThat(log.getAll()).doesNotContain("quokka");
    }

    @ParameterizedTest
    @CsvSource({"person, /privacy", "operator, /privacy/office", "privacy-officer, /privacy/office", "none, /privacy"})
    void aTokenThatNamesSomebodyLeadsWhereTheirRoleBegins(String role, String target, CapturedOutput log)
            throws IOException {
        assertThat(target(Map.of("oid", "8f", "roles", List.of(role)))).isEqualTo(target);
        assertThat(session.isInvalid()).isFalse();
        assertThat(log.getAll()).doesNotContain("WARN");
    }

    @ParameterizedTest
    @CsvSource({
        "privacy-officer, /office/requests/1a2b3c4d-0000-0000-0000-000000000000, /privacy/office/requests/1a2b3c4d-0000-0000-0000-000000000000",
        "privacy-officer, /office/search, /privacy/office",
        "privacy-officer, /sign-out, /privacy/office",
        "privacy-officer, //evil.example.org, /privacy/office",
        "person, /problem, /privacy",
        "none, /office, /privacy"
    })
    void whoWantedAPageGetsItIfItIsOneAndTheyMayHaveAny(String role, String wanted, String target) throws IOException {
        request.setCookies(new Cookie("themis-wanted", wanted));
        assertThat(target(Map.of("oid", "8f", "roles", List.of(role)))).isEqualTo(target);
    }
}
