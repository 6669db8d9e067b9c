package io.themis.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.OneApplicationTest;
import io.themis.Themis;
import io.themis.devservices.DevServices;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.apache.camel.CamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;

/** Readiness follows the routes and the stores; liveness does not. */
@OneApplicationTest
class HealthIT {

    @LocalManagementPort
    int port;

    @Autowired
    DevServices services;

    @Autowired
    CamelContext camel;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void allIsWell() {
        awaitReady();
    }

    @Test
    void withoutTheStorageItIsNotReadyAndStaysAlive() throws Exception {
        services.azurite().stop();
        try {
            awaitNotReady();
            JsonNode parts = components();
            assertThat(parts.at("/storage/components/packages/status").asText()).isEqualTo("DOWN");
            assertThat(parts.at("/storage/components/staging/status").asText()).isEqualTo("DOWN");
            assertThat(parts.at("/lake/status").asText()).isEqualTo("DOWN");
            assertThat(parts.at("/lake/details/error").asText()).isNotBlank();
            assertThat(parts.at("/requestDatabase/status").asText()).isEqualTo("UP");
            assertThat(parts.at("/broker/status").asText()).isEqualTo("UP");
            assertThat(get("/observe/health/live").statusCode()).isEqualTo(200);
        } finally {
            services.azurite().start();
        }
        awaitReady();
    }

    @Test
    void aContainerThatIsMissingIsNamed() {
        services.azurite().client().deleteBlobContainer("staging");
        try {
            awaitNotReady();
            assertThat(components()
                            .at("/storage/components/staging/details/error")
                            .asText())
                    .contains("ContainerNotFound");
            assertThat(components().at("/storage/components/packages/status").asText())
                    .isEqualTo("UP");
        } finally {
            services.azurite().client().createBlobContainer("staging");
        }
        awaitReady();
    }

    @Test
    void withoutTheUsersDatabaseItIsNotReady() throws Exception {
        services.users().stop();
        try {
            awaitNotReady();
            assertThat(components().at("/dataSources/components/users/status").asText())
                    .isEqualTo("DOWN");
        } finally {
            services.users().start();
        }
        awaitReady();
    }

    @Test
    void aStoppedRouteIsNotReadyAndNamed() throws Exception {
        camel.getRouteController().stopRoute("take-from-queue");
        try {
            awaitNotReady();
            assertThat(components().at("/camelHealth/details").toString()).contains("take-from-queue");
        } finally {
            camel.getRouteController().startRoute("take-from-queue");
        }
        awaitReady();
    }

    @Test
    void withoutMailServerAndEventGridItIsReady() {
        services.mail().stop();
        services.eventGrid().stop();
        try {
            // Longer than any probe lets an older answer stand.
            Awaitility.await()
                    .during(Probe.FRESH.plusSeconds(1))
                    .atMost(Probe.FRESH.plusSeconds(10))
                    .until(() -> get("/observe/health/ready").statusCode() == 200);
        } finally {
            services.mail().start();
            services.eventGrid().start();
        }
    }

    @Test
    void onlyAnOperatorIsToldWhichPart() {
        assertThat(get("/observe/health/ready").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(get("/observe/health/ready/lake").statusCode()).isEqualTo(404);
        assertThat(components().fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "readinessState", "camelHealth", "requestDatabase", "dataSources", "storage", "lake", "broker");
    }

    private void awaitReady() {
        awaitAnswer(200);
    }

    private void awaitNotReady() {
        awaitAnswer(503);
    }

    private void awaitAnswer(int status) {
        Awaitility.await("readiness answers " + status)
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/observe/health/ready").statusCode() == status);
    }

    private JsonNode components() {
        String operator = Base64.getEncoder().encodeToString("operator:dev-operator".getBytes(StandardCharsets.UTF_8));
        return Themis.json(get("/observe/health/ready", "Authorization", "Basic " + operator)
                        .body())
                .required("components");
    }

    private HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
