package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.WarmJvm;
import io.themis.devservices.IdentityProvider;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The API port of a real server, asked over HTTP. */
@WarmJvm
@DirtiesContext
@SpringBootTest(
        classes = GuardedApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "management.endpoint.health.validate-group-membership=false",
            GuardedApplication.NO_YAML_ROUTES
        })
class ApiSecurityIT {

    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String NEXT_KEY = "fedcba9876543210fedcba9876543210";
    private static final String UNAUTHORIZED = "{\"status\":401,\"title\":\"Unauthorized\","
            + "\"detail\":\"Send a gateway key in Ocp-Apim-Subscription-Key or a bearer token in Authorization.\"}";
    private static final String FORBIDDEN =
            "{\"status\":403,\"title\":\"Forbidden\",\"detail\":\"This caller may not do this.\"}";
    private static final IdentityProvider PROVIDER = new IdentityProvider();

    @LocalServerPort
    private int port;

    private Http http;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", PROVIDER::issuer);
        registry.add("spring.security.oauth2.resourceserver.jwt.audiences", () -> IdentityProvider.AUDIENCE);
        registry.add("themis.gateway-key", () -> KEY + "," + NEXT_KEY);
    }

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    @AfterAll
    static void stop() {
        PROVIDER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, NEXT_KEY})
    void bothKeysAreGoodWhileTheyAreChanged(String key) {
        assertThat(http.get("/api/v1/whoami", GatewayKeyFilter.HEADER, key).body())
                .isEqualTo("gateway [GATEWAY]");
    }

    @Test
    void withoutACallerThereIsNoAnswerButTheChallenge() {
        HttpResponse<String> answer = http.get("/api/v1/whoami");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"themis\"");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(answer.body()).isEqualTo(UNAUTHORIZED);
    }

    @Test
    void withoutAClientAtTheProviderThereIsNoPage() {
        assertThat(http.get("/privacy").body()).isEqualTo(UNAUTHORIZED);
        assertThat(http.get("/privacy", GatewayKeyFilter.HEADER, KEY).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", KEY + "0", "0123456789ABCDEF0123456789ABCDEF", KEY + "," + NEXT_KEY})
    void aWrongKeyIsAnsweredLikeNoKey(String key) {
        HttpResponse<String> answer = http.get("/api/v1/whoami", GatewayKeyFilter.HEADER, key);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo(UNAUTHORIZED);
    }

    @Test
    void aGoodTokenDoesNotMendAWrongKey() {
        HttpResponse<String> answer = http.get(
                "/api/v1/whoami",
                GatewayKeyFilter.HEADER,
                "wrong",
                "Authorization",
                "Bearer " + PROVIDER.token("o1", "op@example.org", "operator"));
        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void besideAGoodKeyTheTokenDecidesWhoCalls() {
        String token = PROVIDER.token("p1", "ines@example.org", "person");
        assertThat(http.get("/api/v1/whoami", GatewayKeyFilter.HEADER, KEY, "Authorization", "Bearer " + token)
                        .body())
                .isEqualTo("p1 [PERSON]");
    }

    @Test
    void besideAGoodKeyABadTokenIsRefused() {
        assertThat(http.get("/api/v1/whoami", GatewayKeyFilter.HEADER, KEY, "Authorization", "Bearer nonsense")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aTokenMadeForThemisNamesItsCaller() {
        String token = PROVIDER.token("o1", "op@example.org", "operator");
        assertThat(http.get("/api/v1/whoami", "Authorization", "Bearer " + token)
                        .body())
                .isEqualTo("o1 [OPERATOR]");
    }

    static Stream<Arguments> badTokens() {
        Date past = Date.from(Instant.now().minusSeconds(3600));
        Date future = Date.from(Instant.now().plusSeconds(3600));
        return Stream.of(
                Arguments.of("expired", changed(claims -> claims.expirationTime(past))),
                Arguments.of("not yet valid", changed(claims -> claims.notBeforeTime(future))),
                Arguments.of("other audience", changed(claims -> claims.audience("another-api"))),
                Arguments.of("no audience", changed(claims -> claims.audience((String) null))),
                Arguments.of("other issuer", changed(claims -> claims.issuer("https://issuer.example.org"))),
                Arguments.of("no issuer", changed(claims -> claims.issuer(null))),
                Arguments.of("unsigned", PROVIDER.unsignedToken("o1", "op@example.org", "operator")),
                Arguments.of("forged", PROVIDER.forgedToken("o1", "op@example.org", "operator")),
                Arguments.of("nonsense", "a.b.c"));
    }

    private static String changed(
            Function<com.nimbusds.jwt.JWTClaimsSet.Builder, com.nimbusds.jwt.JWTClaimsSet.Builder> change) {
        return PROVIDER.token(
                "o1", "op@example.org", claims -> change.apply(claims.claim("roles", List.of("operator"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void aBadTokenIsRefusedWithoutSayingWhatIsWrongWithIt(String what, String token) {
        HttpResponse<String> answer = http.get("/api/v1/whoami", "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"themis\", error=\"invalid_token\"");
        assertThat(answer.body()).isEqualTo(UNAUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"visitor", "gateway", "GATEWAY"})
    void aTokenWithoutARoleOfThemisIsNotAllowedAnything(String role) {
        String token = PROVIDER.token("v1", "v@example.org", role);
        HttpResponse<String> answer = http.get("/api/v1/whoami", "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).isEqualTo(FORBIDDEN);
    }

    @Test
    void aPersonReadsTheOwnRequestOnly() {
        String bearer = "Bearer " + PROVIDER.token("p1", "Ines@example.org", "person");
        assertThat(http.get("/api/v1/requests", "Authorization", bearer, "owner", "ines@example.org")
                        .body())
                .isEqualTo("a request");
        HttpResponse<String> anothers =
                http.get("/api/v1/requests", "Authorization", bearer, "owner", "other@example.org");
        HttpResponse<String> nobodys = http.get("/api/v1/requests", "Authorization", bearer);
        assertThat(anothers.statusCode()).isEqualTo(403);
        assertThat(nobodys.statusCode()).isEqualTo(403);
        assertThat(anothers.body()).isEqualTo(FORBIDDEN).isEqualTo(nobodys.body());
        assertThat(anothers.headers().map().keySet())
                .isEqualTo(nobodys.headers().map().keySet());
    }

    @Test
    void aPersonWhoseAddressIsNotVerifiedReadsNothing() {
        String token = PROVIDER.token(
                "p1",
                "ines@example.org",
                claims -> claims.claim("roles", List.of("person")).claim("email_verified", false));
        assertThat(http.get("/api/v1/requests", "Authorization", "Bearer " + token, "owner", "ines@example.org")
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing/here", "/error", "/observe/health", "/api/v1/requests/1", "/hooks/other"})
    void withoutACallerAnUnknownPathLooksLikeAKnownOne(String path) {
        HttpResponse<String> answer = http.get(path);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo(UNAUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing/here", "/error", "/login", "/observe/health"})
    void anUnknownPathIsAProblemThatDoesNotRepeatIt(String path) {
        HttpResponse<String> answer = http.get(path, GatewayKeyFilter.HEADER, KEY);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .isEqualTo("{\"status\":404,\"title\":\"Not Found\",\"detail\":\"There is nothing at this path.\"}");
    }

    @Test
    void anotherMethodIsAProblemThatNamesTheRightOnes() {
        HttpResponse<String> answer = http.post("/api/v1/whoami", "", GatewayKeyFilter.HEADER, KEY);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void aFailureShowsNothingOfItsCause() {
        HttpResponse<String> answer = http.get("/api/v1/broken", GatewayKeyFilter.HEADER, KEY);
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("secret detail").doesNotContain("Exception");
    }

    @Test
    void anErrorPageAskedAsHtmlIsAProblemAllTheSame() {
        HttpResponse<String> answer = http.get("/nothing/here", GatewayKeyFilter.HEADER, KEY, "Accept", "text/html");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void theWebhookIsOpenToItsOwnMethodsOnly() {
        assertThat(http.post("/hooks/event-grid", "[]").body()).isEqualTo("webhook");
        assertThat(http.send("OPTIONS", "/hooks/event-grid", BodyPublishers.noBody())
                        .body())
                .isEqualTo("webhook");
        assertThat(http.get("/hooks/event-grid").statusCode()).isEqualTo(401);
    }

    @Test
    void nobodyPutsAnotherRequestInPlaceOfTheirOwn() {
        assertThat(http.get("/api/v1/whoami", GatewayKeyFilter.HEADER, KEY, "camelhttpservletrequest", "other")
                        .body())
                .isEqualTo("gateway [GATEWAY]");
    }

    @Test
    void aBodyOfTheGreatestSizePassesWithAndWithoutALength() {
        byte[] greatest = new byte[64 * 1024];
        assertThat(send(greatest).body()).isEqualTo("65536");
        assertThat(sendChunked(greatest).body()).isEqualTo("65536");
    }

    @Test
    void oneByteMoreIsRefusedWithAndWithoutALength() {
        byte[] tooLarge = new byte[64 * 1024 + 1];
        for (HttpResponse<String> answer : List.of(send(tooLarge), sendChunked(tooLarge))) {
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body()).contains("\"status\":413").contains("65536");
        }
    }

    @Test
    void tenMegabytesGetTheSameAnswer() {
        byte[] large = new byte[10 * 1024 * 1024];
        assertThat(send(large).statusCode()).isEqualTo(413);
        assertThat(sendChunked(large).statusCode()).isEqualTo(413);
    }

    @Test
    void theWebhookTakesWhatEventGridSendsAtMost() {
        byte[] greatest = new byte[1024 * 1024];
        assertThat(http.send("POST", "/hooks/event-grid", BodyPublishers.ofByteArray(greatest))
                        .statusCode())
                .isEqualTo(200);
        assertThat(http.send("POST", "/hooks/event-grid", BodyPublishers.ofByteArray(new byte[1024 * 1024 + 1]))
                        .statusCode())
                .isEqualTo(413);
    }

    private HttpResponse<String> send(byte[] body) {
        return http.send("POST", "/api/v1/size", BodyPublishers.ofByteArray(body), GatewayKeyFilter.HEADER, KEY);
    }

    private HttpResponse<String> sendChunked(byte[] body) {
        return http.send(
                "POST",
                "/api/v1/size",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
                GatewayKeyFilter.HEADER,
                KEY);
    }
}
