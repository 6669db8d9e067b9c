package io.themis.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.Themis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;

/** The page by HTTP, without a browser: signs in, follows nothing by itself, and sends forms as they were shown. */
final class PageVisitor {

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> sessions = new LinkedHashMap<>();
    private final Themis themis;

    PageVisitor(Themis themis) {
        this.themis = themis;
    }

    HttpResponse<String> get(String path, String cookie) {
        return get(themis.url(path), cookie);
    }

    HttpResponse<String> get(URI uri, String cookie) {
        return send(HttpRequest.newBuilder(uri), cookie);
    }

    HttpResponse<String> send(HttpRequest.Builder request, String cookie) {
        if (cookie != null) {
            request.header("Cookie", "themis=" + cookie);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String sessionIn(HttpResponse<?> answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("themis="))
                .map(cookie -> cookie.substring("themis=".length(), cookie.indexOf(';')))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no session: " + answer.statusCode() + " " + answer.headers()));
    }

    static URI target(HttpResponse<?> answer) {
        return URI.create(answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new AssertionError("leads nowhere: " + answer.statusCode() + " " + answer.body())));
    }

    /** The sign-in as a browser goes through it, once for each. */
    String session(String role, String who) {
        return sessions.computeIfAbsent(role + who, key -> signIn(role, who));
    }

    String signIn(String role, String who) {
        HttpResponse<String> start = get(themis.url("/privacy/sign-in/themis"), null);
        String as = role.equals("person") ? "&email=" + who : "&sub=" + who;
        URI chosen =
                URI.create(target(start).toString().replace("/authorize?", "/authorize/as?") + "&role=" + role + as);
        HttpResponse<String> back = get(target(get(chosen, null)), sessionIn(start));
        assertThat(back.statusCode()).isEqualTo(302);
        return sessionIn(back);
    }

    /** Sends a form with the token of the pages. */
    HttpResponse<String> post(String path, String form, String session) {
        String token = get("/privacy/erasure", session)
                .body()
                .replaceFirst("(?s).*?name=\"_csrf\" value=\"([^\"]+)\".*", "$1");
        return send(
                HttpRequest.newBuilder(themis.url(path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form + "&_csrf=" + token)),
                session);
    }
}
