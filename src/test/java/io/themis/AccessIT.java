package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.IdentityProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.yaml.snakeyaml.Yaml;

/** Who may call what, and that a refusal tells nobody what there is. */
@OneApplicationTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessIT {

    /**
     * The answer to each operation of the contract. Own is the person's token, other another person's, unverified the
     * person's with an address that was never verified; from expired on five are an operator's but expired, for another
     * audience, by another issuer, not signed, signed by somebody else; the last two have no subject, or the gateway's name.
     */
    private static final String MATRIX = """
            operation                   none  wrong-key  gateway  own  other  unverified  operator  officer  no-role  expired  audience  issuer  unsigned  forged  nameless  named-gateway
            submitRequest               401   401        202      202  403    403         202       202      403      401      401       401     401       401     403       403
            listRequests                401   401        403      200  200    403         200       200      403      401      401       401     401       401     403       403
            findRequests                401   401        403      403  403    403         403       200      403      401      401       401     401       401     403       403
            getRequest                  401   401        200      200  403    403         200       200      403      401      401       401     401       401     403       403
            retryStep                   401   401        403      403  403    403         409       409      403      401      401       401     401       401     403       403
            restartRequest              401   401        403      403  403    403         409       409      403      401      401       401     401       401     403       403
            getHomonyms                 401   401        403      403  403    403         403       200      403      401      401       401     401       401     403       403
            getErasurePlan              401   401        403      403  403    403         404       404      403      401      401       401     401       401     403       403
            approveErasure              401   401        403      403  403    403         403       404      403      401      401       401     401       401     403       403
            refuseErasure               401   401        403      403  403    403         403       404      403      401      401       401     401       401     403       403
            getCertificate              401   401        404      404  403    403         404       404      403      401      401       401     401       401     403       403
            getCertificatePage          401   401        404      404  403    403         404       404      403      401      401       401     401       401     403       403
            confirmReceipt              401   401        404      403  403    403         404       404      403      401      401       401     401       401     403       403
            replayErasures              401   401        403      403  403    403         202       202      403      401      401       401     401       401     403       403
            getDownloads                401   401        403      200  403    403         403       403      403      401      401       401     401       401     403       403
            endLinks                    401   401        403      202  403    403         409       409      403      401      401       401     401       401     403       403
            withdrawErasure             401   401        403      404  403    403         403       403      403      401      401       401     401       401     403       403
            extendDeadline              401   401        403      403  403    403         403       409      403      401      401       401     401       401     403       403
            resendMail                  401   401        403      403  403    403         409       409      403      401      401       401     401       401     403       403
            getRecord                   401   401        403      403  403    403         403       200      403      401      401       401     401       401     403       403
            getCertificateKeys          200   401        200      200  200    200         200       200      200      401      401       401     401       401     200       200
            initiateDataConsolidation   401   401        202      202  403    403         202       202      403      401      401       401     401       401     403       403
            getUserProfile              401   401        200      200  403    403         200       200      403      401      401       401     401       401     403       403
            allowEvents                 401   401        401      401  401    401         401       401      401      401      401       401     401       401     401       401
            allowEvents?secret          200   401        200      200  200    200         200       200      200      401      401       401     401       401     200       200
            receiveEvents               401   401        401      401  401    401         401       401      401      401      401       401     401       401     401       401
            receiveEvents?secret        200   401        200      200  200    200         200       200      200      401      401       401     401       401     200       200
            """;

    private static final Map<String, String> BODIES = Map.of(
            "findRequests", "{\"emailAddress\": \"nobody@example.org\"}",
            "approveErasure", "{\"planDigest\": \"0\"}",
            "refuseErasure", "{\"reason\": \"none\"}",
            "extendDeadline", "{\"months\": 2, \"reason\": \"none\"}",
            "replayErasures", "{\"backupTakenAt\": \"2026-05-01T03:00:00Z\"}");

    private static final String ADDRESS = "access-" + UUID.randomUUID() + "@example.org";
    private static final String UNKNOWN = "access-nobody-" + UUID.randomUUID() + "@example.org";
    private static final String SECRET = "dev-webhook-secret-of-the-development-run";

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Autowired
    JdbcClient database;

    private String id;

    /** A person that the company knows, whose request has ended. */
    @BeforeAll
    void askForAPerson() {
        services.users().load(List.of(new DevUser(ADDRESS, "Ann", "Ann", "Access", null, null, null, 8_000_000_001L)));
        id = themis.ask(ADDRESS);
        themis.await(id, "delivered");
    }

    private static List<List<String>> matrix() {
        return MATRIX.lines().map(line -> List.of(line.split(" +"))).toList();
    }

    static Stream<Arguments> cells() {
        List<String> callers = matrix().get(0);
        return matrix().stream().skip(1).flatMap(row -> {
            List<Arguments> cells = new ArrayList<>();
            for (int i = 1; i < row.size(); i++) {
                cells.add(Arguments.of(row.get(0), callers.get(i), Integer.parseInt(row.get(i))));
            }
            return cells.stream();
        });
    }

    @Test
    void everyOperationOfTheContractHasARow() throws IOException {
        Set<String> rows = new LinkedHashSet<>();
        matrix().stream().skip(1).forEach(row -> rows.add(row.get(0).split("\\?")[0]));

        assertThat(operations().keySet()).containsExactlyInAnyOrderElementsOf(rows);
    }

    @ParameterizedTest(name = "{0} as {1}: {2}")
    @MethodSource("cells")
    void eachCallerGetsTheAnswerOfTheMatrix(String operation, String caller, int status) throws IOException {
        HttpResponse<String> answer = call(operation, caller, id, ADDRESS, "identify-person");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 401 || status == 403) {
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body()).doesNotContain(id, ADDRESS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "getRequest, other",
        "getRequest, unverified",
        "getRequest, none",
        "getRequest, wrong-key",
        "getRequest, forged",
        "getRequest, no-role",
        "retryStep, own",
        "retryStep, other",
        "retryStep, gateway",
        "retryStep, none",
        "getHomonyms, own",
        "getHomonyms, other",
        "getHomonyms, operator",
        "getHomonyms, gateway",
        "getHomonyms, none",
        "restartRequest, own",
        "restartRequest, other",
        "restartRequest, gateway",
        "restartRequest, none",
        "getErasurePlan, own",
        "getErasurePlan, gateway",
        "approveErasure, own",
        "approveErasure, operator",
        "refuseErasure, other",
        "refuseErasure, operator",
        "getCertificate, other",
        "getCertificate, none",
        "getCertificatePage, other",
        "getCertificatePage, none",
        "getDownloads, other",
        "getDownloads, officer",
        "endLinks, other",
        "endLinks, gateway",
        "withdrawErasure, other",
        "withdrawErasure, officer",
        "extendDeadline, own",
        "resendMail, own",
        "getRecord, operator",
        "confirmReceipt, own",
        "confirmReceipt, none"
    })
    void aRefusalIsTheSameWhetherTheRequestIsThereOrNot(String operation, String caller) throws IOException {
        String refused = everything(call(operation, caller, id, ADDRESS, "identify-person"));

        for (String other : List.of(
                UUID.randomUUID().toString(),
                "00000000-0000-0000-0000-000000000000",
                id.toUpperCase(Locale.ROOT),
                id + "0",
                "1",
                "quokka",
                "a".repeat(300),
                "%20",
                "%27%20OR%201=1%20--")) {
            assertThat(everything(call(operation, caller, other, ADDRESS, "identify-person")))
                    .as(other)
                    .isEqualTo(refused);
        }
        assertThat(everything(call(operation, caller, id, ADDRESS, "no-such-step")))
                .isEqualTo(refused);
    }

    @ParameterizedTest
    @CsvSource({
        "submitRequest, other",
        "submitRequest, unverified",
        "submitRequest, none",
        "submitRequest, wrong-key",
        "initiateDataConsolidation, other",
        "initiateDataConsolidation, unverified",
        "initiateDataConsolidation, none",
        "getUserProfile, other",
        "getUserProfile, unverified",
        "getUserProfile, none",
        "getUserProfile, wrong-key"
    })
    void aRefusalIsTheSameWhetherThePersonIsKnownOrNot(String operation, String caller) throws IOException {
        String refused = everything(call(operation, caller, id, ADDRESS, "identify-person"));

        for (String other : List.of(UNKNOWN, ADDRESS.toUpperCase(Locale.ROOT), "x" + ADDRESS)) {
            assertThat(everything(call(operation, caller, id, other, "identify-person")))
                    .as(other)
                    .isEqualTo(refused);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"submitRequest", "initiateDataConsolidation"})
    void anAcceptedRequestDoesNotTellWhetherThePersonIsKnown(String operation) throws IOException {
        String person = operation.toLowerCase(Locale.ROOT) + "-" + ADDRESS;
        long account = 8_000_000_001L + operation.length();
        services.users().load(List.of(new DevUser(person, "Ann", "Ann", "A", null, null, null, account)));

        HttpResponse<String> known = call(operation, "gateway", id, person, "");
        HttpResponse<String> unknown = call(operation, "gateway", id, "x" + person, "");

        assertThat(shape(known)).isEqualTo(shape(unknown));
    }

    @Test
    void anOperatorLearnsThatThereIsNoSuchRequestOrStep() throws IOException {
        assertThat(call("getRequest", "operator", UUID.randomUUID().toString(), ADDRESS, "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call("getHomonyms", "officer", UUID.randomUUID().toString(), ADDRESS, "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call("retryStep", "operator", UUID.randomUUID().toString(), ADDRESS, "identify-person")
                        .statusCode())
                .isEqualTo(404);
        assertThat(call("restartRequest", "operator", UUID.randomUUID().toString(), ADDRESS, "")
                        .statusCode())
                .isEqualTo(404);
        for (String operation : List.of("getErasurePlan", "approveErasure", "refuseErasure", "getCertificate")) {
            assertThat(call(operation, "officer", UUID.randomUUID().toString(), ADDRESS, "")
                            .statusCode())
                    .as(operation)
                    .isEqualTo(404);
        }
        assertThat(call("retryStep", "operator", id, ADDRESS, "no-such-step").statusCode())
                .isEqualTo(404);
    }

    @Test
    void whyAStepFailedIsForStaffOnly() throws IOException {
        database.sql("UPDATE request_step SET last_error = 'the quokka bit' WHERE request_id = :id AND name = :step")
                .param("id", UUID.fromString(id))
                .param("step", "identify-person")
                .update();

        assertThat(call("getRequest", "operator", id, ADDRESS, "").body()).contains("the quokka bit");
        assertThat(call("getRequest", "gateway", id, ADDRESS, "").body()).contains("the quokka bit");
        assertThat(call("getRequest", "own", id, ADDRESS, "").body())
                .contains("identify-person")
                .doesNotContain("quokka")
                .doesNotContain("lastError");
    }

    @Test
    void aPersonsTokenBesideTheGatewaysKeyIsThePerson() throws IOException {
        HttpResponse<String> answer = themis.send(
                "GET",
                "/api/v1/requests/" + id,
                null,
                Themis.GATEWAY_KEY[0],
                Themis.GATEWAY_KEY[1],
                "Authorization",
                "Bearer " + identity.token("q", UNKNOWN, "person"));

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "Ocp-Apim-Subscription-Key", "subscription-key", "code"})
    void aCredentialInTheAddressIsNone(String parameter) {
        String token = identity.token("o", "o@example.org", "operator");
        for (String value : List.of(token, Themis.GATEWAY_KEY[1], SECRET)) {
            assertThat(themis.send("GET", "/api/v1/requests/" + id + "?" + parameter + "=" + value, null)
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", SECRET + "x", "*"})
    void theWebhookTakesItsOwnSecretOnly(String secret) {
        HttpResponse<String> answer = themis.send(
                "POST", "/hooks/event-grid?code=" + secret, "[]", "Content-Type", "application/cloudevents-batch+json");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"code", "Code", "CamelHttpQuery", "camelhttpquery"})
    void theSecretOfTheWebhookIsTakenFromItsAddressAlone(String header) {
        String value = header.toLowerCase(Locale.ROOT).equals("code") ? SECRET : "code=" + SECRET;
        for (String query : List.of("", "?", "?code=", "?code", "?x=" + SECRET, "?CamelHttpQuery=code=" + SECRET)) {
            assertThat(themis.send(
                                    "POST",
                                    "/hooks/event-grid" + query,
                                    "[]",
                                    "Content-Type",
                                    "application/cloudevents-batch+json",
                                    header,
                                    value)
                            .statusCode())
                    .as("POST " + query)
                    .isEqualTo(401);
            assertThat(themis.send(
                                    "OPTIONS",
                                    "/hooks/event-grid" + query,
                                    null,
                                    "WebHook-Request-Origin",
                                    "eventgrid.azure.net",
                                    header,
                                    value)
                            .statusCode())
                    .as("OPTIONS " + query)
                    .isEqualTo(401);
        }
    }

    /** Method and path of each operation by its id. */
    private static Map<String, String[]> operations() throws IOException {
        Map<String, Map<String, Map<String, Map<String, Object>>>> contract;
        try (InputStream yaml = new ClassPathResource("openapi/themis.yaml").getInputStream()) {
            contract = new Yaml().load(yaml);
        }
        Map<String, String[]> operations = new LinkedHashMap<>();
        contract.get("paths")
                .forEach((path, methods) -> methods.forEach((method, operation) -> operations.put(
                        (String) operation.get("operationId"), new String[] {method.toUpperCase(Locale.ROOT), path})));
        return operations;
    }

    private HttpResponse<String> call(String operation, String caller, String id, String address, String step)
            throws IOException {
        String[] methodAndPath = operations().get(operation.split("\\?")[0]);
        String path = methodAndPath[1]
                .replace("{id}", id)
                .replace("{emailAddress}", address)
                .replace("{step}", step)
                .replace("{recipient}", "1");
        if (operation.endsWith("?secret")) {
            path += "?code=" + SECRET;
        }
        List<String> headers = new ArrayList<>(credentials(caller));
        String body = methodAndPath[0].equals("GET") ? null : "";
        if (operation.equals("submitRequest")) {
            body = Themis.accessRequest(address);
            headers.addAll(List.of("Content-Type", "application/json"));
        } else if (BODIES.containsKey(operation)) {
            body = BODIES.get(operation);
            headers.addAll(List.of("Content-Type", "application/json"));
        } else if (operation.startsWith("receiveEvents")) {
            body = "[]";
            headers.addAll(List.of("Content-Type", "application/cloudevents-batch+json"));
        } else if (operation.startsWith("allowEvents")) {
            headers.addAll(List.of("WebHook-Request-Origin", "eventgrid.azure.net"));
        }
        return themis.send(methodAndPath[0], path, body, headers.toArray(String[]::new));
    }

    private List<String> credentials(String caller) {
        String token = switch (caller) {
            case "none" -> null;
            case "wrong-key" -> "key:dev-kez";
            case "gateway" -> "key:" + Themis.GATEWAY_KEY[1];
            case "own" -> identity.token("p", ADDRESS, "person");
            case "other" -> identity.token("q", "somebody-else@example.org", "person");
            case "unverified" ->
                identity.token(
                        "p",
                        ADDRESS,
                        claims -> claims.claim("roles", List.of("person")).claim("email_verified", false));
            case "operator" -> identity.token("o", "operator@example.org", "operator");
            case "officer" -> identity.token("d", "officer@example.org", "privacy-officer");
            case "no-role" -> identity.token("p", ADDRESS, "visitor", "GATEWAY", "OPERATOR");
            case "nameless" -> identity.token(null, ADDRESS, "person", "operator");
            case "named-gateway" -> identity.token("gateway", ADDRESS, "person", "operator");
            case "expired" ->
                operator(claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(3600))));
            case "audience" -> operator(claims -> claims.audience("another-api"));
            case "issuer" -> operator(claims -> claims.issuer("https://issuer.example.org"));
            case "unsigned" -> identity.unsignedToken("o", "operator@example.org", "operator");
            case "forged" -> identity.forgedToken("o", "operator@example.org", "operator");
            default -> throw new IllegalArgumentException(caller);
        };
        if (token == null) {
            return List.of();
        }
        return token.startsWith("key:")
                ? List.of(Themis.GATEWAY_KEY[0], token.substring(4))
                : List.of("Authorization", "Bearer " + token);
    }

    private String operator(Consumer<JWTClaimsSet.Builder> change) {
        return identity.token("o", "operator@example.org", claims -> {
            claims.claim("roles", List.of("operator"));
            change.accept(claims);
        });
    }

    /** Every byte of an answer but the time of day and when the connection ends, which is after a hundred answers. */
    private static String everything(HttpResponse<String> answer) {
        return answer.statusCode() + "\n" + headers(answer) + "\n" + answer.body();
    }

    private static Map<String, List<String>> headers(HttpResponse<String> answer) {
        Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        headers.keySet().removeAll(Set.of("date", "connection", "keep-alive"));
        return headers;
    }

    /** All of an answer but the values that are new for each request. */
    private static String shape(HttpResponse<String> answer) {
        return answer.statusCode() + "\n" + headers(answer).keySet() + "\n"
                + Themis.json(answer.body()).path("status").asText() + "\n"
                + answer.body().replaceAll("\"(id|dueAt)\":\"[^\"]+\"", "$1")
                + answer.headers().firstValue("Location").orElse("").replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "id");
    }
}
