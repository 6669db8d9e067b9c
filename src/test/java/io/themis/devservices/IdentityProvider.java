package io.themis.devservices;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * An OpenID Connect provider on a free port of the loopback: discovery, keys, a sign-in without a password, and any token a test
 * wants.
 */
public final class IdentityProvider implements AutoCloseable {

    /** The audience that Themis must ask for. */
    public static final String AUDIENCE = "themis";

    /** Another one in each process; finding one takes a second where the JVM compiles only quickly. */
    private static final RSAKey KEY = newKey("signing");

    private final HttpServer server;
    private volatile String samplePerson = "";

    public IdentityProvider() {
        this(0);
    }

    /** @param port 0 lets the system choose one */
    IdentityProvider(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String discovery = """
                {"issuer": "%1$s", "jwks_uri": "%1$s/jwks", "authorization_endpoint": "%1$s/authorize",
                 "token_endpoint": "%1$s/token", "end_session_endpoint": "%1$s/sign-out",
                 "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
                 "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]}
                """.formatted(issuer());
        server.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, discovery));
        server.createContext("/jwks", exchange -> answer(exchange, new JWKSet(KEY.toPublicJWK()).toString()));
        SignInPage signIn = new SignInPage(this);
        server.createContext("/authorize", signIn::authorize);
        server.createContext("/sign-out", signIn::signOut);
        server.createContext("/token", exchange -> {
            if (exchange.getRequestMethod().equals("POST")) {
                signIn.exchangeCode(exchange);
            } else {
                answer(exchange, token(exchange.getRequestURI()));
            }
        });
        server.start();
    }

    /**
     * For whoever tries the API by hand: {@code /token?role=operator}, for a person also {@code &email=ADDRESS}, and with {@code &sub=NAME} two of
     * one role can be told apart.
     */
    private String token(URI asked) {
        MultiValueMap<String, String> parameters =
                UriComponentsBuilder.fromUri(asked).build().getQueryParams();
        String role = parameters.getFirst("role");
        String subject = parameters.getFirst("sub");
        return token(subject == null ? "dev-" + role : subject, parameters.getFirst("email"), String.valueOf(role));
    }

    /** Who is suggested at the sign-in. */
    void suggest(String emailAddress) {
        samplePerson = emailAddress;
    }

    String samplePerson() {
        return samplePerson;
    }

    /** For {@code spring.security.oauth2.resourceserver.jwt.issuer-uri}. */
    public String issuer() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** A good token of a person whose address is verified, for one hour. */
    public String token(String subject, String email, String... roles) {
        return token(subject, email, claims -> claims.claim("roles", List.of(roles)));
    }

    /** The good token, changed: another audience, another issuer, a time in the past, other claims. */
    public String token(String subject, String email, Consumer<JWTClaimsSet.Builder> change) {
        return signed(claims(subject, email, change), KEY);
    }

    /** A good token but for its signature, by a key that this provider doesn't publish. */
    public String forgedToken(String subject, String email, String... roles) {
        return signed(claims(subject, email, claims -> claims.claim("roles", List.of(roles))), newKey("signing"));
    }

    /** A good token but for its algorithm, {@code none} (RFC 7519 section 6). */
    public String unsignedToken(String subject, String email, String... roles) {
        return new PlainJWT(claims(subject, email, claims -> claims.claim("roles", List.of(roles)))).serialize();
    }

    private JWTClaimsSet claims(String subject, String email, Consumer<JWTClaimsSet.Builder> change) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(AUDIENCE)
                .subject(subject)
                .claim("email", email)
                .claim("email_verified", true)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(3600)));
        change.accept(claims);
        return claims.build();
    }

    private static String signed(JWTClaimsSet claims, RSAKey key) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        try (exchange) {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
