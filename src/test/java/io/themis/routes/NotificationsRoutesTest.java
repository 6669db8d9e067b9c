package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;

import io.themis.delivery.PackageLinks;
import io.themis.delivery.Packages;
import io.themis.devservices.MailServer;
import io.themis.devservices.Port;
import io.themis.notification.Mails;
import io.themis.request.HopelessException;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

@RouteFile("notifications")
class NotificationsRoutesTest extends RouteFileTest implements CallsOutside {

    private static final String LINK = "https://store.example/packages/1.zip?sig=a%2Bb&se=2026";

    private final MailServer server = MailServer.start(Port.free(), Port.free());
    private final PackageLinks links = standIn(PackageLinks.class);
    private final Packages packages = standIn(Packages.class);

    @Override
    void arrange(CamelContext context) {
        Map.of(
                        "themis.mail.host", "127.0.0.1",
                        "themis.mail.port", Integer.toString(server.smtpPort()),
                        "themis.mail.from", "Themis Inc. <privacy@themis.example>",
                        "themis.mail.domain", "themis.example")
                .forEach(context.getPropertiesComponent()::addInitialProperty);
        context.getRegistry().bind("mailSession", Session.getInstance(new Properties()));
        context.getRegistry().bind("mails", real(Mails.class, links, steps));
        context.getRegistry().bind("packages", packages);
        doReturn(List.of(LINK)).when(links).sign(SEALED_REQUEST);
        doReturn(true).when(steps).hasEnded(ID, "send-started-mail");
        given(SEALED_REQUEST);
    }

    @Override
    protected void cleanupResources() {
        server.close();
    }

    @Override
    public void work() throws Exception {
        server.clear();
        run("send-ready-mail");
    }

    @Override
    public void goAway() {
        server.stop();
    }

    @Override
    public void comeBack() {
        server.start();
    }

    @Override
    public List<String> effects() {
        return journal("requests.close");
    }

    @Test
    void theFirstMailSaysThatItHasStartedAndByWhenItWillBeDone() throws Exception {
        given(REQUEST);
        run("send-started-mail");
        MimeMessage mail = theMail();
        assertThat(text(mail)).contains("Hello Ada", "Wednesday, 1 April 2026", ID.toString());
        assertThat(mail.getMessageID()).isEqualTo("<started." + ID + "@themis.example>");
        assertThat(effects()).isEmpty();
    }

    @Test
    void theSecondMailBringsTheLinkAndEndsTheRequest() throws Exception {
        run("send-ready-mail");
        MimeMessage mail = theMail();
        assertThat(text(mail)).contains(LINK, "Sunday, 8 March 2026, 10:05 UTC");
        assertThat(html(mail)).contains("href=\"" + LINK.replace("&", "&amp;") + "\"");
        assertThat(mail.getMessageID()).isEqualTo("<ready." + ID + ".1@themis.example>");
        assertThat(journal).endsWith("requests.close(id, DELIVERED)");
    }

    @Test
    void theMailOfAVeryLargePackageBringsALinkForEachZipAndSaysHowLargeItIs() throws Exception {
        List<String> three = IntStream.rangeClosed(1, 3)
                .mapToObj(number -> LINK.replace("1.zip", number + "-of-3.zip"))
                .toList();
        doReturn(three).when(links).sign(any());
        given(REQUEST_OF_THREE_ZIPS);
        run("send-ready-mail");
        String english = text(theMail());
        assertThat(english)
                .contains("Part 1 of 3 (9\u00A0GB):", "Part 2 of 3 (8\u00A0GB):", "Part 3 of 3 (4.2\u00A0MB):")
                .contains("they need 34\u00A0GB")
                .contains(three);
        assertThat(html(theMail()))
                .contains("Download part 3 of 3 (4.2\u00A0MB)")
                .contains(three.stream()
                        .map(link -> "href=\"" + link.replace("&", "&amp;") + "\"")
                        .toList());

        server.clear();
        given(in(Locale.GERMAN, REQUEST_OF_THREE_ZIPS));
        run("send-ready-mail");
        assertThat(text(theMail())).contains("Teil 3 von 3 (4,2\u00A0MB):").contains(three);
        assertThat(html(theMail())).contains("Teil 3 von 3 herunterladen (4,2\u00A0MB)");
    }

    @Test
    void aMailHasTheseHeadersAndNoOthers() throws Exception {
        run("send-ready-mail");
        MimeMessage mail = theMail();
        assertThat(mail.getHeader("From")).containsExactly("\"Themis Inc.\" <privacy@themis.example>");
        assertThat(mail.getHeader("To")).containsExactly("ada@example.org");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getSubject()).isNotBlank().isEqualTo(mail.getSubject().strip());
        assertThat(Collections.list(mail.getAllHeaders()).stream().map(header -> header.getName()))
                .containsExactlyInAnyOrder(
                        "Return-Path",
                        "Received",
                        "From",
                        "To",
                        "Subject",
                        "Message-ID",
                        "MIME-Version",
                        "Content-Type",
                        "Auto-Submitted",
                        "Date");
    }

    @Test
    void aMailIsTextFirstAndHtmlForThoseWhoPreferIt() throws Exception {
        run("send-ready-mail");
        assertThat(theMail().getContentType()).startsWith("multipart/alternative");
        assertThat(((Multipart) theMail().getContent()).getCount()).isEqualTo(2);
    }

    @Test
    void noHeaderOfAMessageAddressesOrRedirectsAMail() throws Exception {
        send("direct:send-mail", exchange -> {
            exchange.setVariable("request", SEALED_REQUEST);
            exchange.setVariable("mail", "started");
            exchange.getMessage().setBody(Map.of("greeting", "", "requestId", ID.toString(), "dueAt", "tomorrow"));
            exchange.getMessage()
                    .setHeaders(new HashMap<>(Map.of(
                            "To", "mallory@example.org",
                            "Cc", "mallory@example.org",
                            "bcc", "mallory@example.org",
                            "From", "mallory@example.org",
                            "Reply-To", "mallory@example.org",
                            "mail.smtp.host", "mail.mallory.example",
                            "mail.smtp.port", "1",
                            "CamelFreemarkerResourceUri", "templates/mail/ready/de.txt.ftl",
                            "CamelFreemarkerTemplate", "mallory",
                            "CamelToEndpoint", "smtp://mail.mallory.example")));
        });
        assertThat(server.mails("mallory@example.org")).isEmpty();
        MimeMessage mail = theMail();
        assertThat(mail.getAllRecipients()).extracting(Object::toString).containsExactly("ada@example.org");
        assertThat(mail.getHeader("Reply-To")).isNull();
        assertThat(text(mail)).contains("tomorrow").doesNotContain("mallory");
    }

    @Test
    void mailsAreInThePersonsLanguageAndElseInEnglish() throws Exception {
        assertThat(subject(Locale.forLanguageTag("de-AT"))).isEqualTo(subject(Locale.GERMAN));
        assertThat(subject(Locale.forLanguageTag("fr"))).isEqualTo(subject(Locale.ENGLISH));
        assertThat(subject(Locale.GERMAN)).isNotEqualTo(subject(Locale.ENGLISH));
    }

    private String subject(Locale language) throws Exception {
        given(in(language, REQUEST));
        server.clear();
        run("send-started-mail");
        return theMail().getSubject();
    }

    @Test
    void theMailWithTheLinkWaitsForTheFirstMail() {
        doReturn(false).when(steps).hasEnded(ID, "send-started-mail");
        assertThatThrownBy(() -> run("send-ready-mail")).hasMessageContaining("send-started-mail");
        assertThat(server.mails("ada@example.org")).isEmpty();
        assertThat(effects()).isEmpty();
    }

    @Test
    void aLinkThatHasEndedIsNotSent() {
        doThrow(new HopelessException("it has ended")).when(packages).requireUnexpired(SEALED_REQUEST);
        assertThatThrownBy(() -> run("send-ready-mail")).hasMessageContaining("ended");
        assertThat(server.mails("ada@example.org")).isEmpty();
        assertThat(effects()).isEmpty();
    }

    @Test
    void aMailThatIsSentAgainIsTheSameMail() throws Exception {
        run("send-ready-mail");
        run("send-ready-mail");
        List<MimeMessage> mails = server.mails("ada@example.org");
        assertThat(mails).hasSize(2);
        assertThat(mails.get(0).getMessageID()).isEqualTo(mails.get(1).getMessageID());
        assertThat(text(mails.get(0))).isEqualTo(text(mails.get(1)));
    }

    private MimeMessage theMail() {
        List<MimeMessage> mails = server.mails("ada@example.org");
        assertThat(mails).hasSize(1);
        return mails.get(0);
    }

    private static String text(MimeMessage mail) throws MessagingException, IOException {
        return (String) ((Multipart) mail.getContent()).getBodyPart(0).getContent();
    }

    private static String html(MimeMessage mail) throws MessagingException, IOException {
        return (String) ((Multipart) mail.getContent()).getBodyPart(1).getContent();
    }
}
