package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.WarmJvm;
import io.themis.devservices.Broker;
import jakarta.jms.JMSContext;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** The management port of a real server, with the settings of the application, asked over HTTP. */
@WarmJvm
@DirtiesContext
@SpringBootTest(
        classes = GuardedApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "management.prometheus.metrics.export.enabled=true",
            "themis.gateway-key=0123456789abcdef0123456789abcdef",
            // bcrypt of "correct horse battery", made by crypt(3)
            "themis.console.password={bcrypt}$2b$10$AHWCUMHB9f9eLJl7T/9f0.hqcyZhTnRdNY0iVJ41333D3bBaJlQM2",
            "themis.console.viewer.password=who only looks on",
            // The stores are not here.
            "management.endpoint.health.validate-group-membership=false",
            GuardedApplication.NO_YAML_ROUTES
        })
class ConsoleSecurityIT {

    // "operator:correct horse battery" and "viewer:who only looks on", in base64 as HTTP Basic has it
    private static final String OPERATOR = "Basic b3BlcmF0b3I6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5";
    private static final String VIEWER = "Basic dmlld2VyOndobyBvbmx5IGxvb2tzIG9u";

    @LocalManagementPort
    private int managementPort;

    @LocalServerPort
    private int apiPort;

    @Autowired
    private CamelContext camel;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(managementPort);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/health", "/observe/health/live", "/observe/health/ready"})
    void healthIsOpenAndShowsDetailsToOperatorsOnly(String path) {
        HttpResponse<String> open = http.get(path);
        assertThat(open.statusCode()).isEqualTo(200);
        assertThat(open.body()).contains("\"status\":\"UP\"").doesNotContain("components");
        assertThat(http.get(path, "Authorization", OPERATOR).body()).contains("components");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/observe",
                "/observe/metrics",
                "/observe/hawtio",
                "/observe/hawtio/",
                "/observe/hawtio/index.html",
                "/observe/hawtio/auth/config/session-timeout",
                "/observe/hawtio/user",
                "/observe/hawtio/jolokia",
                "/observe/hawtio/jolokia/version",
                "/observe/hawtio/proxy/enabled",
                "/observe/jolokia",
                "/observe/jolokia/list",
                "/observe/nothing",
                "/nothing"
            })
    void everythingElseNeedsASignIn(String path) {
        HttpResponse<String> script = http.get(path);
        assertThat(script.statusCode()).isEqualTo(401);
        assertThat(script.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Basic");
        HttpResponse<String> browser = http.get(path, "Accept", "text/html");
        assertThat(browser.statusCode()).isEqualTo(302);
        assertThat(browser.headers().firstValue("Location").orElseThrow()).endsWith("/login");
    }

    @ParameterizedTest
    @CsvSource({
        "operator,wrong",
        "operator,''",
        "operator,who only looks on",
        "viewer,correct horse battery",
        "admin,correct horse battery",
        "user,password"
    })
    void aWrongPasswordIsNoSignIn(String username, String password) {
        assertThat(http.get("/observe/metrics", "Authorization", Http.basic(username, password))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aGatewayIsNoOperatorAndAnOperatorNoCallerOfTheApi() {
        assertThat(http.get("/observe/metrics", GatewayKeyFilter.HEADER, "0123456789abcdef0123456789abcdef")
                        .statusCode())
                .isEqualTo(401);
        assertThat(new Http(apiPort)
                        .get("/api/v1/whoami", "Authorization", OPERATOR)
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {OPERATOR, VIEWER})
    void whoIsSignedInGetsTheConsole(String account) {
        HttpResponse<String> page = http.get("/observe/hawtio/", "Authorization", account);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>Hawtio").contains("<base href=\"/observe/hawtio/\"");
        assertThat(http.get("/observe/hawtio/hawtconfig.json", "Authorization", account)
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {OPERATOR, VIEWER})
    void whoIsSignedInGetsTheMetrics(String account) {
        assertThat(http.get("/observe/metrics", "Authorization", account).body())
                .contains("camel_routes");
    }

    @Test
    void aBrowserSignsInByTheFormAndKeepsASession() {
        HttpResponse<String> signedIn = signIn(null);
        String first = signedIn.headers().firstValue("Location").orElseThrow();
        assertThat(first).endsWith("/observe/hawtio/camel/routes");
        assertThat(signedIn.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("JSESSIONID=")
                        .contains("HttpOnly")
                        .contains("SameSite=Strict"));
        HttpResponse<String> page =
                http.get(URI.create(first).getPath(), "Cookie", "JSESSIONID=" + cookie(signedIn, "JSESSIONID"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>Hawtio");
    }

    /** @param session of who was sent to the form, or null */
    private HttpResponse<String> signIn(String session) {
        String token = cookie(http.get("/login", "Accept", "text/html"), "XSRF-TOKEN");
        return http.post(
                "/login",
                "username=operator&password=correct+horse+battery&_csrf=" + token,
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Cookie",
                "XSRF-TOKEN=" + token + (session == null ? "" : "; JSESSIONID=" + session));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/observe/hawtio/camel/endpoints", "/observe/metrics", "/observe/hawtio/camel/routes/x?nid=1"})
    void whoWantedAPlaceOfTheConsoleGetsThereAfterTheSignIn(String place) {
        HttpResponse<String> sent = http.get(place, "Accept", "text/html");
        assertThat(signIn(cookie(sent, "JSESSIONID")).headers().firstValue("Location"))
                .get()
                .asString()
                .endsWith(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/observe/hawtio", "/observe/hawtio/", "/observe/hawtio/index.html"})
    void whoWantedTheConsoleAsSuchGetsItsTable(String door) {
        String session = http.get(door, "Accept", "text/html").headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("JSESSIONID="))
                .map(cookie -> cookie.substring("JSESSIONID=".length(), cookie.indexOf(';')))
                .findFirst()
                .orElse(null);
        assertThat(signIn(session).headers().firstValue("Location"))
                .get()
                .asString()
                .endsWith("/observe/hawtio/camel/routes");
    }

    @Test
    void aPostWithoutTheCsrfTokenIsRefused() {
        assertThat(http.post("/observe/jolokia", "{\"type\":\"version\"}", "Authorization", OPERATOR)
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "/observe/jolokia, " + OPERATOR,
        "/observe/hawtio/jolokia, " + OPERATOR,
        "/observe/jolokia, " + VIEWER,
        "/observe/hawtio/jolokia, " + VIEWER
    })
    void theConsoleListsTheRoutes(String path, String account) throws JsonProcessingException {
        JsonNode answer = jolokia(account, path, """
            {"type": "read", "mbean": "org.apache.camel:type=routes,*", "attribute": ["RouteId", "Description"]}
            """);
        assertThat(answer.path("status").asInt()).isEqualTo(200);
        assertThat(answer.path("value").findValuesAsText("RouteId")).contains("size", "whoami", "webhook");
        assertThat(answer.path("value").findValuesAsText("Description")).contains("answers how many bytes came");
    }

    @Test
    void theConsoleStopsAndStartsARoute() throws JsonProcessingException {
        String route = "org.apache.camel:context=" + camel.getManagementName() + ",type=routes,name=\\\"broken\\\"";
        assertThat(exec(route, "stop()").path("status").asInt()).isEqualTo(200);
        assertThat(camel.getRouteController().getRouteStatus("broken").isStopped())
                .isTrue();
        assertThat(exec(route, "start()").path("status").asInt()).isEqualTo(200);
        assertThat(camel.getRouteController().getRouteStatus("broken").isStarted())
                .isTrue();
    }

    /** As Hawtio asks: with the signature, for one operation or for many. */
    @ParameterizedTest(name = "{0} of {1}: {2} for an operator, {3} for a viewer")
    @CsvSource(
            delimiter = '|',
            value = {
                "stop()                                | ROUTE   | true  | false",
                "start()                               | ROUTE   | true  | false",
                "reset(boolean)                        | ROUTE   | true  | false",
                "remove()                              | ROUTE   | false | false",
                "updateRouteFromXml(java.lang.String)  | ROUTE   | false | false",
                "dumpRouteAsXml(boolean)               | ROUTE   | true  | true",
                "dumpRoutesAsXml()                     | CONTEXT | true  | true",
                "stop()                                | CONTEXT | false | false",
                "sendStringBody(java.lang.String,java.lang.String) | CONTEXT | false | false",
                "setEnabled(boolean)                   | TRACER  | true  | false",
                "dumpAllTracedMessagesAsXml()          | TRACER  | true  | false",
                "dumpAllTracedMessagesAsJSon()         | TRACER  | false | false"
            })
    void aButtonIsShownOnlyToThoseWhoMayPressIt(String operation, String mbean, boolean operator, boolean viewer)
            throws JsonProcessingException {
        String name = name(mbean);
        for (String account : List.of(OPERATOR, VIEWER)) {
            boolean expected = account.equals(OPERATOR) ? operator : viewer;
            assertThat(buttons(account, "canInvoke(java.util.Map)", "{\"%s\": [\"%s\"]}".formatted(name, operation))
                            .findValuesAsText("CanInvoke"))
                    .containsExactly(String.valueOf(expected));
            assertThat(buttons(
                                    account,
                                    "canInvoke(java.lang.String,java.lang.String)",
                                    "\"%s\", \"%s\"".formatted(name, operation))
                            .asBoolean())
                    .isEqualTo(expected);
        }
    }

    /** The name by which Hawtio finds it: it takes the one that is not called HawtioDummy. */
    private JsonNode buttons(String account, String operation, String arguments) throws JsonProcessingException {
        JsonNode found = jolokia(account, "/observe/jolokia", """
            {"type": "search", "mbean": "*:type=security,area=jmx,*"}
            """);
        String effective = null;
        for (JsonNode name : found.path("value")) {
            if (!name.asText().contains("HawtioDummy")) {
                effective = name.asText();
            }
        }
        JsonNode answer = exec(account, effective, operation, arguments);
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(200);
        return answer.path("value");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ROUTE   | start                       | ''",
                "ROUTE   | start()                     | ''",
                "ROUTE   | stop                        | ''",
                "ROUTE   | stop()                      | ''",
                "ROUTE   | stop(long)                  | '1'",
                "ROUTE   | suspend                     | ''",
                "ROUTE   | resume()                    | ''",
                "ROUTE   | reset                       | ''",
                "ROUTE   | reset(boolean)              | 'true'",
                "ROUTE   | remove()                    | ''",
                "CONTEXT | reset                       | ''",
                "CONTEXT | sendStringBody              | '\"direct:x\", \"body\"'",
                "TRACER  | setEnabled                  | 'true'",
                "TRACER  | setEnabled(boolean)         | 'true'",
                "TRACER  | dumpAllTracedMessagesAsXml  | ''"
            })
    void aViewerChangesNothing(String mbean, String operation, String arguments) throws JsonProcessingException {
        JsonNode answer = exec(VIEWER, name(mbean), operation, arguments == null ? "" : arguments);
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.has("error_type")).as("refused by Jolokia").isTrue();
        assertThat(camel.getRouteController().getRouteStatus("size").isStarted())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dumpRoutesAsXml", "dumpRoutesAsXml()", "dumpRoutesStatsAsXml"})
    void theConsoleDrawsTheRoutes(String operation) throws JsonProcessingException {
        String arguments = operation.equals("dumpRoutesStatsAsXml") ? "true, true" : "";
        String operationText = operation.equals("dumpRoutesAsXml") ? "dumpRoutesAsXml()" : operation;
        for (String account : List.of(OPERATOR, VIEWER)) {
            JsonNode answer = exec(account, context(), operationText, arguments);
            assertThat(answer.path("value").asText()).contains("whoami");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "com.sun.management:type=HotSpotDiagnostic | dumpHeap | '\"/tmp/heap.hprof\", true'",
                "com.sun.management:type=HotSpotDiagnostic | dumpHeap(java.lang.String,boolean) | '\"/tmp/h.hprof\","
                        + " true'",
                "com.sun.management:type=HotSpotDiagnostic | setVMOption | '\"HeapDumpPath\", \"/tmp\"'",
                "com.sun.management:type=DiagnosticCommand | vmSystemProperties | ''",
                "com.sun.management:type=DiagnosticCommand | jvmtiAgentLoad | '[\"/tmp/agent.so\"]'",
                "com.sun.management:type=DiagnosticCommand | compilerDirectivesAdd | '[\"/etc/passwd\"]'",
                "java.lang:type=Memory | gc | ''",
                "java.lang:type=Threading | dumpAllThreads | 'true, true'",
                "java.util.logging:type=Logging | setLoggerLevel | '\"x\", \"ALL\"'",
                "jdk.management.jfr:type=FlightRecorder | newRecording | ''",
                "JMImplementation:type=MBeanServerDelegate | anything | ''",
                "jolokia:type=Config | debug | ''",
                "hawtio:type=JVMList | startAgent | '\"1\"'",
                "CONTEXT | sendStringBody | '\"file:/tmp?fileName=x\", \"body\"'",
                "CONTEXT | sendStringBody(java.lang.String,java.lang.String) | '\"file:/tmp?fileName=x\", \"body\"'",
                "CONTEXT | requestStringBody | '\"direct:x\", \"body\"'",
                "CONTEXT | createEndpoint | '\"file:/tmp\"'",
                "CONTEXT | stop | ''",
                "ROUTE | updateRouteFromXml | '\"<route/>\"'",
                "ROUTE | updateRouteFromXml(java.lang.String) | '\"<route/>\"'",
                "ROUTE | remove | ''",
                "TRACER | dumpAllTracedMessagesAsJSon | ''",
                "org.apache.camel:context=themis,type=tracer,name=Other | dumpAllTracedMessagesAsXml | ''",
                "org.apache.camel:context=themis,type=endpoints,name=jms | browseAllMessagesAsXml | 'true'",
            })
    void operationsThatAreNotListedAreForbidden(String mbean, String operation, String arguments)
            throws JsonProcessingException {
        JsonNode answer = exec(name(mbean), operation, arguments == null ? "" : arguments);
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.has("error_type")).as("refused by Jolokia").isTrue();
        assertThat(camel.getStatus().isStarted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {OPERATOR, VIEWER})
    void nothingIsWritten(String account) throws JsonProcessingException {
        JsonNode answer = jolokia(account, "/observe/jolokia", """
            {"type": "write", "mbean": "%s", "attribute": "Tracing", "value": true}
            """.formatted(context()));
        assertThat(answer.path("status").asInt()).isEqualTo(403);
        assertThat(answer.has("error_type")).as("refused by Jolokia").isTrue();
    }

    /** In no policy, and Jolokia asks none: each of them would leave something behind. */
    @ParameterizedTest
    @ValueSource(strings = {OPERATOR, VIEWER})
    void nobodyListensToMBeans(String account) throws JsonProcessingException {
        String add = """
            {"type": "notification", "command": "add", "client": "c", "mode": "pull", "mbean": "%s"}
            """.formatted(context());
        for (String path : List.of("/observe/jolokia", "/observe/hawtio/jolokia")) {
            for (String request : List.of(
                    "{\"type\": \"notification\", \"command\": \"register\"}",
                    "{\"type\": \"NOTIFICATION\", \"command\": \"register\"}",
                    "{\"type\": \"notification\", \"command\": \"list\", \"client\": \"c\"}",
                    "{\"type\": \"notification\", \"command\": \"open\", \"client\": \"c\", \"mode\": \"sse\"}",
                    add)) {
                assertRefused(jolokia(account, path, request));
                JsonNode two = jolokia(account, path, "[{\"type\": \"version\"}, " + request + "]");
                assertThat(two.path(0).path("status").asInt()).isEqualTo(200);
                assertRefused(two.path(1));
            }
        }
    }

    private static void assertRefused(JsonNode answer) {
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.has("error_type")).as("refused by Jolokia").isTrue();
    }

    /** As in the development run, where the broker is in the process. */
    @ParameterizedTest
    @ValueSource(strings = {OPERATOR, VIEWER})
    void messagesAreNotReadOffABrokerInTheProcess(String account) throws Exception {
        try (Broker broker = Broker.start();
                JMSContext jms = broker.connectionFactory().createContext()) {
            jms.createProducer().setProperty("about", "ada@example.org").send(jms.createQueue("themis.requests"), "x");
            MBeanServer mbeans = ManagementFactory.getPlatformMBeanServer();
            ObjectName queue =
                    mbeans
                            .queryNames(new ObjectName("org.apache.activemq.artemis:subcomponent=queues,*"), null)
                            .stream()
                            .filter(name -> name.getCanonicalName().contains("queue=\"themis.requests\""))
                            .findFirst()
                            .orElseThrow();
            assertThat(mbeans.getAttribute(queue, "FirstMessageAsJSON").toString())
                    .contains("ada@example.org");
            String name = queue.getCanonicalName().replace("\"", "\\\"");

            assertRefused(jolokia(account, "/observe/jolokia", """
                {"type": "read", "mbean": "%s", "attribute": "FirstMessageAsJSON"}
                """.formatted(name)));
            assertRefused(exec(account, name, "browse()", ""));
            assertRefused(jolokia(account, "/observe/jolokia", """
                {"type": "read", "mbean": "%s"}
                """.formatted(name)));
            assertThat(jolokia(account, "/observe/jolokia", """
                {"type": "read", "mbean": "org.apache.activemq.artemis:*", "config": {"ignoreErrors": true}}
                """).toString()).doesNotContain("ada@example.org");
            for (String request : List.of("{\"type\": \"search\", \"mbean\": \"*:*\"}", "{\"type\": \"list\"}")) {
                assertThat(jolokia(account, "/observe/jolokia", request).toString())
                        .contains("java.lang")
                        .doesNotContain("artemis");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SystemProperties, " + OPERATOR,
        "InputArguments, " + OPERATOR,
        "SystemProperties, " + VIEWER,
        "InputArguments, " + VIEWER
    })
    void theCommandLineIsNotShown(String attribute, String account) throws JsonProcessingException {
        JsonNode one = jolokia(account, "/observe/jolokia", """
            {"type": "read", "mbean": "java.lang:type=Runtime", "attribute": "%s"}
            """.formatted(attribute));
        assertThat(one.path("status").asInt()).isEqualTo(403);
        JsonNode all = jolokia(account, "/observe/jolokia", """
            {"type": "read", "mbean": "java.lang:type=Runtime", "config": {"ignoreErrors": true}}
            """);
        assertThat(all.toString()).doesNotContain("java.class.path").doesNotContain("-Xmx");
    }

    @Test
    void jolokiaAsksNoOtherServer() throws JsonProcessingException {
        JsonNode answer = jolokia(OPERATOR, "/observe/jolokia", """
            {"type": "read", "mbean": "java.lang:type=Memory",
             "target": {"url": "service:jmx:rmi:///jndi/rmi://localhost:1/jmxrmi"}}
            """);
        assertThat(answer.path("status").asInt())
                .as("answered here, not asked there")
                .isEqualTo(200);
        assertThat(answer.path("value").path("HeapMemoryUsage").path("max").asLong())
                .isEqualTo(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax());
    }

    @Test
    void theProxyOfTheConsoleIsOff() {
        assertThat(http.get("/observe/hawtio/proxy/http/localhost/" + apiPort + "/", "Authorization", OPERATOR)
                        .statusCode())
                .isEqualTo(404);
        assertThat(http.get("/observe/hawtio/proxy/enabled", "Authorization", OPERATOR)
                        .body())
                .isEqualToIgnoringWhitespace("false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void aPageCannotCallJolokiaByALink(String method) {
        for (String path : List.of("/observe/jolokia", "/observe/hawtio/jolokia")) {
            String stop = path + "/exec/org.apache.camel:context=" + camel.getManagementName()
                    + ",type=routes,name=%22size%22/stop()";
            HttpResponse<String> answer = http.send(method, stop, BodyPublishers.noBody(), "Authorization", OPERATOR);
            assertThat(answer.statusCode()).isEqualTo(403);
        }
        assertThat(camel.getRouteController().getRouteStatus("size").isStarted())
                .isTrue();
    }

    @Test
    void noOtherOriginReadsJolokia() {
        HttpResponse<String> answer = http.send(
                "POST",
                "/observe/jolokia",
                BodyPublishers.ofString("{\"type\":\"version\"}"),
                "Authorization",
                OPERATOR,
                "Origin",
                "https://evil.example.org",
                "Cookie",
                "XSRF-TOKEN=t",
                "X-XSRF-TOKEN",
                "t");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    private String name(String mbean) {
        String ofContext = "org.apache.camel:context=" + camel.getManagementName();
        return switch (mbean) {
            case "CONTEXT" -> context();
            case "ROUTE" -> ofContext + ",type=routes,name=\\\"size\\\"";
            case "TRACER" -> ofContext + ",type=tracer,name=BacklogTracer";
            default -> mbean;
        };
    }

    private String context() {
        return "org.apache.camel:context=" + camel.getManagementName() + ",type=context,name=\\\"" + camel.getName()
                + "\\\"";
    }

    private JsonNode exec(String mbean, String operation) throws JsonProcessingException {
        return exec(mbean, operation, "");
    }

    private JsonNode exec(String mbean, String operation, String arguments) throws JsonProcessingException {
        return exec(OPERATOR, mbean, operation, arguments);
    }

    private JsonNode exec(String account, String mbean, String operation, String arguments)
            throws JsonProcessingException {
        return jolokia(account, "/observe/jolokia", """
            {"type": "exec", "mbean": "%s", "operation": "%s", "arguments": [%s]}
            """.formatted(mbean, operation, arguments));
    }

    private JsonNode jolokia(String account, String path, String request) throws JsonProcessingException {
        HttpResponse<String> answer = http.post(
                path,
                request,
                "Authorization",
                account,
                "Content-Type",
                "application/json",
                "Cookie",
                "XSRF-TOKEN=t",
                "X-XSRF-TOKEN",
                "t");
        return new ObjectMapper().readTree(answer.body());
    }

    private static String cookie(HttpResponse<String> answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.substring(name.length() + 1, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }
}
