package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import io.themis.devservices.DevServices;
import io.themis.devservices.EventGridSubscriber;
import io.themis.devservices.IdentityProvider;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What becomes of an erasure that is verified, and of one that is refused, for all who hear of it. */
@ThemisTest
class CertificateIT {

    private static final String MIRROR = "mirror@archive.example";
    private static final EventGridSubscriber OTHER = new EventGridSubscriber();

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Autowired
    JdbcClient database;

    @DynamicPropertySource
    static void subscribe(DynamicPropertyRegistry settings) {
        settings.add("themis.dev.event-grid-subscribers.archive", OTHER::uri);
    }

    @AfterAll
    static void close() {
        OTHER.close();
    }

    @Test
    void anErasureIsCertifiedOnceAndWhoeverHasToKnowIsTold() throws Exception {
        Erasing erasing = new Erasing(themis, identity);
        String person = "maja.lindholm@example.org";
        String id = erasing.ask(person);
        erasing.approve(id);
        erasing.await(id, "done");
        awaitSteps(id);

        String document = themis.send(
                        "GET", "/api/v1/requests/" + id + "/certificate", null, erasing.bearer("officer-1"))
                .body();
        JsonNode certificate = Themis.json(document).required("certificate");
        assertVerified(document);
        assertThat(certificate.at("/approvals/0/people").intValue()).isEqualTo(2);
        assertThat(Themis.dataset(certificate, "posts").required("deleted").intValue())
                .isPositive();
        assertThat(Themis.dataset(certificate, "posts").required("verification").textValue())
                .isEqualTo("READ_AGAIN");
        assertThat(document).doesNotContain(person, "Maja", "officer");

        // The person
        List<MimeMessage> mails = themis.mails(id, person);
        assertThat(mails)
                .extracting(Themis::subject)
                .containsExactly("We have your request for erasure", "Your data has been erased");
        String page = themis.send(
                        "GET", "/api/v1/requests/" + id + "/certificate.html", null, erasing.bearer("officer-1"))
                .body();
        assertThat(page)
                .contains(
                        "Certificate of erasure",
                        id,
                        certificate.required("keys").textValue());
        assertThat(mails.get(1).isMimeType("multipart/mixed")).isTrue();
        assertThat(attachments(mails.get(1)))
                .isEqualTo(Map.of("erasure-" + id + ".html", page, "erasure-" + id + ".json", document));

        // The recipient
        List<MimeMessage> notices = themis.mails(id, MIRROR);
        assertThat(notices).hasSize(1);
        assertThat(Themis.body(notices.get(0), "text/plain")).contains(person, "Your questions and answers");
        JsonNode recipient = erasing.request(id).at("/erasure/recipients/0");
        assertThat(recipient.required("recipient").textValue()).isEqualTo(MIRROR);
        assertThat(recipient.required("sentAt").isTextual()).isTrue();
        assertThat(recipient.required("receiptAt").isNull()).isTrue();
        String receipt = "/api/v1/requests/%s/recipients/%d/receipt"
                .formatted(id, recipient.required("number").intValue());
        assertThat(themis.send("POST", receipt, null, Themis.GATEWAY_KEY).statusCode())
                .isEqualTo(202);
        assertThat(erasing.request(id).at("/erasure/recipients/0/receiptAt").isTextual())
                .isTrue();

        // Everybody who subscribes
        Awaitility.await().until(() -> !events(id).isEmpty());
        JsonNode event = events(id).get(0);
        assertThat(event.required("data")).isEqualTo(Themis.json("{\"requestId\": \"%s\"}".formatted(id)));
        assertThat(event.toString()).doesNotContain(person, "maja");

        // Nothing is left of what was found
        assertNothingIsKept(id);

        // A crash after each of them: every step is done again
        List<String> last = List.of(
                "certify-erasure", "publish-erased-event", "notify-recipients", "send-erased-mail", "discard-findings");
        for (String step : last) {
            again(id, step);
        }
        Awaitility.await().until(() -> events(id).size() == 2);
        assertThat(events(id)).containsOnly(event);
        assertThat(themis.mails(id, MIRROR)).hasSize(1);
        assertThat(themis.mails(id, person)).hasSize(3);
        assertThat(Themis.messageId(themis.mails(id, person).get(2))).isEqualTo(Themis.messageId(mails.get(1)));
        assertThat(attachments(themis.mails(id, person).get(2))).isEqualTo(attachments(mails.get(1)));
        assertThat(erasing.certificate(id)).isEqualTo(Themis.json(document));
        assertThat(erasing.request(id).required("status").textValue()).isEqualTo("done");
        assertThat(steps(id)).containsAll(last).doesNotContain("send-ready-mail");
    }

    @Test
    void aRefusalIsMailedAndNothingIsKeptOfWhatWasFound() {
        Erasing erasing = new Erasing(themis, identity);
        String person = "daniel.weber@example.org";
        String id = erasing.ask(person);
        erasing.awaitPlan(id);
        String[] officer = erasing.bearer("officer-1");
        HttpResponse<String> answer = themis.send(
                "POST",
                "/api/v1/requests/" + id + "/refusal",
                "{\"reason\": \"There is a claim <of ours>.\"}",
                "Content-Type",
                "application/json",
                officer[0],
                officer[1]);
        assertThat(answer.statusCode()).isEqualTo(202);
        awaitSteps(id);

        assertThat(erasing.request(id).required("status").textValue()).isEqualTo("refused");
        List<MimeMessage> mails = themis.mails(id, person);
        assertThat(mails)
                .extracting(Themis::subject)
                .containsExactly("We have your request for erasure", "Your data will not be erased");
        assertThat(Themis.body(mails.get(1), "text/plain")).contains("There is a claim <of ours>.", "court");
        assertThat(Themis.body(mails.get(1), "text/html")).contains("There is a claim &lt;of ours&gt;.");
        assertThat(events(id)).isEmpty();
        assertNothingIsKept(id);
        assertThat(themis.send("GET", "/api/v1/requests/" + id + "/certificate.html", null, officer)
                        .statusCode())
                .isEqualTo(404);
    }

    /** With what anybody can get. */
    private void assertVerified(String document) throws Exception {
        URI address = URI.create(Themis.json(document).at("/certificate/keys").textValue());
        assertThat(address.getHost()).isEqualTo("localhost");
        HttpResponse<String> keys = themis.send("GET", address.getPath(), null);
        assertThat(keys.statusCode()).isEqualTo(200);
        assertThat(keys.headers().firstValue("Content-Type")).hasValue("application/jwk-set+json");
        JWSObject signature =
                JWSObject.parse(Themis.json(document).required("signature").textValue());
        assertThat(signature.verify(new RSASSAVerifier(JWKSet.parse(keys.body())
                        .getKeyByKeyId(signature.getHeader().getKeyID())
                        .toRSAKey())))
                .isTrue();
        assertThat(document).startsWith("{\"certificate\":" + signature.getPayload() + ",");
    }

    private void assertNothingIsKept(String id) {
        for (String container : List.of("staging", "review")) {
            assertThat(services.azurite().client().getBlobContainerClient(container).listBlobs().stream()
                            .filter(blob -> blob.getName().startsWith(id)))
                    .as(container)
                    .isEmpty();
        }
        assertThat(database.sql("SELECT count(*) FROM subject_key WHERE request_id = ?")
                        .param(UUID.fromString(id))
                        .query(Long.class)
                        .single())
                .isZero();
    }

    /** As if the process had died after the step's work and before that was noted. */
    private void again(String id, String step) {
        database.sql("UPDATE request_step SET state = 'PARKED' WHERE request_id = ? AND name = ?")
                .param(UUID.fromString(id))
                .param(step)
                .update();
        assertThat(themis.send("POST", "/api/v1/requests/" + id + "/steps/" + step + "/retry", null, operator())
                        .statusCode())
                .isEqualTo(202);
        awaitSteps(id);
    }

    private String[] operator() {
        return new String[] {
            "Authorization", "Bearer " + identity.token("operator-1", "operator@example.org", "operator")
        };
    }

    private void awaitSteps(String id) {
        Awaitility.await("all steps are done")
                .until(() -> StreamSupport.stream(
                                themis.request(id).required("steps").spliterator(), false)
                        .allMatch(step -> step.required("state").textValue().equals("done")));
    }

    private List<String> steps(String id) {
        return StreamSupport.stream(themis.request(id).required("steps").spliterator(), false)
                .map(step -> step.required("name").textValue())
                .toList();
    }

    private static List<JsonNode> events(String id) {
        return OTHER.received().stream()
                .map(EventGridSubscriber.Received::event)
                .filter(event -> event.path("type").asText().equals("User.DataErased")
                        && event.path("subject").asText().equals("/requests/" + id))
                .toList();
    }

    private static Map<String, String> attachments(Part part) throws Exception {
        Map<String, String> found = new TreeMap<>();
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                found.putAll(attachments(parts.getBodyPart(i)));
            }
        } else if (part.getFileName() != null) {
            found.put(
                    part.getFileName(), new String(part.getInputStream().readAllBytes(), UTF_8).replace("\r\n", "\n"));
        }
        return found;
    }
}
