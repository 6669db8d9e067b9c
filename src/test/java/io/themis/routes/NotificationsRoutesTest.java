package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doNothing;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import io.themis.certificate.Certificate;
import io.themis.certificate.CertificatePage;
import io.themis.certificate.Certificates;
import io.themis.certificate.PublicAddress;
import io.themis.datamap.Article15;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Erasure;
import io.themis.datamap.Words;
import io.themis.delivery.PackageLinks;
import io.themis.delivery.Packages;
import io.themis.devservices.MailServer;
import io.themis.devservices.Port;
import io.themis.erasure.ErasureReport.Check;
import io.themis.export.Controller;
import io.themis.notification.ErasureMails;
import io.themis.notification.MailParts;
import io.themis.notification.Mails;
import io.themis.request.Acts;
import io.themis.request.Deadlines;
import io.themis.request.EmailAddress;
import io.themis.request.Erasures;
import io.themis.request.Extension;
import io.themis.request.HopelessException;
import io.themis.request.Outcome;
import io.themis.request.RecipientNotice;
import io.themis.request.RecipientNotices;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

@RouteFile("notifications")
class NotificationsRoutesTest extends RouteFileTest implements CallsOutside {

    private static final String LINK = "https://store.example/packages/1.zip?sig=a%2Bb&se=2026";

    private final Erasures erasures = mock(Erasures.class);
    private final RecipientNotices notices = standIn(RecipientNotices.class);
    private final Certificates certificates = mock(Certificates.class);
    private final CertificatePage page = mock(CertificatePage.class);
    private final MailServer server = MailServer.start(Port.free(), Port.free());
    private final PackageLinks links = standIn(PackageLinks.class);
    private final Packages packages = standIn(Packages.class);
    private final Deadlines deadlines = mock(Deadlines.class);
    private final Acts acts = mock(Acts.class);

    @Override
    void arrange(CamelContext context) {
        Map.of(
                        "themis.mail.host", "127.0.0.1",
                        "themis.mail.port", Integer.toString(server.smtpPort()),
                        "themis.mail.from", "Themis Inc. <privacy@themis.example>",
                        "themis.mail.domain", "themis.example")
                .forEach(context.getPropertiesComponent()::addInitialProperty);
        context.getRegistry().bind("mailSession", Session.getInstance(new Properties()));
        context.getRegistry().bind("mailParts", real(MailParts.class));
        Controller controller = new Controller("Example Ltd", "privacy@example.org", null, "The authority", null);
        Mails mails = real(Mails.class, links, steps, deadlines, acts, controller);
        context.getRegistry().bind("mails", mails);
        context.getRegistry().bind("recipientNotices", notices);
        context.getRegistry()
                .bind(
                        "erasureMails",
                        real(
                                ErasureMails.class,
                                mails,
                                requests,
                                erasures,
                                notices,
                                certificates,
                                page,
                                new DataMap("emailAddress", "posts", Map.of(), List.of(List.of(posts())), "test"),
                                controller,
                                new PublicAddress(URI.create("https://privacy.example"))));
        doReturn(certificate()).when(certificates).get(any());
        doReturn("{\"certificate\":{},\"a\":\"ä\"}").when(certificates).document(any());
        doReturn("<!DOCTYPE html>\n<p>ä \uD83D\uDE00</p>\n").when(page).html(any());
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
    void thePersonIsToldOfALaterDeadlineInTheirLanguage() throws Exception {
        doReturn(Optional.of(new Extension(
                        Instant.parse("2026-03-02T10:00:00Z"), "There are <many> requests.", "odo", Instant.EPOCH)))
                .when(deadlines)
                .extension(ID);
        run("send-extended-mail");
        MimeMessage mail = theMail();
        assertThat(mail.getMessageID()).isEqualTo("<extended." + ID + "@themis.example>");
        assertThat(text(mail))
                .contains(
                        "Hello Ada",
                        "until Monday, 2 March 2026",
                        "by Wednesday, 1 April 2026",
                        "There are <many> requests.",
                        "privacy@example.org");
        assertThat(html(mail)).contains("There are &lt;many&gt; requests.", "Wednesday, 1 April 2026");

        given(in(Locale.GERMAN, SEALED_REQUEST));
        server.clear();
        run("send-extended-mail");
        assertThat(text(theMail())).contains("Guten Tag Ada", "Montag, 2. März 2026", "Mittwoch, 1. April 2026");
    }

    @Test
    void aMailThatIsSentAgainIsAnotherOneForTheMailProgram() throws Exception {
        doReturn(2L).when(acts).count(ID, "resend");
        run("send-ready-mail");
        assertThat(theMail().getMessageID()).isEqualTo("<ready." + ID + ".1.again2@themis.example>");
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
        send("direct:mail-person", exchange -> {
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

    /** An officer has it sent again, and the person ends the links before it goes: a parked step would stay for good. */
    @Test
    void aLinkThatWasMailedBeforeAndHasEndedLeavesNothingToDo() throws Exception {
        doReturn(true).when(packages).isClosedAndLinkEnded(SEALED_REQUEST);
        run("send-ready-mail");
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

    @Test
    void whoAsksForErasureIsToldThatPeopleLookAtItFirstAndByWhenItIsDone() throws Exception {
        given(ERASURE);
        run("send-started-mail");
        MimeMessage mail = theMail();
        assertThat(mail.getSubject()).isEqualTo("We have your request for erasure");
        assertThat(text(mail)).contains("Hello Ada", "people", "Wednesday, 1 April 2026", ID.toString());
        assertThat(html(mail)).contains("Hello Ada", "Wednesday, 1 April 2026", ID.toString());
        assertThat(mail.getMessageID()).isEqualTo("<started." + ID + "@themis.example>");

        server.clear();
        given(in(Locale.GERMAN, ERASURE));
        run("send-started-mail");
        assertThat(text(theMail())).contains("Guten Tag Ada", "Mittwoch, 1. April 2026");
    }

    @Test
    void whoAskedForACopyFirstIsToldThatTheErasureWaitsForItAndNobodyIsPromisedACountOfMails() throws Exception {
        given(ERASURE);
        run("send-started-mail");
        assertThat(text(theMail())).contains("We mail you when it is done.").doesNotContain("copy", "second");

        server.clear();
        doReturn(REQUEST).when(requests).accessBefore(any());
        run("send-started-mail");
        assertThat(text(theMail()).replaceAll("\\s+", " "))
                .contains("The erasure waits for it: one mail tells you where to download the copy")
                .doesNotContain("second");
        assertThat(html(theMail())).contains("The erasure waits for it");

        server.clear();
        given(in(Locale.GERMAN, ERASURE));
        run("send-started-mail");
        assertThat(text(theMail())).contains("Darauf wartet die Löschung").doesNotContain("zweite");
    }

    @Test
    void nobodyIsToldOfAnErasureThatIsDoneAgainForABackup() throws Exception {
        given(ERASURE);
        doReturn(true).when(requests).isReplay(ERASURE);
        run("send-started-mail");
        assertThat(server.mailboxes()).isEmpty();
    }

    @Test
    void thePersonGetsTheCertificateToReadAndToVerify() throws Exception {
        given(ERASURE);
        run("send-erased-mail");
        MimeMessage mail = theMail();
        assertThat(mail.getSubject()).isEqualTo("Your data has been erased");
        assertThat(mail.getMessageID()).isEqualTo("<erased." + ID + "@themis.example>");
        assertThat(text(mail)).contains("Hello Ada", "erased on Friday, 20 March 2026", "did not find it");
        assertThat(text(mail)).doesNotContain("still");

        // Who reads the text sees the attachments as well
        assertThat(mail.isMimeType("multipart/mixed")).isTrue();
        Multipart mixed = (Multipart) mail.getContent();
        assertThat(mixed.getCount()).isEqualTo(3);
        assertThat(mixed.getBodyPart(0).isMimeType("multipart/alternative")).isTrue();
        Multipart readable = (Multipart) mixed.getBodyPart(0).getContent();
        assertThat(readable.getCount()).isEqualTo(2);
        assertThat(readable.getBodyPart(0).isMimeType("text/plain")).isTrue();
        assertThat(readable.getBodyPart(1).isMimeType("text/html")).isTrue();
        assertThat(html(mail)).contains("Hello Ada", "20 March 2026");
        assertAttached(mixed, "erasure-" + ID + ".html", "text/html", "<!DOCTYPE html>\n<p>ä \uD83D\uDE00</p>\n");
        assertAttached(mixed, "erasure-" + ID + ".json", "application/json", "{\"certificate\":{},\"a\":\"ä\"}");
    }

    private static void assertAttached(Multipart parts, String name, String type, String content) throws Exception {
        for (int i = 1; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            if (name.equals(part.getFileName())) {
                assertThat(part.isMimeType(type)).isTrue();
                assertThat(part.getDisposition()).isEqualTo("attachment");
                assertThat(new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                                .replace("\r\n", "\n"))
                        .isEqualTo(content);
                return;
            }
        }
        throw new AssertionError("not attached: " + name);
    }

    @Test
    void whatStaysIsSaidPlainlyWithItsGround() throws Exception {
        given(ERASURE);
        doReturn(certificate(new Certificate.Kept(
                        2,
                        "17(3)(b)",
                        Map.of("en", "Tax <law>", "de", "Steuerrecht"),
                        Map.of("en", "2036", "de", "2036"))))
                .when(certificates)
                .get(ERASURE);
        run("send-erased-mail");
        assertThat(text(theMail()).replaceAll("\\s+", " "))
                .contains("except", "- Your posts, records: 2. Tax <law> (Article 17(3)(b) GDPR). Until: 2036.")
                .contains("complain to a supervisory authority (The authority) and go to court");

        server.clear();
        given(in(Locale.GERMAN, ERASURE));
        doReturn(certificates.get(ERASURE)).when(certificates).get(in(Locale.GERMAN, ERASURE));
        run("send-erased-mail");
        assertThat(theMail().getSubject()).isEqualTo("Ihre Daten sind gelöscht");
        assertThat(text(theMail()))
                .contains(
                        "- Ihre Beiträge, Datensätze: 2. Steuerrecht (Artikel 17 Absatz 3 Buchstabe b DSGVO). Bis: 2036.");
    }

    @Test
    void recordsThatStayWithoutThePersonAreSaidToBeThere() throws Exception {
        given(ERASURE);
        doReturn(certificate(3, 112)).when(certificates).get(any());
        run("send-erased-mail");
        String line = "Your posts: values were replaced in 112 records (owner, Name shown).";
        assertThat(text(theMail())).contains("still there, but without you", "- " + line);

        server.clear();
        given(in(Locale.GERMAN, ERASURE));
        run("send-erased-mail");
        assertThat(text(theMail()))
                .contains("- Ihre Beiträge: Werte ersetzt in 112 Datensätzen (owner, Gezeigter Name).");
    }

    @Test
    void noRecipientIsToldThatRecordsWereErasedInWhichOnlyValuesWereReplaced() throws Exception {
        given(ERASURE);
        due(new RecipientNotice(1, "mirror@archive.example", null, null));
        doReturn(certificate(0, 1)).when(certificates).get(any());
        run("notify-recipients");
        assertThat(text(server.mails("mirror@archive.example").get(0)))
                .contains("we took the person out of it, because")
                .contains("And when. Values were replaced in 1 record (owner, Name shown), which stay")
                .doesNotContain("we erased");

        server.clear();
        doReturn(certificate(2, 112)).when(certificates).get(any());
        run("notify-recipients");
        assertThat(text(server.mails("mirror@archive.example").get(0)))
                .contains("we erased it, or took the person out of it")
                .contains("in 112 records (owner, Name shown), which stay; others were erased");
    }

    @Test
    void noMailSaysThatSomethingIsErasedWhereNothingWas() throws Exception {
        given(ERASURE);
        Certificate.Kept kept = new Certificate.Kept(2, null, Map.of("de", "Steuerrecht"), Map.of("de", "2036"));
        doReturn(certificate(0, kept)).when(certificates).get(ERASURE);
        run("send-erased-mail");
        assertThat(theMail().getSubject()).isEqualTo("Your request for erasure is done");
        assertThat(text(theMail()))
                .contains("Nothing was erased", "- Your posts, records: 2. Steuerrecht. Until: 2036.")
                .doesNotContain("Your personal data was erased");

        server.clear();
        doReturn(certificate(0)).when(certificates).get(ERASURE);
        run("send-erased-mail");
        assertThat(text(theMail())).contains("found nothing of you").doesNotContain("was erased");
    }

    @Test
    void aRefusalSaysWhyAndWhatThePersonCanDo() throws Exception {
        given(ERASURE);
        doReturn(Optional.of(new Outcome(null, null, null, "You owe us money <b>& more</b>.")))
                .when(erasures)
                .outcome(ID);
        run("send-refused-mail");
        MimeMessage mail = theMail();
        assertThat(mail.getMessageID()).isEqualTo("<refused." + ID + "@themis.example>");
        assertThat(text(mail).replaceAll("\\s+", " "))
                .contains("You owe us money <b>& more</b>.", "supervisory authority", "The authority", "court");
        assertThat(html(mail)).contains("You owe us money &lt;b&gt;&amp; more&lt;/b&gt;.");

        server.clear();
        given(in(Locale.GERMAN, ERASURE));
        run("send-refused-mail");
        assertThat(text(theMail())).contains("You owe us money", "Aufsichtsbehörde", "vor Gericht");
    }

    @Test
    void theEndOfAnErasureWaitsForTheFirstMail() {
        given(ERASURE);
        doReturn(false).when(steps).hasEnded(ID, "send-started-mail");
        for (String mail : List.of("send-erased-mail", "send-refused-mail")) {
            assertThatThrownBy(() -> run(mail)).hasMessageContaining("send-started-mail");
        }
        assertThat(server.mailboxes()).isEmpty();
    }

    @Test
    void eachRecipientIsToldWhomItIsAboutAndWhichDataItWas() throws Exception {
        given(ERASURE);
        due(new RecipientNotice(1, "mirror@archive.example", null, null));
        run("notify-recipients");
        MimeMessage mail = server.mails("mirror@archive.example").get(0);
        assertThat(mail.getAllRecipients()).extracting(Object::toString).containsExactly("mirror@archive.example");
        assertThat(mail.getMessageID()).isEqualTo("<notice." + ID + ".1@themis.example>");
        assertThat(mail.getSubject()).endsWith("[" + ID + "/1]");
        assertThat(text(mail))
                .contains("ada@example.org", "Friday, 20 March 2026", "- Your posts: What you wrote; And when")
                .contains("POST https://privacy.example/api/v1/requests/" + ID + "/recipients/1/receipt")
                .contains("Example Ltd, privacy@example.org, notice 1 of request " + ID)
                .doesNotContain("Ada");
        assertThat(html(mail)).contains("ada@example.org", "<li>Your posts: What you wrote; And when</li>");
        assertThat(journal).endsWith("recipientNotices.sent(id, Integer)");
        assertThat(server.mails("ada@example.org")).isEmpty();
    }

    @Test
    void aRecipientWhoCannotBeToldHoldsUpNobodyElseAndIsTriedAgain() throws Exception {
        given(ERASURE);
        due(
                new RecipientNotice(1, "told@archive.example", Instant.EPOCH, null),
                new RecipientNotice(2, "a@archive.example", null, null),
                new RecipientNotice(3, "mirror@archive.example", null, null));
        doThrow(new IllegalStateException("away")).when(notices).sent(ID, 2);
        assertThatThrownBy(() -> run("notify-recipients")).hasMessage("away");
        assertThat(server.mailboxes()).containsExactlyInAnyOrder("a@archive.example", "mirror@archive.example");

        due(new RecipientNotice(2, "a@archive.example", null, null));
        doNothing().when(notices).sent(ID, 2);
        run("notify-recipients");
        assertThat(server.mails("mirror@archive.example")).hasSize(1);
        List<MimeMessage> again = server.mails("a@archive.example");
        assertThat(again).hasSize(2);
        assertThat(again.get(0).getMessageID()).isEqualTo(again.get(1).getMessageID());
        assertThat(text(again.get(0))).isEqualTo(text(again.get(1)));
    }

    private void due(RecipientNotice... due) {
        doReturn(List.of(due)).when(notices).of(ID);
    }

    private static Certificate certificate(Certificate.Kept... kept) {
        return certificate(3, kept);
    }

    private static Certificate certificate(long deleted, Certificate.Kept... kept) {
        return certificate(deleted, 0, kept);
    }

    private static Certificate certificate(long deleted, long masked, Certificate.Kept... kept) {
        return new Certificate(
                ID,
                false,
                Instant.parse("2026-03-01T10:00:00Z"),
                List.of(new Certificate.Approval(2, Instant.parse("2026-03-19T10:00:00Z"))),
                Instant.parse("2026-03-20T08:00:00Z"),
                Instant.parse("2026-03-20T08:30:00Z"),
                Instant.parse("2026-03-20T08:31:00Z"),
                new Certificate.Issuer("Example Ltd", "privacy@example.org", null, null),
                List.of(new Certificate.PackageLeft(ID, Instant.parse("2026-03-25T08:00:00Z"))),
                URI.create("https://privacy.example/api/v1/erasures/keys"),
                List.of(new Certificate.Dataset(
                        "posts",
                        Map.of("en", "Your posts", "de", "Ihre Beiträge"),
                        deleted,
                        masked,
                        List.of(
                                new Certificate.Mask("owner", null, "keyed-hash", null),
                                new Certificate.Mask(
                                        "name", Map.of("en", "Name shown", "de", "Gezeigter Name"), "null", null)),
                        List.of(kept),
                        Check.SEARCHED_AGAIN,
                        List.of())));
    }

    private static Dataset posts() {
        return new Dataset(
                "posts",
                Dataset.Kind.LAKE,
                Words.of(Locale.ENGLISH, "Your posts"),
                null,
                null,
                "Posts.xml",
                Dataset.Format.XML_ROWS,
                null,
                Dataset.Engine.THEMIS,
                Map.of("owner", "emailAddress"),
                null,
                Set.of("emailAddress"),
                Map.of(),
                List.of(),
                Map.of(),
                new Article15(null, Words.of(Locale.ENGLISH, List.of("What you wrote", "And when")), null, null, null),
                new Erasure(
                        Erasure.Action.DELETE,
                        List.of(),
                        null,
                        Map.of(),
                        null,
                        List.of(),
                        List.of(new EmailAddress("a@archive.example"), new EmailAddress("mirror@archive.example"))),
                1);
    }

    private static String text(MimeMessage mail) throws MessagingException, IOException {
        return (String) readable(mail).getBodyPart(0).getContent();
    }

    private static String html(MimeMessage mail) throws MessagingException, IOException {
        return (String) readable(mail).getBodyPart(1).getContent();
    }

    private static Multipart readable(MimeMessage mail) throws MessagingException, IOException {
        Multipart parts = (Multipart) mail.getContent();
        return mail.isMimeType("multipart/mixed")
                ? (Multipart) parts.getBodyPart(0).getContent()
                : parts;
    }
}
