package io.themis.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasureReport;
import io.themis.erasure.ErasureReport.DatasetReport;
import io.themis.erasure.ErasureReport.FileReport;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.export.Controller;
import io.themis.request.Approval;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.Erasures;
import io.themis.request.HopelessException;
import io.themis.request.Outcome;
import io.themis.request.Proposal;
import io.themis.request.RecipientNotices;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

class CertificatesTest {

    private static final UUID ID = UUID.fromString("3f0c8a52-6a5e-4a30-9a0e-0d7f3f3b1c11");

    private static final String MAP = """
            subject: {key: emailAddress}
            datasets:
              - name: posts
                title: {en: "Your <posts> & more", de: Ihre Beiträge}
                kind: lake
                path: "{site}/Posts.xml"
                format: xml-rows
                match: {owner: emailAddress}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure:
                  action: delete
                  notify: [mirror@archive.example, second@archive.example]
                  keep: [{when: {a: b}, article: 17(3)(e), ground: {en: A claim, de: Ein Anspruch}, until: it is paid}]
              - name: untouched
                title: Nothing there
                kind: lake
                path: "{site}/Votes.xml"
                format: xml-rows
                match: {owner: emailAddress}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure: {action: delete, notify: [third@archive.example]}
            """;

    private static final DataSubjectRequest REQUEST = new DataSubjectRequest(
            ID,
            RequestType.ERASURE,
            new EmailAddress("ada@example.org"),
            Locale.ENGLISH,
            RequestStatus.VERIFYING,
            Instant.parse("2026-03-01T10:00:00Z"),
            Instant.parse("2026-04-01T10:00:00Z"),
            "gateway",
            "Ada",
            null,
            1);

    private static final ErasureReport REPORT = new ErasureReport(
            ID,
            true,
            Instant.parse("2026-03-20T08:00:00Z"),
            Instant.parse("2026-03-20T08:30:00Z"),
            List.of(
                    new DatasetReport(
                            "posts",
                            3,
                            1,
                            List.of(new Kept(2, "Art. 17(3)(e): A claim", "it is paid")),
                            List.of(new FileReport(
                                    "<b>coffee</b>/Posts.xml",
                                    1_000_000,
                                    900_000,
                                    3,
                                    1,
                                    77,
                                    "5e".repeat(32),
                                    Instant.parse("2026-03-20T08:10:00Z"),
                                    Instant.parse("2026-03-20T08:20:00Z"),
                                    List.of(
                                            new OldCopy(
                                                    "version",
                                                    Instant.parse("2026-03-20T08:10:00Z"),
                                                    Instant.parse("2026-04-19T08:10:00Z"),
                                                    null),
                                            new OldCopy(
                                                    "snapshot",
                                                    Instant.parse("2026-03-02T08:10:00Z"),
                                                    null,
                                                    "held by <a> lease")),
                                    "Odd & old.")),
                            "Every file was read again.",
                            List.of()),
                    new DatasetReport("untouched", 0, 0, List.of(), List.of(), "Asked again.", List.of())));

    private static final String CERTIFICATE = """
            {"requestId": "3f0c8a52-6a5e-4a30-9a0e-0d7f3f3b1c11", "replay": false,
             "receivedAt": "2026-03-01T10:00:00Z", "approvals": 2, "approvedAt": "2026-03-19T09:00:00Z",
             "beganAt": "2026-03-20T08:00:00Z", "endedAt": "2026-03-20T08:30:00Z", "issuedAt": "2026-03-20T08:31:00Z",
             "controller": {"name": "Example Ltd", "contact": "privacy@example.org", "supervisoryAuthority": "The authority"},
             "datasets": [
               {"name": "posts", "title": {"en": "Your <posts> & more", "de": "Ihre Beiträge"}, "deleted": 3, "masked": 1,
                "kept": [{"rows": 2, "article": "17(3)(e)", "ground": {"en": "A claim", "de": "Ein Anspruch"},
                          "until": {"en": "it is paid"}}],
                "verification": "Every file was read again.",
                "files": [{"file": "<b>coffee</b>/Posts.xml", "bytesBefore": 1000000, "bytesAfter": 900000, "deleted": 3,
                           "masked": 1, "rows": 77, "sha256": "%s",
                           "rewrittenAt": "2026-03-20T08:10:00Z", "verifiedAt": "2026-03-20T08:20:00Z",
                           "oldCopies": [
                             {"kind": "version", "from": "2026-03-20T08:10:00Z", "goesAt": "2026-04-19T08:10:00Z"},
                             {"kind": "snapshot", "from": "2026-03-02T08:10:00Z", "whyKept": "held by <a> lease"}], "remark": "Odd & old."}]},
               {"name": "untouched", "title": {"en": "Nothing there"}, "deleted": 0, "masked": 0, "kept": [],
                "verification": "Asked again.", "files": []}]}""".formatted("5e".repeat(32));

    private static CertificateKeys keys;

    private final ObjectMapper json = JsonMapper.builder()
            .findAndAddModules()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Erasures erasures = mock(Erasures.class);
    private final RecipientNotices notices = mock(RecipientNotices.class);
    private final Requests requests = mock(Requests.class);
    private Certificates certificates;

    @BeforeAll
    static void makeKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(3072);
        keys = new CertificateKeys(new CertificateSettings(
                Base64.getEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded()),
                List.of()));
    }

    @BeforeEach
    void arrange() throws Exception {
        DataMap map = DataMapLoader.load("map.yaml", new ByteArrayInputStream(MAP.getBytes(StandardCharsets.UTF_8)));
        certificates = new Certificates(
                erasures,
                notices,
                requests,
                map,
                new Controller("Example Ltd", "privacy@example.org", null, "The authority", "Nothing."),
                keys,
                json,
                Clock.fixed(Instant.parse("2026-03-20T08:31:00Z"), ZoneOffset.UTC));
        doReturn(List.of(new Approval("odo", Instant.EPOCH), new Approval("olga", Instant.EPOCH)))
                .when(erasures)
                .approvals(ID);
        doReturn(Optional.of(new Proposal(1, "{}", "d", Instant.EPOCH, Instant.parse("2026-03-19T09:00:00Z"))))
                .when(erasures)
                .proposal(ID);
        given(REPORT);
    }

    private void given(ErasureReport report) throws Exception {
        doReturn(Optional.of(new Outcome(json.writeValueAsString(report), null, null, null)))
                .when(erasures)
                .outcome(ID);
    }

    @Test
    void theCertificateSaysWhatTheReportSaysInTheWordsOfTheDataMap() throws Exception {
        String document = issued();
        assertThat(json.readTree(document).required("certificate")).isEqualTo(json.readTree(CERTIFICATE));
    }

    @Test
    void whatIsSignedIsTheCertificateByteForByteAsItStandsInTheDocument() throws Exception {
        String document = issued();
        String signature = json.readTree(document).required("signature").textValue();
        String payload = new String(Base64.getUrlDecoder().decode(signature.split("\\.")[1]), StandardCharsets.UTF_8);
        assertThat(document).isEqualTo("{\"certificate\":" + payload + ",\"signature\":\"" + signature + "\"}");
    }

    @Test
    void theCertificateNamesNeitherThePersonNorWhoApproved() throws Exception {
        assertThat(issued()).doesNotContain("ada", "Ada", "odo", "olga", "gateway");
    }

    @Test
    void thoseAreToldToWhomSomethingWasDisclosedThatIsGone() throws Exception {
        issued();
        verify(notices).plan(ID, List.of("mirror@archive.example", "second@archive.example"));
    }

    @Test
    void noErasureIsCertifiedTwice() {
        doReturn(Optional.of(new Outcome("{}", "{}", Instant.EPOCH, null)))
                .when(erasures)
                .outcome(ID);
        certificates.issue(REQUEST);
        verify(erasures, never()).certify(any(), any());
        verify(notices, never()).plan(any(), any());
    }

    @Test
    void nothingIsCertifiedThatWasNotVerified() throws Exception {
        DatasetReport posts = REPORT.datasets().get(0);
        DatasetReport withProblem = new DatasetReport(
                "posts", 3, 1, posts.kept(), posts.files(), posts.verification(), List.of("a file is read-only"));
        List<ErasureReport> reports = List.of(
                new ErasureReport(ID, false, REPORT.beganAt(), REPORT.endedAt(), REPORT.datasets()),
                new ErasureReport(ID, true, REPORT.beganAt(), REPORT.endedAt(), List.of(withProblem)),
                new ErasureReport(UUID.randomUUID(), true, REPORT.beganAt(), REPORT.endedAt(), REPORT.datasets()));
        for (ErasureReport report : reports) {
            given(report);
            assertThatThrownBy(() -> certificates.issue(REQUEST)).isInstanceOf(HopelessException.class);
        }
        doReturn(Optional.of(new Outcome(null, null, null, null)))
                .when(erasures)
                .outcome(ID);
        assertThatThrownBy(() -> certificates.issue(REQUEST)).isInstanceOf(HopelessException.class);
        verify(erasures, never()).certify(any(), any());
    }

    @Test
    void aReplaySaysSoAndNeedsNobodysApproval() throws Exception {
        doReturn(true).when(requests).isReplay(REQUEST);
        doReturn(List.of()).when(erasures).approvals(ID);
        String document = issued();
        assertThat(json.readTree(document).at("/certificate/replay").booleanValue())
                .isTrue();
        assertThat(json.readTree(document).at("/certificate/approvedAt").isMissingNode())
                .isTrue();
        assertThat(page(document, Locale.ENGLISH).text()).contains("a restored backup had brought back");
    }

    /** A map may have changed since the erasure was planned. */
    @Test
    void whatTheDataMapNoLongerKnowsIsSaidInTheWordsOfTheReport() throws Exception {
        given(new ErasureReport(
                ID,
                true,
                REPORT.beganAt(),
                REPORT.endedAt(),
                List.of(
                        new DatasetReport("former", 1, 0, List.of(new Kept(1, "g", "u")), List.of(), "v", List.of()),
                        new DatasetReport("posts", 0, 0, List.of(new Kept(1, "g", "u")), List.of(), "v", List.of()))));
        String document = issued();
        assertThat(json.readTree(document).at("/certificate/datasets")).isEqualTo(json.readTree("""
                        [{"name": "former", "deleted": 1, "masked": 0, "verification": "v", "files": [],
                          "kept": [{"rows": 1, "ground": {"en": "g"}, "until": {"en": "u"}}]},
                         {"name": "posts", "title": {"en": "Your <posts> & more", "de": "Ihre Beiträge"}, "deleted": 0,
                          "masked": 0, "verification": "v", "files": [],
                          "kept": [{"rows": 1, "ground": {"en": "g"}, "until": {"en": "u"}}]}]"""));
        assertThat(page(document, Locale.GERMAN).text()).contains("former", "g", "u");
    }

    @Test
    void thePageShowsAllThatTheCertificateSays() throws Exception {
        Document page = page(issued(), Locale.ENGLISH);
        assertThat(page.text())
                .contains("Certificate of erasure", ID.toString(), "Example Ltd", "privacy@example.org")
                .contains("Sunday, 1 March 2026, 10:00 UTC", "by 2 people, Thursday, 19 March 2026, 09:00 UTC")
                .contains("Your <posts> & more", "Deleted 3 records", "Values replaced in 1 record")
                .contains("<b>coffee</b>/Posts.xml", "1 MB before, 900 kB after", "77 records")
                .contains(
                        "5e".repeat(32), "Friday, 20 March 2026, 08:20 UTC", "Every file was read again.", "Odd & old.")
                .contains("Kept 2 records", "A claim (Article 17(3)(e) GDPR)", "Until it is paid")
                .contains("version", "goes Sunday, 19 April 2026, 08:10 UTC")
                .contains("snapshot", "nobody has yet said when it goes (held by <a> lease)")
                .contains("Where nothing had to be erased Nothing there")
                .contains("/api/v1/erasures/keys", "Article 77", "Authority: The authority.");
    }

    @Test
    void thePageIsInTheLanguageOfTheRequestAndMarksWordsOfAnother() throws Exception {
        Document page = page(issued(), Locale.forLanguageTag("de-AT"));
        assertThat(page.selectFirst("html").attr("lang")).isEqualTo("de");
        assertThat(page.text())
                .contains("Bescheinigung über die Löschung", "Ihre Beiträge", "3 Datensätze", "Ein Anspruch")
                .contains("Freitag, 20. März 2026, 08:20 Uhr (UTC)", "900 kB nachher");
        assertThat(page.select("[lang=en]").eachText()).contains("it is paid", "Every file was read again.");
        assertThat(page(issued(), Locale.FRENCH).selectFirst("html").attr("lang"))
                .isEqualTo("en");
    }

    @Test
    void thePageNeedsNothingElseAndRunsNothing() throws Exception {
        String html = CertificatePage.html(certificate(issued()), Locale.ENGLISH);
        assertThat(html).contains("Your &lt;posts&gt; &amp; more").doesNotContain("<posts>", "<b>coffee");
        Document page = Jsoup.parse(html);
        assertThat(page.select("script, link, img, iframe, [src], [href], [onclick], form"))
                .isEmpty();
        assertThat(page.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .startsWith("default-src 'none'");
        assertThat(html).doesNotContain("url(", "@import");
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.select("main")).hasSize(1);
    }

    @Test
    void everyLanguageOfThePageHasEveryTextWithTheSameValues() throws Exception {
        Properties english = texts("");
        Properties german = texts("_de");
        assertThat(german.keySet()).isEqualTo(english.keySet());
        for (String key : english.stringPropertyNames()) {
            assertThat(values(german.getProperty(key))).as(key).isEqualTo(values(english.getProperty(key)));
            if (!key.equals("time")) {
                assertThat(english.getProperty(key) + german.getProperty(key))
                        .as("%s: MessageFormat swallows a plain apostrophe", key)
                        .doesNotContain("'");
            }
        }
    }

    private static List<String> values(String text) {
        return Pattern.compile("\\{\\d")
                .matcher(text)
                .results()
                .map(found -> found.group())
                .sorted()
                .distinct()
                .toList();
    }

    private static Properties texts(String language) throws Exception {
        Properties texts = new Properties();
        try (InputStream file =
                CertificatesTest.class.getResourceAsStream("/templates/certificate/texts" + language + ".properties")) {
            texts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
        }
        return texts;
    }

    /** Issues the certificate and gives what is kept of it. */
    private String issued() {
        certificates.issue(REQUEST);
        ArgumentCaptor<String> document = ArgumentCaptor.forClass(String.class);
        verify(erasures, atLeastOnce()).certify(eq(ID), document.capture());
        return document.getValue();
    }

    private Certificate certificate(String document) {
        doReturn(Optional.of(new Outcome(null, document, Instant.EPOCH, null)))
                .when(erasures)
                .outcome(ID);
        Certificate certificate = certificates.get(REQUEST);
        try {
            given(REPORT);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return certificate;
    }

    private Document page(String document, Locale language) {
        return Jsoup.parse(CertificatePage.html(certificate(document), language));
    }
}
