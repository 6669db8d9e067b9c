package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.themis.WarmJvm;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** In the application's place stands a server that knows nothing but what a caller may expect of it. */
@WarmJvm
@ExtendWith(OutputCaptureExtension.class)
class FirstRequestIT {

    private HttpServer application;
    private ConfigurableApplicationContext context;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.start();
    }

    @AfterEach
    void stop() {
        context.close();
        application.stop(0);
    }

    @Test
    void printsTheLinkOfTheSecondMailAndWhereEverythingIs(CapturedOutput output) {
        application.createContext("/api/v1/requests", exchange -> {
            var body = new ObjectMapper().readTree(exchange.getRequestBody());
            boolean right = exchange.getRequestMethod().equals("POST")
                    && "dev-key".equals(exchange.getRequestHeaders().getFirst("Ocp-Apim-Subscription-Key"))
                    && body.path("type").asText().equals("access");
            answer(exchange, right ? 202 : 400);
            send(body.path("emailAddress").asText(), "We have started. See https://example.com/first");
            send(body.path("emailAddress").asText(), "Your data:\nhttps://example.com/package.zip?sig=a%3D&x=1\nYours");
        });

        DevServices services = run();

        String person = services.samplePerson().orElseThrow().emailAddress();
        assertThat(output)
                .contains("The data of " + person)
                .contains("  https://example.com/package.zip?sig=a%3D&x=1\n")
                .contains("curl -i http://localhost:" + port() + "/api/v1/requests")
                .contains("-d '{\"type\":\"access\",\"emailAddress\":\"" + person + "\"}'")
                .contains(services.mailboxPage().url())
                .contains("http://localhost:7777/observe/hawtio")
                .doesNotContain("https://example.com/first");
    }

    @Test
    void saysInASentenceThatTheRequestWasNotAccepted(CapturedOutput output) {
        application.createContext("/", exchange -> answer(exchange, 503));

        run();

        assertThat(output).contains("was not accepted: HTTP 503").doesNotContain("\tat ");
    }

    private DevServices run() {
        SpringApplication devRun = new SpringApplication(DevBeans.class);
        devRun.setWebApplicationType(WebApplicationType.NONE);
        devRun.setRegisterShutdownHook(false);
        devRun.addInitializers(
                new DevServicesInitializer(), initialized -> context = (ConfigurableApplicationContext) initialized);
        devRun.addListeners(new FirstRequest());
        devRun.setDefaultProperties(Map.of(
                "local.server.port",
                port(),
                "local.management.port",
                7777,
                "themis.dev.azurite-port",
                0,
                "themis.dev.smtp-port",
                0,
                "themis.dev.imap-port",
                0,
                "themis.dev.mailbox-port",
                0,
                "themis.dev.identity-port",
                0,
                "themis.dev.queue-port",
                0,
                "themis.dev.sample-size",
                100));
        return devRun.run().getBean(DevServices.class);
    }

    private int port() {
        return application.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private void send(String to, String text) {
        Properties settings = new Properties();
        settings.put("mail.smtp.host", "127.0.0.1");
        settings.put("mail.smtp.port", context.getEnvironment().getProperty("themis.mail.port"));
        try {
            MimeMessage message = new MimeMessage(Session.getInstance(settings));
            message.setFrom("privacy@themis.example");
            message.setRecipients(Message.RecipientType.TO, to);
            message.setText(text, "UTF-8");
            Transport.send(message);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
