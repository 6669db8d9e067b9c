package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.devservices.DevServices;
import io.themis.devservices.EventGridSubscriber;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What a request leaves behind in the parts around the application: each effect once, and nothing of the person. */
final class RequestTraces implements AutoCloseable {

    private final String subscription = "traces-" + UUID.randomUUID();
    private final DevServices services;
    private final EventGridSubscriber subscriber;

    RequestTraces(DevServices services) {
        this.services = services;
        subscriber = new EventGridSubscriber();
        services.eventGrid().subscribe(subscription, subscriber.uri());
    }

    /** Two mails, one package, one event; no staged part, no key of the person, no step that is still open. */
    void assertDeliveredOnce(String requestId, String emailAddress) {
        assertDeliveredOnce(requestId, emailAddress, List.of(requestId + ".zip"));
    }

    /** @param zips that the package is in */
    void assertDeliveredOnce(String requestId, String emailAddress, List<String> zips) {
        assertThat(mails(emailAddress))
                .as("mails")
                .containsExactlyInAnyOrder(
                        "<started.%s@themis>".formatted(requestId), "<ready.%s.1@themis>".formatted(requestId));
        assertThat(blobs("packages", requestId)).as("packages").containsExactlyInAnyOrderElementsOf(zips);
        assertThat(blobs("staging", requestId)).as("staged parts").isEmpty();
        Awaitility.await("event")
                .untilAsserted(() -> assertThat(events(requestId)).hasSize(1));
        assertThat(count("SELECT count(*) FROM subject_key WHERE request_id = :id", requestId))
                .as("keys of the person")
                .isZero();
        Awaitility.await("the last step ends")
                .untilAsserted(() -> assertThat(count(
                                "SELECT count(*) FROM request_step"
                                        + " WHERE request_id = :id AND state <> 'DONE' AND name <> 'expire-package'",
                                requestId))
                        .isZero());
    }

    private List<String> mails(String emailAddress) {
        return services.mail().mails(emailAddress).stream()
                .map(RequestTraces::messageId)
                .toList();
    }

    private static String messageId(MimeMessage mail) {
        try {
            return mail.getMessageID();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> blobs(String container, String requestId) {
        return services
                .azurite()
                .client()
                .getBlobContainerClient(container)
                .listBlobs(new ListBlobsOptions().setPrefix(requestId), null)
                .stream()
                .map(BlobItem::getName)
                .toList();
    }

    /** The ids of the events that announced the request's package. */
    private List<String> events(String requestId) {
        return subscriber.received().stream()
                .map(EventGridSubscriber.Received::event)
                .filter(event -> event.at("/data/requestId").asText().equals(requestId))
                .map(event -> event.required("id").asText())
                .distinct()
                .toList();
    }

    private long count(String query, String requestId) {
        var database = services.database();
        return JdbcClient.create(new DriverManagerDataSource(database.url(), database.username(), database.password()))
                .sql(query)
                .param("id", UUID.fromString(requestId))
                .query(Long.class)
                .single();
    }

    @Override
    public void close() {
        services.eventGrid().unsubscribe(subscription);
        subscriber.close();
    }
}
