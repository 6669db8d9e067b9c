package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What callers of the REST API must not get away with. Each of these is answered with a problem detail that says what is
 * wrong and what to do, repeats nothing of the input, and leaves no request behind.
 */
@OneApplicationTest
class BadInputIT {

    /** A word that all bad input here contains and no answer does. */
    private static final String WORD = "quokka";

    private static final String REQUESTS = "/api/v1/requests";

    @Autowired
    Themis themis;

    @Autowired
    JdbcClient database;

    private final HttpClient http = HttpClient.newHttpClient();
    private long requestsBefore;

    @BeforeEach
    void countRequests() {
        requestsBefore = requests();
    }

    static Stream<Arguments> brokenBodies() {
        String address = "\"emailAddress\": \"quokka@example.org\"";
        return Stream.of(
                Arguments.of("half an object", "{\"type\": \"access\", \"emailAddress\": \"quokka", "", "not JSON"),
                Arguments.of("a bare word", "{\"type\": \"access\", \"emailAddress\": quokka}", "", "not JSON"),
                Arguments.of("a comment", "/* quokka */ {\"type\": \"access\", " + address + "}", "", "not JSON"),
                Arguments.of(
                        "single quotes", "{'type': 'access', 'emailAddress': 'quokka@example.org'}", "", "not JSON"),
                Arguments.of("quotes around it", "'{\"type\": \"access\", " + address + "}'", "", "not JSON"),
                Arguments.of("more after its end", "{\"type\": \"access\", " + address + "} quokka", "", "not JSON"),
                Arguments.of(
                        "two objects",
                        "{\"type\": \"access\", " + address + "}{\"type\": \"access\", " + address + "}",
                        "",
                        "after its end"),
                Arguments.of("XML", "<request type='access'>quokka</request>", "", "not JSON"),
                Arguments.of("a form", "type=access&emailAddress=quokka@example.org", "", "not JSON"),
                Arguments.of(
                        "a raw line break in a text",
                        "{\"type\": \"access\", \"emailAddress\": \"quokka\r\n@example.org\"}",
                        "",
                        "not JSON"),
                Arguments.of(
                        "a raw NUL",
                        "{\"type\": \"access\", \"emailAddress\": \"quokka\0@example.org\"}",
                        "",
                        "not JSON"),
                Arguments.of("an array", "[{\"type\": \"access\", " + address + "}]", "", "must be a JSON object"),
                Arguments.of("a text", "\"quokka\"", "", "must be a JSON object"),
                Arguments.of("null", "null", "", "must be a JSON object"),
                Arguments.of("true", "true", "", "must be a JSON object"),
                Arguments.of("a number", "42", "", "must be a JSON object"),
                Arguments.of("blanks", " \n ", "", "must be a JSON object"),
                Arguments.of("no type", "{" + address + "}", "/type", "type must be \"access\""),
                Arguments.of("type null", "{\"type\": null, " + address + "}", "/type", "type must be \"access\""),
                Arguments.of(
                        "an unknown type", "{\"type\": \"quokka\", " + address + "}", "/type", "must be \"access\""),
                Arguments.of(
                        "a type in capitals", "{\"type\": \"ACCESS\", " + address + "}", "/type", "must be \"access\""),
                Arguments.of(
                        "a type that is a number", "{\"type\": 1, " + address + "}", "/type", "type must be a string"),
                Arguments.of(
                        "a type that is a list",
                        "{\"type\": [\"access\"], " + address + "}",
                        "/type",
                        "type must be a string"),
                Arguments.of("no address", "{\"type\": \"access\"}", "/emailAddress", "emailAddress is missing"),
                Arguments.of(
                        "address null",
                        "{\"type\": \"access\", \"emailAddress\": null}",
                        "/emailAddress",
                        "emailAddress is missing"),
                Arguments.of(
                        "an empty address",
                        "{\"type\": \"access\", \"emailAddress\": \"\"}",
                        "/emailAddress",
                        "emailAddress is missing"),
                Arguments.of(
                        "an address that is a number",
                        "{\"type\": \"access\", \"emailAddress\": 42}",
                        "/emailAddress",
                        "emailAddress must be a string"),
                Arguments.of(
                        "an address that is a list",
                        "{\"type\": \"access\", \"emailAddress\": [\"quokka@example.org\"]}",
                        "/emailAddress",
                        "emailAddress must be a string"),
                Arguments.of(
                        "an address that is an object",
                        "{\"type\": \"access\", \"emailAddress\": {\"value\": \"quokka@example.org\"}}",
                        "/emailAddress",
                        "emailAddress must be a string"),
                Arguments.of(
                        "a language that is true",
                        "{\"type\": \"access\", " + address + ", \"language\": true}",
                        "/language",
                        "language must be a string"),
                Arguments.of(
                        "a language that is none",
                        "{\"type\": \"access\", " + address + ", \"language\": \"quokka quokka\"}",
                        "/language",
                        "BCP 47"),
                Arguments.of(
                        "a language that does not end",
                        "{\"type\": \"access\", " + address + ", \"language\": \"en-x-" + "quokka-".repeat(900)
                                + "z\"}",
                        "/language",
                        "35 characters"),
                Arguments.of(
                        "an unknown field",
                        "{\"type\": \"access\", " + address + ", \"quokka\": 1}",
                        "",
                        "unknown field"),
                Arguments.of(
                        "a field in other case",
                        "{\"type\": \"access\", \"emailaddress\": \"quokka@example.org\"}",
                        "",
                        "unknown field"),
                Arguments.of(
                        "a field twice",
                        "{\"type\": \"access\", \"emailAddress\": \"ada@example.org\", " + address + "}",
                        "",
                        "a field twice"),
                Arguments.of(
                        "a field twice, once in escapes",
                        "{\"type\": \"access\", \"\\u0065mailAddress\": \"ada@example.org\", " + address + "}",
                        "",
                        "a field twice"),
                Arguments.of(
                        "arrays ten thousand deep",
                        "{\"type\": \"access\", \"emailAddress\": " + "[".repeat(10_000) + "]".repeat(10_000) + "}",
                        "",
                        "nested"),
                Arguments.of(
                        "objects ten thousand deep",
                        "{\"quokka\":".repeat(5_000) + "1" + "}".repeat(5_000),
                        "",
                        "nested"),
                Arguments.of(
                        "a number of fifty thousand digits",
                        "{\"type\": \"access\", \"emailAddress\": " + "9".repeat(50_000) + "}",
                        "",
                        "nested"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenBodies")
    void aBodyThatIsNoRequestIsRefused(String what, String body, String pointer, String detail) {
        HttpResponse<String> answer = themis.send("POST", REQUESTS, body, Themis.JSON_WITH_KEY);

        JsonNode problem = assertRefused(answer, 400);
        assertThat(problem.path("detail").asText()).contains(detail);
        assertThat(problem.path("pointer").asText()).isEqualTo(pointer);
    }

    @Test
    void anEmptyBodyIsRefused() {
        HttpResponse<String> answer = themis.send("POST", REQUESTS, null, Themis.JSON_WITH_KEY);

        assertThat(assertRefused(answer, 400).path("detail").asText())
                .contains("must be a JSON object like {\"type\": \"access\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "ISO-8859-1"})
    void aBodyInAnotherEncodingIsRefused(String charset) throws Exception {
        byte[] body = "{\"type\": \"access\", \"emailAddress\": \"quökka-quokka@example.org\"}".getBytes(charset);

        assertRefused(post(BodyPublishers.ofByteArray(body), "application/json"), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/xml",
                "application/x-www-form-urlencoded",
                "application/x-java-serialized-object",
                "multipart/form-data; boundary=quokka",
                "quokka",
            })
    void anotherContentTypeIsRefused(String contentType) {
        HttpResponse<String> answer =
                post(BodyPublishers.ofString(Themis.accessRequest("quokka@example.org")), contentType);

        assertThat(assertRefused(answer, 415).path("detail").asText()).contains("application/json");
    }

    static Stream<String> brokenAddresses() {
        return Stream.of(
                "quokka",
                "quokka@",
                "@quokka.example.org",
                "quokka@example.org@example.com",
                "quokka@@example.org",
                "quokka example@example.org",
                " quokka@example.org",
                "quokka@example.org ",
                "quokka@exam ple.org",
                "Quokka <quokka@example.org>",
                "<quokka@example.org>",
                "\"quokka\"@example.org",
                "'quokka@example.org'",
                "quokka(comment)@example.org",
                "quokka@[127.0.0.1]",
                "mailto:quokka@example.org",
                "quokka@example.org,ada@example.org",
                "quokka@example.org;ada@example.org",
                "quokka@example..org",
                "quokka@.example.org",
                "quokka@example.org.",
                "quokka@-example.org",
                ".quokka@example.org",
                "quokka.@example.org",
                "qu..okka@example.org",
                "quokka\\@example.org",
                "quokka@exam_ple!.org",
                // beyond ASCII: a letter, a domain, a look-alike of @, an invisible blank, a change of direction
                "quökka@example.org",
                "quokka@exämple.org",
                "quokka\uFF20example.org",
                "quokka\u200B@example.org",
                "\u202Equokka@example.org",
                "quokka@example.org\uD83D\uDE00",
                "quokka".repeat(43) + "@example.org",
                "quokka".repeat(5_000) + "@example.org");
    }

    static Stream<String> lineBreaksInAddresses() {
        return Stream.of(
                "quokka@example.org\r\nBcc: ada@example.org",
                "quokka@example.org\nBcc: ada@example.org",
                "quokka@example.org\rBcc: ada@example.org",
                "quokka@example.org\r\n",
                "quokka@example.org\n",
                "\nquokka@example.org",
                "quokka\r\n @example.org",
                "quokka@example.org\t",
                "quokka@example.org\0",
                "quo\0kka@example.org",
                "quokka@example.org\u0085Bcc:ada@example.org",
                "quokka@example.org\u2028Bcc:ada@example.org");
    }

    @ParameterizedTest
    @MethodSource({"brokenAddresses", "lineBreaksInAddresses"})
    void aBrokenAddressInTheBodyIsRefused(String address) {
        HttpResponse<String> answer =
                themis.send("POST", REQUESTS, Themis.accessRequest(address), Themis.JSON_WITH_KEY);

        JsonNode problem = assertRefused(answer, 400);
        assertThat(problem.path("detail").asText()).startsWith("emailAddress ");
        assertThat(problem.path("pointer").asText()).isEqualTo("/emailAddress");
    }

    @ParameterizedTest
    @MethodSource({"brokenAddresses", "lineBreaksInAddresses"})
    void aBrokenAddressInThePathIsRefused(String address) {
        HttpResponse<String> answer = themis.send("POST", initiate(address), "", Themis.GATEWAY_KEY);

        assertRefused(answer, 400);
    }

    @ParameterizedTest
    @MethodSource({"brokenAddresses", "lineBreaksInAddresses"})
    void aBrokenAddressHasNoProfile(String address) {
        String path = "/api/v1/users/" + encoded(address) + "/profile";

        assertRefused(themis.send("GET", path, null, Themis.GATEWAY_KEY), 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada%40example.org", "%61da@example.org", "ada@example.org"})
    void anAddressInThePathMayBePercentEncoded(String segment) {
        HttpResponse<String> answer =
                themis.send("POST", "/users/path-" + segment + "/data-consolidation/initiate", "", Themis.GATEWAY_KEY);

        assertThat(answer.statusCode()).isEqualTo(202);
        String id = Themis.json(answer.body()).path("id").asText();
        assertThat(database.sql("SELECT email_address FROM data_subject_request WHERE id = :id")
                        .param("id", UUID.fromString(id))
                        .query(String.class)
                        .single())
                .isEqualTo("path-ada@example.org");
    }

    /** An address may have a percent sign, and is decoded once. */
    @ParameterizedTest
    @CsvSource({"a%25b, a%b", "a%2540b, a%40b", "a%25252fb, a%252fb"})
    void aPercentSignInThePathIsOneOfTheAddress(String segment, String local) {
        HttpResponse<String> answer = themis.send(
                "POST", "/users/" + segment + "@example.org/data-consolidation/initiate", "", Themis.GATEWAY_KEY);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(database.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                        .param("address", local + "@example.org")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        assertThat(themis.send("GET", "/api/v1/users/" + segment + "@example.org/profile", null, Themis.GATEWAY_KEY)
                        .statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/requests/quokka%2fquokka",
                "/api/v1/requests/%2e%2e/requests",
                "/api/v1/requests/quokka%5cquokka",
                "/api/v1/requests/quokka%3bquokka",
                "/api/v1/requests/quokka%00",
                "/api/v1/requests/quokka%"
            })
    void anotherEncodedCharacterThatCouldChangeThePathIsRefused(String path) {
        assertRefused(
                RawHttp.send(
                        themis.url("/"),
                        "GET " + path + " HTTP/1.1",
                        new byte[0],
                        "Ocp-Apim-Subscription-Key: dev-key"),
                400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hooks/event%252dgrid", "/%2568ooks/event-grid", "/nothing/%252e%252e/hooks/event-grid"})
    void anEncodedPathOfTheWebhookIsNotOpen(String path) {
        String answer = RawHttp.send(themis.url("/"), "POST " + path + " HTTP/1.1", new byte[0]);

        assertThat(answer).startsWith("HTTP/1.1 401 ").contains("Ocp-Apim-Subscription-Key");
    }

    @Test
    void anAddressTwiceInAFormOrQueryIsTheOneInThePath() {
        HttpResponse<String> answer = themis.send(
                "POST",
                initiate("quokka") + "?emailAddress=ada@example.org",
                "emailAddress=ada@example.org",
                "Content-Type",
                "application/x-www-form-urlencoded",
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1]);

        assertRefused(answer, 400);
    }

    @Test
    void anInternationalDomainIsTakenInItsAsciiForm() {
        HttpResponse<String> answer = themis.send(
                "POST", REQUESTS, Themis.accessRequest("bad-input@xn--exmple-cua.org"), Themis.JSON_WITH_KEY);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(requests()).isEqualTo(requestsBefore + 1);
    }

    @ParameterizedTest
    @CsvSource({"x=y+z&1.2%3~{$}|`'*/?!#^_-@example.org", "bad-input+tag@localhost"})
    void anOddButRightAddressIsTakenAsItIs(String address) {
        HttpResponse<String> answer =
                themis.send("POST", REQUESTS, Themis.accessRequest(address), Themis.JSON_WITH_KEY);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(database.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                        .param("address", address)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void anEmptyIdempotencyKeyIsRefused(String key) {
        String answer = RawHttp.send(
                themis.url("/"),
                "POST " + REQUESTS + " HTTP/1.1",
                Themis.accessRequest("quokka@example.org").getBytes(StandardCharsets.UTF_8),
                "Content-Type: application/json",
                "Ocp-Apim-Subscription-Key: dev-key",
                "Idempotency-Key: " + key);

        assertThat(assertRefused(answer, 400).path("detail").asText()).contains("Idempotency-Key");
    }

    @ParameterizedTest
    @CsvSource({"quokka-1, quokka-2", "quokka, quokka", "quokka, ''"})
    void twoIdempotencyKeysAreRefused(String one, String another) {
        for (String path : new String[] {REQUESTS, "/users/quokka@example.org/data-consolidation/initiate"}) {
            String answer = RawHttp.send(
                    themis.url("/"),
                    "POST " + path + " HTTP/1.1",
                    Themis.accessRequest("quokka@example.org").getBytes(StandardCharsets.UTF_8),
                    "Content-Type: application/json",
                    "Ocp-Apim-Subscription-Key: dev-key",
                    "Idempotency-Key: " + one,
                    "idempotency-key: " + another);

            assertThat(assertRefused(answer, 400).path("detail").asText())
                    .contains("Idempotency-Key", "more than once");
        }
    }

    @Test
    void theLongestIdempotencyKeyIsTaken() {
        String key = "~".repeat(255);
        HttpResponse<String> answer = themis.send(
                "POST",
                REQUESTS,
                Themis.accessRequest("bad-input-longest-key@example.org"),
                "Content-Type",
                "application/json",
                "Ocp-Apim-Subscription-Key",
                "dev-key",
                "Idempotency-Key",
                key);

        assertThat(answer.statusCode()).isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 5_000})
    void anIdempotencyKeyThatIsTooLongIsRefused(int length) {
        HttpResponse<String> answer = themis.send(
                "POST",
                REQUESTS,
                Themis.accessRequest("quokka@example.org"),
                "Content-Type",
                "application/json",
                "Ocp-Apim-Subscription-Key",
                "dev-key",
                "Idempotency-Key",
                "quokka".repeat(length).substring(0, length));

        assertThat(assertRefused(answer, 400).path("detail").asText()).contains("Idempotency-Key", "255");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quökka", "quokka\u0081", "quo\tkka"})
    void anIdempotencyKeyOfOtherThanPrintableAsciiIsRefused(String key) {
        String answer = RawHttp.send(
                themis.url("/"),
                "POST " + REQUESTS + " HTTP/1.1",
                Themis.accessRequest("quokka@example.org").getBytes(StandardCharsets.UTF_8),
                "Content-Type: application/json",
                "Ocp-Apim-Subscription-Key: dev-key",
                "Idempotency-Key: " + key);

        assertRefused(answer, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "quokka",
                "de;q=quokka",
                ";;;,,,",
                "de-DE-DE-DE-quokkaquokkaquokka",
                "en;q=2, de;q=-1",
                "\u00e4\u00f6\u00fc\u00ff",
                "${bean:requests}",
                "../../../../etc/passwd",
                "x-quokka",
            })
    void whateverLanguageABrowserWishesForIsNoReasonToRefuse(String language) {
        String address = "wish-" + Integer.toHexString(language.hashCode()) + "@example.org";
        String answer = RawHttp.send(
                themis.url("/"),
                "POST " + REQUESTS + " HTTP/1.1",
                Themis.accessRequest(address).getBytes(StandardCharsets.UTF_8),
                "Content-Type: application/json",
                "Ocp-Apim-Subscription-Key: dev-key",
                "Accept-Language: " + language);

        assertThat(answer).startsWith("HTTP/1.1 202");
    }

    @Test
    void aPackedBodyIsRefusedBecauseUnpackedItCanBeAnySize() {
        HttpResponse<String> refused = themis.send(
                "POST",
                "/api/v1/requests",
                "unpacked or not, nobody looks",
                "Content-Type",
                "application/json",
                "Content-Encoding",
                "gzip",
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1]);

        assertThat(refused.statusCode()).isEqualTo(415);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.body()).contains("without a Content-Encoding");
    }

    @Test
    void aBodyOfTenMegabytesIsRefused() {
        byte[] body = tenMegabytes();

        JsonNode problem = assertRefused(post(BodyPublishers.ofByteArray(body), "application/json"), 413);
        assertThat(problem.path("detail").asText()).contains("65536 bytes");
    }

    @Test
    void aBodyOfTenMegabytesThatDoesNotTellItsLengthIsRefused() {
        byte[] body = tenMegabytes();

        JsonNode problem = assertRefused(
                post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), "application/json"), 413);
        assertThat(problem.path("detail").asText()).contains("65536 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /quokka",
        "POST, /api/v1/quokka",
        "POST, /api/v2/requests",
        "POST, /api/v1/requests/",
        "POST, /api/v1/requests/quokka/quokka",
        "GET,  /api/v1/requests/11111111-1111-4111-8111-111111111111/quokka",
        "POST, /api/v1/requests/11111111-1111-4111-8111-111111111111/steps/a/retry/quokka",
        "POST, /users/quokka",
        "POST, /users/quokka@example.org/data-consolidation/initiate/quokka",
        "POST, /openapi/themis.yaml",
        "GET,  /error",
        "POST, /hooks/event-grid/quokka",
    })
    void anUnknownPathIsNotThere(String method, String path) {
        HttpResponse<String> answer = themis.send(
                method,
                path,
                Themis.accessRequest("quokka@example.org"),
                "Content-Type",
                "application/json",
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1],
                "X-Quokka",
                "quokka");

        assertRefused(answer, 404);
        assertThat(answer.headers().firstValue(Themis.GATEWAY_KEY[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?quo%0akka=1", "?quo%00kka=1", "?quo%7fkka"})
    void aParameterNamedWithAControlCharacterIsRefused(String query) {
        HttpResponse<String> answer =
                themis.send("POST", REQUESTS + query, Themis.accessRequest("quokka@example.org"), Themis.JSON_WITH_KEY);

        assertRefused(answer, 400);
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/v1/requests,                                                        GET",
        "PUT,    /api/v1/requests,                                                        POST",
        "DELETE, /api/v1/requests/11111111-1111-4111-8111-111111111111,                   GET",
        "GET,    /api/v1/requests/11111111-1111-4111-8111-111111111111/steps/quokka/retry, POST",
        "GET,    /users/quokka@example.org/data-consolidation/initiate,                   POST",
        "POST,   /api/v1/users/quokka@example.org/profile,                                GET",
        "OPTIONS, /api/v1/requests,                                                       POST",
        "OPTIONS, /api/v1/requests/11111111-1111-4111-8111-111111111111,                  GET",
        "PUT,    /hooks/event-grid,                                                       POST",
        "GET,    /api/v1/requests/search,                                                 POST",
        "PUT,    /api/v1/requests/search,                                                 POST",
    })
    void anotherMethodIsRefusedWithTheRightOne(String method, String path, String right) {
        HttpResponse<String> answer = themis.send(
                method,
                path,
                "quokka",
                "Content-Type",
                "application/json",
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1],
                "X-Quokka",
                "quokka");

        assertRefused(answer, 405);
        assertThat(answer.headers().firstValue(Themis.GATEWAY_KEY[0])).isEmpty();
        assertThat(answer.headers().firstValue("Allow").orElse("")).contains(right);
    }

    /** Camel finds no route in such a spelling, and would send all headers back, the gateway's key among them. */
    @ParameterizedTest
    @CsvSource({
        "GET,  /api/v1/%72equests",
        "GET,  /api/v1/requests/11111111-1111-4111-8111-111111111111/%72ecord",
        "POST, /users/quokka@example.org/data-consolidation/%69nitiate",
        "POST, /api/v1/requests/%73earch",
        "POST, /hooks/%65vent-grid",
        "GET,  /api/v1/erasures/%6beys",
        "GET,  /api/v1//requests",
        "GET,  /api/v1/requests;quokka=1",
    })
    void anotherSpellingOfAPathIsNotThereAndSendsNothingBack(String method, String path) {
        String answer = RawHttp.send(
                themis.url("/"),
                method + " " + path + " HTTP/1.1",
                new byte[0],
                "Ocp-Apim-Subscription-Key: dev-key",
                "X-Quokka: quokka");

        assertThat(answer).matches("(?s)HTTP/1\\.1 (404|400) .*").contains("application/problem+json");
        assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("dev-key", WORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quokka", "1", "11111111-1111-4111-8111-11111111111", "1-1-1-1-1", "%20", "..", "%2e%2e"})
    void anIdThatIsNoneIsNotThere(String id) {
        String answer = RawHttp.send(
                themis.url("/"),
                "GET /api/v1/requests/" + id + " HTTP/1.1",
                new byte[0],
                "Ocp-Apim-Subscription-Key: dev-key");

        assertThat(answer).matches("(?s)HTTP/1\\.1 (404|400|405) .*").contains("application/problem+json");
        assertThat(answer).doesNotContain(WORD);
    }

    /** Camel would take the quotes off and find the request. */
    @Test
    void anIdInQuotesIsAnotherId() {
        String id = themis.ask("bad-input-quoted-id@example.org");
        for (String quoted : new String[] {"'" + id + "'", "%22" + id + "%22", "null", "true", "[" + id + "]"}) {
            String answer = RawHttp.send(
                    themis.url("/"),
                    "GET /api/v1/requests/" + quoted + " HTTP/1.1",
                    new byte[0],
                    "Ocp-Apim-Subscription-Key: dev-key");

            assertThat(answer).as(quoted).matches("(?s)HTTP/1\\.1 (404|400) .*").contains("application/problem+json");
        }
    }

    private static byte[] tenMegabytes() {
        return ("{\"type\": \"access\", \"emailAddress\": \"quokka" + " ".repeat(10 * 1024 * 1024) + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private HttpResponse<String> post(BodyPublisher body, String contentType) {
        try {
            return http.send(
                    HttpRequest.newBuilder(themis.url(REQUESTS))
                            .POST(body)
                            .headers("Content-Type", contentType, Themis.GATEWAY_KEY[0], Themis.GATEWAY_KEY[1])
                            .build(),
                    BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String initiate(String address) {
        return "/users/" + encoded(address) + "/data-consolidation/initiate";
    }

    private static String encoded(String address) {
        return URLEncoder.encode(address, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode assertRefused(HttpResponse<String> answer, int status) {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.statusCode() + " \r\n");
        answer.headers()
                .map()
                .forEach((name, values) -> values.forEach(
                        value -> text.append(name).append(": ").append(value).append("\r\n")));
        return assertRefused(text + "\r\n" + answer.body(), status);
    }

    /** @return the problem */
    private JsonNode assertRefused(String answer, int status) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer.toLowerCase(Locale.ROOT))
                .contains("content-type: application/problem+json\r\n")
                .doesNotContain(WORD);
        JsonNode problem = json(answer.substring(answer.indexOf("\r\n\r\n")));
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("detail").asText()).hasSizeGreaterThan(20);
        assertThat(requests()).as("requests").isEqualTo(requestsBefore);
        return problem;
    }

    /** The object in a body that may come in one chunk. */
    private static JsonNode json(String body) {
        try {
            return new ObjectMapper().readTree(body.substring(body.indexOf('{'), body.lastIndexOf('}') + 1));
        } catch (Exception e) {
            throw new AssertionError("no problem detail: " + body, e);
        }
    }

    private long requests() {
        return database.sql("SELECT count(*) FROM data_subject_request")
                .query(Long.class)
                .single();
    }
}
