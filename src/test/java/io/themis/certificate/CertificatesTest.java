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
import io.themis.datamap.Erasure.Strategy;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.ErasurePlan.Mask;
import io.themis.erasure.ErasureReport;
import io.themis.erasure.ErasureReport.Check;
import io.themis.erasure.ErasureReport.DatasetReport;
import io.themis.erasure.ErasureReport.FileReport;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.erasure.ErasureReport.Remark;
import io.themis.export.Controller;
import io.themis.request.BegunPlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DataSubjectRequest.SealedPackage;
import io.themis.request.EmailAddress;
import io.themis.request.Erasures;
import io.themis.request.HopelessException;
import io.themis.request.Outcome;
import io.themis.request.RecipientNotices;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
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
import java.util.stream.Stream;
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
              - name: comments
                title: {en: Your comments, de: Ihre Kommentare}
                kind: lake
                path: "{site}/Comments.xml"
                format: xml-rows
                match: {author: emailAddress}
                columns: {shown: {title: {en: Name shown, de: Gezeigter Name}}}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure: {action: mask, columns: {author: keyed-hash, shown: {constant: "<gone>"}, born: {generalise: year}}}
              - name: untouched
                title: Nothing there
                kind: lake
                path: "{site}/Votes.xml"
                format: xml-rows
                match: {owner: emailAddress}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure: {action: delete, notify: [third@archive.example]}
            """;

    private static final UUID ACCESS = UUID.fromString("5d2e8a52-6a5e-4a30-9a0e-0d7f3f3b1c22");

    private static final DataSubjectRequest ACCESS_WITH_PACKAGE = new DataSubjectRequest(
            ACCESS,
            RequestType.ACCESS,
            new EmailAddress("ada@example.org"),
            Locale.ENGLISH,
            RequestStatus.DELIVERED,
            Instant.parse("2026-03-01T10:00:00Z"),
            Instant.parse("2026-04-01T10:00:00Z"),
            "gateway",
            "Ada",
            new SealedPackage(List.of(), Instant.parse("2026-03-18T08:00:00Z"), Instant.parse("2026-03-25T08:00:00Z")),
            1);

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
                            0,
                            List.of(),
                            List.of(new Kept(2, "Art. 17(3)(e): A claim", "it is paid")),
                            List.of(new FileReport(
                                    "<b>coffee</b>/Posts.xml",
                                    1_000_000,
                                    900_000,
                                    3,
                                    0,
                                    77,
                                    "5e".repeat(32),
                                    Instant.parse("2026-03-20T08:10:00Z"),
                                    Instant.parse("2026-03-20T08:20:00Z"),
                                    List.of(
                                            new OldCopy(
                                                    OldCopy.Kind.SOFT_DELETED_VERSION,
                                                    Instant.parse("2026-03-20T08:10:00Z"),
                                                    Instant.parse("2026-04-19T08:10:00Z"),
                                                    null,
                                                    null,
                                                    false,
                                                    null),
                                            new OldCopy(
                                                    OldCopy.Kind.SNAPSHOT,
                                                    Instant.parse("2026-03-02T08:10:00Z"),
                                                    null,
                                                    OldCopy.Reason.REFUSED,
                                                    "<Locked>",
                                                    true,
                                                    Instant.parse("2031-01-02T03:04:05Z"))),
                                    Remark.CHANGED_SINCE)),
                            Check.READ_AGAIN,
                            List.of()),
                    new DatasetReport(
                            "comments",
                            0,
                            112,
                            List.of(
                                    new Mask("author", "keyed-hash", null),
                                    new Mask("shown", "constant", "<gone>"),
                                    new Mask("born", "year", null)),
                            List.of(),
                            List.of(),
                            Check.SEARCHED_AGAIN,
                            List.of()),
                    new DatasetReport(
                            "untouched",
                            0,
                            0,
                            List.of(new Mask("name", "null", null)),
                            List.of(),
                            List.of(),
                            Check.SEARCHED_AGAIN,
                            List.of())));

    private static final String CERTIFICATE = """
            {"requestId": "3f0c8a52-6a5e-4a30-9a0e-0d7f3f3b1c11", "replay": false,
             "receivedAt": "2026-03-01T10:00:00Z", "approvals": [{"people": 2, "approvedAt": "2026-03-18T09:00:00Z"}, {"people": 3, "approvedAt": "2026-03-19T09:00:00Z"}],
             "beganAt": "2026-03-20T08:00:00Z", "endedAt": "2026-03-20T08:30:00Z", "issuedAt": "2026-03-20T08:31:00Z",
             "controller": {"name": "Example Ltd", "contact": "privacy@example.org", "supervisoryAuthority": "The authority"},
             "packages": [{"requestId": "%s", "goesAt": "2026-03-25T08:00:00Z"}],
             "keys": "https://privacy.example/themis/api/v1/erasures/keys",
             "datasets": [
               {"name": "posts", "title": {"en": "Your <posts> & more", "de": "Ihre Beiträge"}, "deleted": 3, "masked": 0,
                "kept": [{"rows": 2, "article": "17(3)(e)", "ground": {"en": "A claim", "de": "Ein Anspruch"},
                          "until": {"en": "it is paid"}}],
                "verification": "READ_AGAIN",
                "files": [{"file": "<b>coffee</b>/Posts.xml", "bytesBefore": 1000000, "bytesAfter": 900000, "deleted": 3,
                           "masked": 0, "rows": 77, "sha256": "%s",
                           "rewrittenAt": "2026-03-20T08:10:00Z", "verifiedAt": "2026-03-20T08:20:00Z",
                           "oldCopies": [
                             {"kind": "SOFT_DELETED_VERSION", "from": "2026-03-20T08:10:00Z", "goesAt": "2026-04-19T08:10:00Z",
                              "held": false},
                             {"kind": "SNAPSHOT", "from": "2026-03-02T08:10:00Z", "why": "REFUSED", "answer": "<Locked>",
                              "held": true, "lockedUntil": "2031-01-02T03:04:05Z"}],
                           "remark": "CHANGED_SINCE"}]},
               {"name": "comments", "title": {"en": "Your comments", "de": "Ihre Kommentare"}, "deleted": 0, "masked": 112,
                "masks": [{"column": "author", "by": "keyed-hash"},
                          {"column": "shown", "title": {"en": "Name shown", "de": "Gezeigter Name"}, "by": "constant",
                           "text": "<gone>"},
                          {"column": "born", "by": "year"}],
                "kept": [], "verification": "SEARCHED_AGAIN", "files": []},
               {"name": "untouched", "title": {"en": "Nothing there"}, "deleted": 0, "masked": 0, "kept": [],
                "verification": "SEARCHED_AGAIN", "files": []}]}""".formatted(ACCESS, "5e".repeat(32));

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
                new PublicAddress(URI.create("https://privacy.example/themis/")),
                json,
                Clock.fixed(Instant.parse("2026-03-20T08:31:00Z"), ZoneOffset.UTC));
        doReturn(List.of(
                        new BegunPlan(2, Instant.parse("2026-03-18T09:00:00Z"), Instant.parse("2026-03-20T08:00:00Z")),
                        new BegunPlan(3, Instant.parse("2026-03-19T09:00:00Z"), Instant.parse("2026-03-20T08:05:00Z"))))
                .when(erasures)
                .begun(ID);
        doReturn(List.of(ACCESS_WITH_PACKAGE)).when(requests).withPackage(REQUEST.emailAddress());
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
                "posts",
                3,
                0,
                List.of(),
                posts.kept(),
                posts.files(),
                posts.verification(),
                List.of("a file is read-only"));
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
        doReturn(List.of(new BegunPlan(0, Instant.EPOCH, Instant.parse("2026-03-20T08:00:00Z"))))
                .when(erasures)
                .begun(ID);
        String document = issued();
        assertThat(json.readTree(document).at("/certificate/replay").booleanValue())
                .isTrue();
        assertThat(json.readTree(document).at("/certificate/approvals")).isEmpty();
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
                List.of(former("former", 1, List.of(new Mask("m", "null", null))), former("posts", 0, List.of()))));
        String document = issued();
        assertThat(json.readTree(document).at("/certificate/datasets")).isEqualTo(json.readTree("""
                        [{"name": "former", "deleted": 1, "masked": 1, "masks": [{"column": "m", "by": "null"}],
                          "verification": "COUNTED_AGAIN", "files": [],
                          "kept": [{"rows": 1, "ground": {"en": "g"}, "until": {"en": "u"}}]},
                         {"name": "posts", "title": {"en": "Your <posts> & more", "de": "Ihre Beiträge"}, "deleted": 0,
                          "masked": 0, "verification": "COUNTED_AGAIN", "files": [],
                          "kept": [{"rows": 1, "ground": {"en": "g"}, "until": {"en": "u"}}]}]"""));
        assertThat(page(document, Locale.GERMAN).text()).contains("former", "g", "u");
    }

    private static DatasetReport former(String name, long rows, List<Mask> masks) {
        return new DatasetReport(
                name, rows, rows, masks, List.of(new Kept(1, "g", "u")), List.of(), Check.COUNTED_AGAIN, List.of());
    }

    @Test
    void thePageShowsAllThatTheCertificateSays() throws Exception {
        Document page = page(issued(), Locale.ENGLISH);
        assertThat(page.text())
                .contains("Certificate of erasure", ID.toString(), "Example Ltd", "privacy@example.org")
                .contains(
                        "Sunday, 1 March 2026, 10:00 UTC",
                        "by 2 people, Wednesday, 18 March 2026, 09:00 UTC",
                        "by 3 people, Thursday, 19 March 2026, 09:00 UTC",
                        "is deleted: Wednesday, 25 March 2026, 08:00 UTC",
                        "Where only a name stands")
                .contains("Your <posts> & more 3 0 2 Your comments 0 112 0", "Erased 3 records")
                .contains("Values replaced in 112 records", "author: replaced by a pseudonym")
                .contains("Name shown: replaced by “<gone>”", "born: cut to the year")
                .contains("<b>coffee</b>/Posts.xml", "1 MB before, 900 kB after", "77 records")
                .contains(
                        "5e".repeat(32),
                        "Friday, 20 March 2026, 08:20 UTC",
                        "Each changed file was read again",
                        "All files were searched once more.",
                        "Somebody else has changed the file")
                .contains("Kept 2 records", "A claim (Article 17(3)(e) GDPR)", "Until it is paid")
                .contains("deleted version that the store still has", "goes Sunday, 19 April 2026, 08:10 UTC")
                .contains(
                        "nobody has yet said when it goes (the store refuses to delete it: <Locked>; under a legal hold;"
                                + " locked until Thursday, 2 January 2031, 03:04 UTC)")
                .contains("Where nothing had to be erased Nothing there")
                .contains(
                        "https://privacy.example/themis/api/v1/erasures/keys",
                        "Article 77",
                        "Authority: The authority.");
    }

    @Test
    void thePageIsInTheLanguageOfTheRequestAndMarksWordsOfAnother() throws Exception {
        Document page = page(issued(), Locale.forLanguageTag("de-AT"));
        assertThat(page.selectFirst("html").attr("lang")).isEqualTo("de");
        assertThat(page.text())
                .contains("Bescheinigung über die Löschung", "Ihre Beiträge", "3 Datensätze", "Ein Anspruch")
                .contains("Freitag, 20. März 2026, 08:20 Uhr (UTC)", "900 kB nachher")
                .contains("Artikel 17 Absatz 3 Buchstabe e DSGVO", "Werte ersetzt in 112 Datensätzen")
                .contains("Gezeigter Name: ersetzt durch „<gone>“", "Jede geänderte Datei wurde noch einmal");
        assertThat(page.select("[lang=en]").eachText()).containsOnly("it is paid", "Nothing there");
        assertThat(page(issued(), Locale.FRENCH).selectFirst("html").attr("lang"))
                .isEqualTo("en");
    }

    @Test
    void recordsInWhichOnlyValuesWereReplacedAreNotAmongWhatWasErased() throws Exception {
        for (Locale language : List.of(Locale.ENGLISH, Locale.GERMAN)) {
            List<String> places = page(issued(), language).select("section").stream()
                    .filter(section -> section.text().contains("112") && section.selectFirst("article") != null)
                    .map(section -> section.selectFirst("h2").text())
                    .toList();
            assertThat(places)
                    .containsExactly(
                            language.equals(Locale.ENGLISH)
                                    ? "Where only values were replaced"
                                    : "Wo nur Werte ersetzt wurden");
        }
    }

    @Test
    void everythingThatACertificateCanSayHasWordsInEachLanguage() throws Exception {
        List<String> keys = Stream.of(
                        named("check.", Check.values()),
                        named("remark.", Remark.values()),
                        named("copies.", OldCopy.Kind.values()),
                        named("copies.why.", OldCopy.Reason.values()),
                        Stream.of(Strategy.values())
                                .map(each -> "mask."
                                        + each.name().toLowerCase(Locale.ROOT).replace('_', '-')),
                        Stream.of("mask.statement", "mask.route"))
                .flatMap(each -> each)
                .toList();
        assertThat(texts("").stringPropertyNames()).containsAll(keys);
        assertThat(texts("_de").stringPropertyNames()).containsAll(keys);
    }

    private static Stream<String> named(String prefix, Enum<?>[] values) {
        return Stream.of(values).map(value -> prefix + value);
    }

    @Test
    void anErasureWithinOneMinuteHasOneTime() throws Exception {
        assertThat(page(issued(), Locale.ENGLISH).text()).contains("08:00 UTC – Friday, 20 March 2026, 08:30 UTC");
        given(new ErasureReport(
                ID, true, REPORT.endedAt().minusSeconds(1), REPORT.endedAt().plusSeconds(8), REPORT.datasets()));
        assertThat(page(issued(), Locale.ENGLISH).text()).contains("08:29 UTC – Friday, 20 March 2026, 08:30 UTC");
        given(new ErasureReport(ID, true, REPORT.endedAt(), REPORT.endedAt().plusSeconds(8), REPORT.datasets()));
        assertThat(page(issued(), Locale.ENGLISH).text())
                .contains("Erased and verified Friday, 20 March 2026, 08:30 UTC Certificate");
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
