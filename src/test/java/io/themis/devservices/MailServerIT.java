package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MailServerIT {

    private MailServer mail;
    private MailboxPage page;

    @BeforeEach
    void start() {
        mail = MailServer.start(Port.free(), Port.free());
        page = MailboxPage.start(Port.free(), mail);
    }

    @AfterEach
    void close() {
        page.close();
        mail.close();
    }

    @Test
    void takesMailForAnybodyAndLetsAnybodyReadItOverImap() throws Exception {
        send("ann@example.com", "Hello", "text", "<p>html</p>");

        Store store = Session.getInstance(new Properties()).getStore("imap");
        store.connect("127.0.0.1", mail.imapPort(), "ann@example.com", "whatever");
        try (store;
                Folder inbox = store.getFolder("INBOX")) {
            inbox.open(Folder.READ_ONLY);
            assertThat(inbox.getMessage(1).getSubject()).isEqualTo("Hello");
        }
    }

    @Test
    void isAwayWhileStoppedAndKeepsItsMailsAndPorts() throws Exception {
        send("ann@example.com", "before", "text", "<p>html</p>");
        int smtp = mail.smtpPort();
        int imap = mail.imapPort();

        mail.stop();
        assertThatThrownBy(() -> send("ann@example.com", "during", "text", "<p>html</p>"))
                .isInstanceOf(MessagingException.class);
        mail.start();
        send("ann@example.com", "after", "text", "<p>html</p>");

        assertThat(mail.smtpPort()).isEqualTo(smtp);
        assertThat(mail.imapPort()).isEqualTo(imap);
        assertThat(mail.mails("ANN@example.com"))
                .extracting(message -> message.getSubject())
                .containsExactly("before", "after");
    }

    @Test
    void namesThePortAndTheSettingWhenThePortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();

            assertThatThrownBy(() -> MailServer.start(Port.free(), new Port("themis.dev.imap-port", taken)))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessageContaining("Port " + taken)
                    .hasMessageContaining("themis.dev.imap-port");
        }
    }

    @Test
    void pageShowsAMailFromTheListOfMailboxesOn() throws Exception {
        send("ann+1@example.com", "Your data", "See https://example.com/a?b=1&c=2 now", "<p>Your <b>data</b></p>");

        assertThat(get("").body()).contains("ann+1@example.com", "1 mail");
        assertThat(get("?mailbox=ann%2B1%40example.com").body()).contains("Your data");
        assertThat(get("?mailbox=ann%2B1%40example.com&mail=1").body())
                .contains("Your data")
                .contains("<a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noreferrer\">")
                .contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"")
                .contains("src=\"/html?mailbox=ann%2B1%40example.com&amp;mail=1\"");
        HttpResponse<String> html = get("html?mailbox=ann%2B1%40example.com&mail=1");
        assertThat(html.body()).contains("<p>Your <b>data</b></p>");
        assertThat(html.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("sandbox allow-popups ")
                .contains("default-src 'none'")
                .doesNotContain("allow-scripts");
    }

    @Test
    void pageEscapesWhatAMailSays() throws Exception {
        String markup = "<script>alert(1)</script>\"'&";
        send("ann@example.com", markup, markup + " https://x.example/\"><script>2</script>", "<p>html</p>");

        assertThat(get("?mailbox=ann@example.com").body())
                .contains("&lt;script&gt;")
                .doesNotContain("<script");
        assertThat(get("?mailbox=ann@example.com&mail=1").body())
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;")
                .doesNotContain("<script");
        assertThat(get("?mailbox=%3Cscript%3E").body())
                .contains("&lt;script&gt;")
                .doesNotContain("<script");
    }

    @Test
    void pageListsWhatIsAttachedAndABrowserSavesItAsItIs() throws Exception {
        String content = "<script>alert('ä')</script>";
        MimeBodyPart text = new MimeBodyPart();
        text.setText("text", "UTF-8");
        MimeBodyPart attached = new MimeBodyPart();
        attached.setContent(content, "text/html; charset=UTF-8");
        attached.setFileName("a & b.html");
        attached.setDisposition("attachment");
        MimeMessage message = new MimeMessage(session());
        message.setSubject("With a page");
        message.setContent(new MimeMultipart(text, attached));
        send("ann@example.com", message);

        String link = "attachment?mailbox=ann%40example.com&mail=1&name=a+%26+b.html";
        assertThat(get("?mailbox=ann@example.com&mail=1").body())
                .contains("href=\"/" + link.replace("&", "&amp;") + "\">a &amp; b.html</a> <span>text/html</span>")
                .doesNotContain("<script", "As a web page");
        HttpResponse<String> saved = get(link);
        assertThat(saved.body()).isEqualTo(content);
        assertThat(saved.headers().firstValue("Content-Disposition").orElseThrow())
                .startsWith("attachment;");
        assertThat(saved.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
        assertThat(get(link + "x").statusCode()).isEqualTo(404);
    }

    @Test
    void pageKnowsOnlyWhatThereIs() throws Exception {
        for (String path : new String[] {
            "?mailbox=ann@example.com&mail=1", "?mailbox=a&mail=0", "?mailbox=a&mail=x", "html", "other"
        }) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void pageDoesNotAnswerUnderAForeignName() throws Exception {
        send("ann@example.com", "Hello", "text", "<p>html</p>");
        URI url = URI.create(page.url());
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".getBytes());
            assertThat(new String(socket.getInputStream().readAllBytes()))
                    .startsWith("HTTP/1.1 404")
                    .doesNotContain("ann@example.com");
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(page.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private void send(String to, String subject, String text, String html) throws MessagingException {
        MimeMessage message = new MimeMessage(session());
        message.setSubject(subject, "UTF-8");
        MimeBodyPart textPart = new MimeBodyPart();
        textPart.setText(text, "UTF-8");
        MimeBodyPart htmlPart = new MimeBodyPart();
        htmlPart.setText(html, "UTF-8", "html");
        message.setContent(new MimeMultipart("alternative", textPart, htmlPart));
        send(to, message);
    }

    private static void send(String to, MimeMessage message) throws MessagingException {
        message.setFrom("privacy@themis.example");
        message.setRecipients(Message.RecipientType.TO, to);
        Transport.send(message);
    }

    private Session session() {
        Properties settings = new Properties();
        settings.put("mail.smtp.host", "127.0.0.1");
        settings.put("mail.smtp.port", Integer.toString(mail.smtpPort()));
        return Session.getInstance(settings);
    }
}
