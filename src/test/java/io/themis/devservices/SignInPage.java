package io.themis.devservices;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The sign-in of the identity provider: whoever comes says who they are. Authorization code with PKCE (RFC 6749, RFC 7636), as a real
 * provider checks it.
 */
final class SignInPage {

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in (development)</title>
            <style>
            :root { color-scheme: light dark; }
            body { margin: 0 auto; max-width: 30rem; padding: 2rem 1.25rem; font: 1rem/1.5 system-ui, sans-serif; }
            form { margin: 0 0 1.5rem; }
            input, button { font: inherit; padding: .5rem .75rem; }
            input { width: 100%%; box-sizing: border-box; margin: .25rem 0 .5rem; }
            </style>
            </head>
            <body>
            <main>
            <h1>Who are you?</h1>
            <p>This is a stand-in of the development run: there is no password.</p>
            <form action="/authorize/as">%1$s<input type="hidden" name="role" value="person">
            <label for="email">A person with the e-mail address</label>
            <input id="email" name="email" value="%2$s"><button>Sign in as a person</button></form>
            %3$s
            </main>
            </body>
            </html>
            """;

    private static final String STAFF = """
            <form action="/authorize/as">%s<input type="hidden" name="role" value="%s"><input type="hidden" name="sub" value="%s">\
            <button>Sign in as %s</button></form>
            """;

    private final IdentityProvider provider;
    private final Map<String, Grant> grants = new ConcurrentHashMap<>();

    SignInPage(IdentityProvider provider) {
        this.provider = provider;
    }

    /** What a code stands for. */
    private record Grant(
            String client,
            String redirectUri,
            String challenge,
            String nonce,
            String subject,
            String email,
            String role) {}

    /** The page, and the way back with a code for whoever was chosen there. */
    void authorize(HttpExchange exchange) throws IOException {
        MultiValueMap<String, String> asked = query(exchange);
        if (asked.getFirst("redirect_uri") == null
                || asked.getFirst("code_challenge") == null
                || !"S256".equals(asked.getFirst("code_challenge_method"))) {
            send(exchange, 400, "text/plain", "redirect_uri and a code_challenge by S256 are needed");
            return;
        }
        if (!exchange.getRequestURI().getPath().equals("/authorize/as")) {
            send(exchange, 200, "text/html;charset=UTF-8", page(asked));
            return;
        }
        String role = asked.getFirst("role");
        String email = asked.getFirst("email");
        String code = UUID.randomUUID().toString();
        grants.put(
                code,
                new Grant(
                        asked.getFirst("client_id"),
                        asked.getFirst("redirect_uri"),
                        asked.getFirst("code_challenge"),
                        asked.getFirst("nonce"),
                        asked.getFirst("sub") == null ? "person-" + email : asked.getFirst("sub"),
                        email,
                        role));
        redirect(
                exchange,
                UriComponentsBuilder.fromUriString(asked.getFirst("redirect_uri"))
                        .queryParam("code", "{code}")
                        .queryParam("state", "{state}")
                        .encode()
                        .buildAndExpand(code, asked.getFirst("state"))
                        .toUri());
    }

    private String page(MultiValueMap<String, String> asked) {
        StringBuilder hidden = new StringBuilder();
        asked.forEach((name, values) -> hidden.append("<input type=\"hidden\" name=\"%s\" value=\"%s\">"
                .formatted(HtmlUtils.htmlEscape(name), HtmlUtils.htmlEscape(values.get(0)))));
        return PAGE.formatted(
                hidden,
                HtmlUtils.htmlEscape(provider.samplePerson()),
                staff(hidden, "privacy-officer", "ada", "Ada, privacy officer")
                        + staff(hidden, "privacy-officer", "ben", "Ben, privacy officer")
                        + staff(hidden, "operator", "olga", "Olga, operator"));
    }

    private static String staff(CharSequence hidden, String role, String subject, String name) {
        return STAFF.formatted(hidden, role, subject, name);
    }

    /** A code is good once, for its client, its address, and whoever has the verifier. */
    void exchangeCode(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        MultiValueMap<String, String> sent =
                UriComponentsBuilder.newInstance().query(form).build().getQueryParams();
        Grant grant = sent.getFirst("code") == null ? null : grants.remove(decoded(sent.getFirst("code")));
        String credentials = new String(
                Base64.getDecoder()
                        .decode(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                                .replaceFirst("^Basic |^null$", "")),
                StandardCharsets.UTF_8);
        if (grant == null
                || !credentials.startsWith(grant.client() + ":")
                || !grant.redirectUri().equals(decoded(sent.getFirst("redirect_uri")))
                || !grant.challenge().equals(challenge(decoded(sent.getFirst("code_verifier"))))) {
            send(exchange, 400, "application/json", "{\"error\": \"invalid_grant\"}");
            return;
        }
        String token = provider.token(
                grant.subject(),
                grant.email(),
                claims -> claims.audience(grant.client())
                        .claim("roles", List.of(grant.role().split(" ")))
                        .claim("nonce", grant.nonce()));
        send(
                exchange,
                200,
                "application/json",
                "{\"access_token\": \"%s\", \"token_type\": \"Bearer\", \"expires_in\": 300, \"id_token\": \"%s\"}"
                        .formatted(UUID.randomUUID(), token));
    }

    void signOut(HttpExchange exchange) throws IOException {
        redirect(exchange, URI.create(query(exchange).getFirst("post_logout_redirect_uri")));
    }

    private static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MultiValueMap<String, String> query(HttpExchange exchange) {
        MultiValueMap<String, String> query = UriComponentsBuilder.newInstance()
                .query(exchange.getRequestURI().getRawQuery())
                .build()
                .getQueryParams();
        MultiValueMap<String, String> decoded = new LinkedMultiValueMap<>();
        query.forEach((name, values) -> decoded.add(name, decoded(values.get(0))));
        return decoded;
    }

    private static String decoded(String value) {
        return value == null ? "" : URLDecoder.decode(value, StandardCharsets.UTF_8);
    }

    private static void redirect(HttpExchange exchange, URI target) throws IOException {
        exchange.getResponseHeaders().set("Location", target.toString());
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
