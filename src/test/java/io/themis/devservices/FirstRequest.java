package io.themis.devservices;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Makes the development run show the whole job: when the application is ready, sends an access request for the sample
 * person over HTTP, waits for the mail with the link, and prints where everything is. It prints to the console, not to the
 * log: what it says names the person.
 */
final class FirstRequest implements ApplicationListener<ApplicationReadyEvent> {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_PROGRESS_LINES = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 250;
    private static final Pattern LINK = Pattern.compile("https?://\\S+");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        ConfigurableApplicationContext context = event.getApplicationContext();
        DevServices services = context.getBean(DevServices.class);
        Environment environment = context.getEnvironment();
        String api = "http://localhost:" + environment.getRequiredProperty("local.server.port") + "/api/v1/requests";
        String answer = services.samplePerson()
                .map(person -> ask(person.emailAddress(), api, services.mail(), context))
                .orElse("There is nobody to ask for: the users database is empty. Give it people with"
                        + " themis.dev.users-csv.");
        if (context.isActive()) {
            System.out.printf(
                    """

                      %s

                      Page          %s
                      Ask yourself  %s
                      Mailbox       %s
                      Console       %s

                      Ctrl-C stops everything.

                    """,
                    answer,
                    "http://localhost:" + environment.getRequiredProperty("local.server.port")
                            + "/privacy (sign in as a person, privacy officer or operator)",
                    curl(api, services.samplePerson().map(DevUser::emailAddress).orElse("name@example.com")),
                    services.mailboxPage().url(),
                    console(environment));
        }
    }

    /** Asks for a person and says in a sentence what came of it. */
    private String ask(String emailAddress, String api, MailServer mail, ConfigurableApplicationContext context) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create(api))
                            .timeout(Duration.ofSeconds(30))
                            .header("Ocp-Apim-Subscription-Key", DevServices.GATEWAY_KEY)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body(emailAddress)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 202) {
                return "The request for %s was not accepted: HTTP %d %s"
                        .formatted(emailAddress, response.statusCode(), response.body());
            }
            return outcome(emailAddress, awaitTwo(emailAddress, mail, context));
        } catch (IOException | MessagingException e) {
            return "The request for %s got no answer: %s".formatted(emailAddress, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "The request for %s was interrupted.".formatted(emailAddress);
        }
    }

    private static List<MimeMessage> awaitTwo(
            String emailAddress, MailServer mail, ConfigurableApplicationContext context) throws InterruptedException {
        long start = System.nanoTime();
        long nextLine = BETWEEN_PROGRESS_LINES.toNanos();
        List<MimeMessage> mails = mail.mails(emailAddress);
        while (mails.size() < 2 && context.isActive()) {
            long waited = System.nanoTime() - start;
            if (waited > PATIENCE.toNanos()) {
                break;
            }
            if (waited > nextLine) {
                System.out.printf(
                        "Waiting for the mail with the link to the data of %s (%d s) …%n",
                        emailAddress, Duration.ofNanos(waited).toSeconds());
                nextLine += BETWEEN_PROGRESS_LINES.toNanos();
            }
            Thread.sleep(POLL_MILLIS);
            mails = mail.mails(emailAddress);
        }
        return mails;
    }

    private static String outcome(String emailAddress, List<MimeMessage> mails) throws MessagingException, IOException {
        if (mails.size() < 2) {
            return "The request for %s was accepted, but %s mail has come to that person within %d seconds; the log says why."
                    .formatted(emailAddress, mails.isEmpty() ? "no" : "only the first", PATIENCE.toSeconds());
        }
        Optional<String> link = MailboxPage.text(mails.get(1), "text/plain")
                .flatMap(text -> LINK.matcher(text).results().findFirst())
                .map(MatchResult::group);
        return link.map(url ->
                        "The data of %s, as the mail to that person links to it:%n  %s".formatted(emailAddress, url))
                .orElse("The second mail to %s has no link in its text part.".formatted(emailAddress));
    }

    static String body(String emailAddress) {
        return new ObjectMapper()
                .createObjectNode()
                .put("type", "access")
                .put("emailAddress", emailAddress)
                .toString();
    }

    /** For a shell: an apostrophe, which an address may have, ends the quotes, stands by itself and opens them again. */
    private static String curl(String api, String emailAddress) {
        return "curl -i %s -H 'Ocp-Apim-Subscription-Key: %s' -H 'Content-Type: application/json' -d '%s'"
                .formatted(api, DevServices.GATEWAY_KEY, body(emailAddress).replace("'", "'\\''"));
    }

    private static String console(Environment environment) {
        return "http://localhost:%s%s/hawtio (sign in as %s with %s)"
                .formatted(
                        environment.getProperty(
                                "local.management.port", environment.getProperty("management.server.port", "9876")),
                        environment.getProperty("management.endpoints.web.base-path", "/observe"),
                        environment.getProperty("themis.console.username"),
                        environment.getProperty("themis.console.password"));
    }
}
