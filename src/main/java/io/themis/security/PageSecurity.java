package io.themis.security;

import static io.themis.security.Caller.Role.OPERATOR;
import static io.themis.security.Caller.Role.PERSON;
import static io.themis.security.Caller.Role.PRIVACY_OFFICER;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.session.SessionProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;

/**
 * The page: people sign in by OpenID Connect (authorization code, with PKCE) and have a session. What they may do is decided by
 * the routes that the page calls, as for a caller of the API; here only who gets to see a page at all.
 */
@Configuration(proxyBeanMethods = false)
@WithPage
class PageSecurity {

    private static final Logger LOG = LoggerFactory.getLogger(PageSecurity.class);

    private static final String SIGN_IN = PageAddress.ROOT + "/sign-in";

    private static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
            + " img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /** Cookie with where somebody wanted to go who had to sign in first. */
    private static final String WANTED = "themis-wanted";

    /** What answers GET with a page; neither what a form is sent to nor a file, which nobody would understand after a sign-in. */
    private static final Pattern PLACE =
            Pattern.compile("/erasure|/requests/[0-9A-Fa-f-]{36}|/office(/requests/[0-9A-Fa-f-]{36}(/homonyms)?)?");

    /** A crowd that begins to sign in and never ends must not fill the database. */
    private static final Duration LONGEST_SIGN_IN = Duration.ofMinutes(10);

    private final PageAddress address;
    private final TokenClaims claims;

    PageSecurity(PageAddress address, TokenClaims claims) {
        this.address = address;
        this.claims = claims;
    }

    @Bean
    @Order(2)
    SecurityFilterChain pageVisitors(HttpSecurity http, SignInService service, Clock clock, SessionProperties sessions)
            throws Exception {
        SignedIn signedIn = new SignedIn(claims, clock, sessions.getTimeout());
        return http.securityMatcher(PageAddress::isAskedFor)
                .securityContext(context -> context.securityContextRepository(signedIn))
                .csrf(csrf -> csrf.csrfTokenRepository(new TokensOfSessions(signedIn)))
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(POLICY))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)))
                .exceptionHandling(answers -> answers.authenticationEntryPoint(
                                (request, response, e) -> signInFirst(request, response))
                        .accessDeniedHandler(
                                (request, response, e) -> response.sendError(HttpServletResponse.SC_FORBIDDEN)))
                .oauth2Login(login -> login.loginPage(PageAddress.ROOT)
                        .clientRegistrationRepository(service.clients())
                        .authorizedClientRepository(new NoTokens())
                        .authorizationEndpoint(
                                endpoint -> endpoint.authorizationRequestResolver(new OneProvider(service.clients()))
                                        .authorizationRequestRepository(new SignInsBegun(signedIn)))
                        .redirectionEndpoint(endpoint -> endpoint.baseUri(PageAddress.ROOT + SignInService.CALLBACK))
                        .userInfoEndpoint(user -> user.oidcUserService(asTheTokenSays()))
                        .successHandler((request, response, user) -> goOn(request, response, user))
                        .failureHandler(
                                (request, response, e) -> response.sendRedirect(address.path("/not-signed-in"))))
                .logout(logout -> logout.logoutUrl(PageAddress.ROOT + "/sign-out")
                        .logoutSuccessHandler(
                                (request, response, who) -> response.sendRedirect(address.path("/signed-out"))))
                .addFilterBefore(ApiSecurity.rememberCaller(), AuthorizationFilter.class)
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                                .permitAll()
                                .requestMatchers(
                                        "/",
                                        PageAddress.ROOT,
                                        PageAddress.ROOT + "/assets/*",
                                        PageAddress.ROOT + "/not-signed-in",
                                        PageAddress.ROOT + "/signed-out")
                                .permitAll()
                                .requestMatchers(PageAddress.ROOT + "/office", PageAddress.ROOT + "/office/**")
                                .hasAnyAuthority(OPERATOR.name(), PRIVACY_OFFICER.name())
                                .anyRequest()
                                .hasAnyAuthority(PERSON.name(), OPERATOR.name(), PRIVACY_OFFICER.name()))
                .build();
    }

    /**
     * Lax, as the way back from the identity provider is a link from another site. Over TLS the name's prefix makes browsers
     * take the cookie from this host alone.
     */
    @Bean
    CookieSerializer sessionCookie() {
        DefaultCookieSerializer cookie = new DefaultCookieSerializer();
        cookie.setCookieName(address.isSecure() ? "__Host-themis" : "themis");
        cookie.setUseSecureCookie(address.isSecure());
        cookie.setUseHttpOnlyCookie(true);
        cookie.setSameSite("Lax");
        cookie.setCookiePath("/");
        return cookie;
    }

    private void signInFirst(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String place = request.getServletPath().substring(PageAddress.ROOT.length());
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        if (request.getMethod().equals("GET")
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE)
                && PLACE.matcher(place).matches()) {
            response.addHeader(HttpHeaders.SET_COOKIE, wanted(place, LONGEST_SIGN_IN));
        }
        response.sendRedirect(address.path(""));
    }

    void goOn(HttpServletRequest request, HttpServletResponse response, Authentication user) throws IOException {
        Optional<String> wanted = Stream.ofNullable(request.getCookies())
                .flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(WANTED))
                .map(Cookie::getValue)
                .filter(place -> PLACE.matcher(place).matches())
                .findFirst();
        response.addHeader(HttpHeaders.SET_COOKIE, wanted("", Duration.ZERO));
        Caller caller = claims.caller(((OidcUser) user.getPrincipal()).getIdToken());
        if (caller.subject() == null) {
            LOG.warn("a sign-in is of nobody: the ID token has no claim {}", claims.subject());
            request.getSession().invalidate();
            response.sendRedirect(address.path("/not-signed-in?" + SignInService.NAMELESS));
            return;
        }
        boolean hasRole = !caller.roles().isEmpty();
        response.sendRedirect(address.path(hasRole ? wanted.orElse(caller.mayOperate() ? "/office" : "") : ""));
    }

    private String wanted(String place, Duration life) {
        return ResponseCookie.from(WANTED, place)
                .path("/")
                .maxAge(life)
                .httpOnly(true)
                .secure(address.isSecure())
                .sameSite("Lax")
                .build()
                .toString();
    }

    /** Nothing is asked of the provider but the token. */
    private static OAuth2UserService<OidcUserRequest, OidcUser> asTheTokenSays() {
        return request -> new DefaultOidcUser(List.of(), request.getIdToken());
    }

    /** A sign-in that has begun is in a session, which does not live long until somebody is signed in. */
    private record SignInsBegun(SignedIn signedIn, AuthorizationRequestRepository<OAuth2AuthorizationRequest> sessions)
            implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

        SignInsBegun(SignedIn signedIn) {
            this(signedIn, new HttpSessionOAuth2AuthorizationRequestRepository());
        }

        @Override
        public OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
            return sessions.loadAuthorizationRequest(request);
        }

        @Override
        public void saveAuthorizationRequest(
                OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
            sessions.saveAuthorizationRequest(begun, request, response);
            if (!signedIn.containsContext(request)) {
                request.getSession().setMaxInactiveInterval((int) LONGEST_SIGN_IN.toSeconds());
            }
        }

        @Override
        public OAuth2AuthorizationRequest removeAuthorizationRequest(
                HttpServletRequest request, HttpServletResponse response) {
            return sessions.removeAuthorizationRequest(request, response);
        }
    }

    /** There is one provider. Of any other, whose name a visitor has made up, Spring would log that there is none. */
    private static final class OneProvider implements OAuth2AuthorizationRequestResolver {

        private final OAuth2AuthorizationRequestResolver resolver;

        OneProvider(ClientRegistrationRepository clients) {
            resolver = new DefaultOAuth2AuthorizationRequestResolver(clients, SIGN_IN);
        }

        @Override
        public OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
            return request.getServletPath().equals(SIGN_IN + "/" + SignInService.NAME)
                    ? resolve(request, SignInService.NAME)
                    : null;
        }

        @Override
        public OAuth2AuthorizationRequest resolve(HttpServletRequest request, String registration) {
            return resolver.resolve(request, registration);
        }
    }

    /** A token goes with a sign-in: without one there is no form, and who sends one all the same gets no session in the database. */
    private record TokensOfSessions(SignedIn signedIn, HttpSessionCsrfTokenRepository sessions)
            implements CsrfTokenRepository {

        TokensOfSessions(SignedIn signedIn) {
            this(signedIn, new HttpSessionCsrfTokenRepository());
        }

        @Override
        public CsrfToken generateToken(HttpServletRequest request) {
            return sessions.generateToken(request);
        }

        @Override
        public void saveToken(CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
            if (signedIn.containsContext(request)) {
                sessions.saveToken(token, request, response);
            }
        }

        @Override
        public CsrfToken loadToken(HttpServletRequest request) {
            return sessions.loadToken(request);
        }
    }

    /** Nothing here calls anybody in the name of a person, so no token of theirs is kept. */
    private static final class NoTokens implements OAuth2AuthorizedClientRepository {

        @Override
        public <T extends OAuth2AuthorizedClient> T loadAuthorizedClient(
                String registration, Authentication user, HttpServletRequest request) {
            return null;
        }

        @Override
        public void saveAuthorizedClient(
                OAuth2AuthorizedClient client,
                Authentication user,
                HttpServletRequest request,
                HttpServletResponse response) {
            // not kept
        }

        @Override
        public void removeAuthorizedClient(
                String registration, Authentication user, HttpServletRequest request, HttpServletResponse response) {
            // there is none
        }
    }
}
