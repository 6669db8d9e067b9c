package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.Multipart;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Both mails of one request, and the link in the second. */
@OneApplicationTest
class MailIT {

    private static final String PERSON = "daniel.weber@example.org";

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    private String id;
    private Map<String, byte[]> files;
    private MimeMessage started;
    private MimeMessage ready;

    @BeforeEach
    void ask() {
        id = themis.ask(PERSON);
        files = themis.awaitPackage(id, PERSON);
        started = themis.mails(id, PERSON).get(0);
        ready = themis.mails(id, PERSON).get(1);
    }

    @Test
    void eachMailIsTextAndHtmlWithHeadersFixedByTheRequest() throws Exception {
        assertThat(started.getSubject()).isEqualTo("We have started to collect your data");
        assertThat(ready.getSubject()).isEqualTo("Your data is ready");
        assertThat(started.getMessageID()).isEqualTo("<started." + id + "@themis>");
        assertThat(ready.getMessageID()).isEqualTo("<ready." + id + ".1@themis>");
        for (MimeMessage mail : List.of(started, ready)) {
            assertThat(mail.getFrom()).containsExactly(new InternetAddress("privacy@themis.example"));
            assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
            assertThat(mail.getHeader("Message-ID")).hasSize(1);
            assertThat(mail.isMimeType("multipart/alternative")).isTrue();
            Multipart parts = (Multipart) mail.getContent();
            assertThat(parts.getCount()).isEqualTo(2);
            // RFC 2046, 5.1.4: the richest last
            assertThat(parts.getBodyPart(0).isMimeType("text/plain")).isTrue();
            assertThat(parts.getBodyPart(1).isMimeType("text/html")).isTrue();
            assertThat(parts.getBodyPart(1).getContentType()).containsIgnoringCase("charset=UTF-8");
            for (String type : List.of("text/plain", "text/html")) {
                assertThat(Themis.body(mail, type)).contains("Daniel").contains(id);
            }
        }
    }

    @Test
    void theOnlyRecipientIsTheRequestsAddress() throws Exception {
        String address = database.sql("SELECT email_address FROM data_subject_request WHERE id = ?::uuid")
                .param(id)
                .query(String.class)
                .single();

        for (MimeMessage mail : List.of(started, ready)) {
            assertThat(mail.getAllRecipients()).containsExactly(new InternetAddress(address));
            assertThat(mail.getRecipients(RecipientType.TO)).hasSize(1);
        }
        assertThat(services.mail().mailboxes())
                .filteredOn(mailbox -> !themis.mails(id, mailbox).isEmpty())
                .containsExactly(address);
    }

    @Test
    void theFirstMailNamesTheDayByWhichThereIsAnAnswerAndHasNoLink() {
        Instant dueAt = Instant.parse(themis.request(id).required("dueAt").textValue());
        String day = DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).format(dueAt.atOffset(ZoneOffset.UTC));

        for (String type : List.of("text/plain", "text/html")) {
            assertThat(Themis.body(started, type)).contains(day).doesNotContain("://");
        }
    }

    @Test
    void everythingThatNamesTheEndOfTheLinkNamesTheSameTime() {
        JsonNode manifest = Themis.json(text("manifest.json"));
        Instant end = Instant.parse(manifest.required("expiresAt").textValue());
        String words = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
                .format(end.atOffset(ZoneOffset.UTC));

        assertThat(end)
                .isEqualTo(Instant.parse(manifest.required("createdAt").textValue())
                        .plus(Duration.ofDays(7)));
        assertThat(query(Themis.link(ready)).get("se")).isEqualTo(end.toString());
        assertThat(Themis.body(ready, "text/plain")).contains(words);
        assertThat(Themis.body(ready, "text/html")).contains(words);
        assertThat(text("README.txt")).contains(words).contains(end.toString());
        assertThat(text("index.html")).contains(words).contains("datetime=\"" + end + "\"");
        assertThat(themis.request(id).required("package").required("expiresAt").textValue())
                .isEqualTo(end.toString());
        assertThat(themis.request(id).required("steps"))
                .filteredOn(step -> step.required("name").textValue().equals("expire-package"))
                .singleElement()
                .satisfies(
                        step -> assertThat(Instant.parse(step.required("dueAt").textValue()))
                                .isEqualTo(end));
    }

    @Test
    void bothPartsHaveTheSameLink() {
        String link = Themis.link(ready).toString();

        assertThat(Themis.body(ready, "text/html")).contains("href=\"" + link.replace("&", "&amp;") + "\"");
    }

    @Test
    void theLinkReadsOnePackageAndNothingElse() {
        URI link = Themis.link(ready);
        String signature = link.getRawQuery();
        String blob = link.toString().substring(0, link.toString().indexOf('?'));
        String container = blob.substring(0, blob.lastIndexOf('/'));

        assertThat(query(link)).containsEntry("sp", "r").containsEntry("sr", "b");
        assertThat(blob).endsWith("/" + id + ".zip");
        assertThat(status("PUT", link.toString(), "x-ms-blob-type", "BlockBlob"))
                .isEqualTo(403);
        assertThat(status("DELETE", link.toString())).isEqualTo(403);
        assertThat(status("PUT", link + "&comp=metadata", "x-ms-meta-a", "b")).isEqualTo(403);
        assertThat(status("GET", container + "?restype=container&comp=list&" + signature))
                .isEqualTo(403);
        String other = themis.ask("pia.robles@example.com");
        themis.await(other, "delivered");
        assertThat(status("GET", container + "/" + other + ".zip?" + signature)).isEqualTo(403);
        assertThat(status("GET", link.toString().replace("sp=r", "sp=rwd"))).isEqualTo(403);
        assertThat(status("GET", link.toString().replaceFirst("se=20", "se=21")))
                .isEqualTo(403);
        assertThat(status("GET", blob)).isIn(401, 403, 404, 409);
        assertThat(themis.download(link)).containsOnlyKeys(files.keySet());
    }

    @Test
    void aBrowserSavesThePackageAsAFile() {
        HttpResponse<String> response = themis.follow("HEAD", Themis.link(ready));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Disposition"))
                .hasValue("attachment; filename=\"personal-data-" + id + ".zip\"");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/zip");
    }

    private int status(String method, String url, String... headers) {
        return themis.follow(method, URI.create(url), headers).statusCode();
    }

    private static Map<String, String> query(URI link) {
        return Arrays.stream(link.getRawQuery().split("&"))
                .map(parameter -> parameter.split("=", 2))
                .collect(Collectors.toMap(
                        parameter -> parameter[0],
                        parameter -> URLDecoder.decode(parameter[1], StandardCharsets.UTF_8)));
    }

    private String text(String path) {
        return new String(files.get(path), StandardCharsets.UTF_8);
    }
}
