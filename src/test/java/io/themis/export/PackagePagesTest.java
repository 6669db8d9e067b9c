package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.Article15;
import io.themis.datamap.Dataset;
import io.themis.datamap.Words;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Languages;
import io.themis.request.Shortfall;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

class PackagePagesTest {

    private static final String EVIL = "<script>alert(1)</script>\"'&";

    @Test
    void everyLinkLeadsToAFileOrAPlaceInThePackage() throws Exception {
        SamplePackage sample = SamplePackage.full();
        sample.notes(
                sample.parts.stage("100% Zürich", List.of("a"), "{\"a\":1}"),
                sample.parts.stage("../x", List.of("a"), "{\"a\":1}"));
        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());
        int links = 0;
        for (String page : pages(unzipped)) {
            for (String href : all("(?:href|src)=\"([^\"]*)\"", unzipped.text(page))) {
                URI link = URI.create("package:/" + page).resolve(href.isEmpty() ? page : href);
                String target = href.startsWith("#") ? page : link.getPath().substring(1);
                assertThat(unzipped.files).as("%s in %s", href, page).containsKey(target);
                if (link.getFragment() != null) {
                    assertThat(unzipped.text(target)).contains("id=\"" + link.getFragment() + "\"");
                }
                links++;
            }
        }
        assertThat(links).isGreaterThan(30);
        assertThat(unzipped.files.keySet())
                .filteredOn(path -> path.startsWith("data/"))
                .allMatch(path -> unzipped.text("index.html").contains("\"" + path.replace("%", "%25") + "\""));
    }

    @Test
    void noPageRunsAScriptOrCallsTheNetwork() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());
        for (String page : pages(unzipped)) {
            assertThat(unzipped.text(page))
                    .contains(
                            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self';")
                    .doesNotContainIgnoringCase("<script")
                    .doesNotContain("http:", "https:", "src=", "style=", "<style")
                    .doesNotContainPattern("\\son[a-z]+=");
        }
        assertThat(unzipped.text("assets/style.css")).doesNotContain("url(", "@import", "http");
    }

    @Test
    void whatComesFromTheCompanyIsEscaped() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.controller = new Controller(EVIL, EVIL, EVIL, EVIL, EVIL);
        Dataset dataset = new Dataset(
                "notes",
                Dataset.Kind.LAKE,
                words(EVIL),
                null,
                null,
                null,
                null,
                null,
                Dataset.Engine.THEMIS,
                Map.of(),
                null,
                Set.of(),
                Map.of(),
                List.of(),
                Map.of(),
                new Article15(
                        words(List.of(EVIL)),
                        words(List.of(EVIL, EVIL)),
                        words(List.of(EVIL)),
                        words(EVIL),
                        words(EVIL)),
                null,
                1);
        sample.add(dataset, SamplePackage.findings("notes", sample.parts.stage(EVIL, List.of("a"), "{\"a\":\"x\"}")));
        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());

        for (String page : pages(unzipped)) {
            assertThat(unzipped.text(page)).doesNotContain("<script").contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        }
    }

    @Test
    void theOverviewSaysWhatWasFoundAndUntilWhenTheLinkHolds() throws Exception {
        String index = UnzippedPackage.of(SamplePackage.full().write()).text("index.html");

        assertThat(index)
                .contains("<html lang=\"en\">")
                .contains("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
                .contains("<time datetime=\"2026-03-08T10:15:31Z\">Sunday, 8 March 2026, 10:15 UTC</time>")
                .contains("Questions and answers")
                .contains("Questions and answers: 4 records. 2 files were searched to their end (4.2\u00A0MB).")
                .contains("1 record. A database was asked.")
                .contains("no records. 2 files were searched to their end (4.2\u00A0MB).")
                .contains("<span class=\"status complete\">Complete</span>")
                .contains("<span class=\"status partial\">Incomplete</span>")
                .contains("<span class=\"status nothing-found\">Nothing found</span>");
    }

    @Test
    void whatWasFoundComesFirstToReadThenAsSpreadsheetsThenExactly() throws Exception {
        Document index =
                Jsoup.parse(UnzippedPackage.of(SamplePackage.full().write()).text("index.html"));

        List<String> links = index.select("main a").eachAttr("href").stream()
                .filter(link -> link.matches("(tables|data)/.*"))
                .toList();
        assertThat(links)
                .containsExactly(
                        "tables/profile/1.html",
                        "tables/posts/beer.stackexchange.com/1.html",
                        "tables/posts/coffee.stackexchange.com/1.html",
                        "tables/badges/coffee.stackexchange.com/1.html",
                        "data/profile.csv",
                        "data/posts/beer.stackexchange.com.csv",
                        "data/posts/coffee.stackexchange.com.csv",
                        "data/badges/coffee.stackexchange.com.csv",
                        "data/profile.jsonl",
                        "data/posts/beer.stackexchange.com.jsonl",
                        "data/posts/coffee.stackexchange.com.jsonl",
                        "data/badges/coffee.stackexchange.com.jsonl");
        assertThat(index.select("main a").eachAttr("aria-label")).doesNotHaveDuplicates();
        assertThat(index.select("table.list tbody tr").eachText())
                .containsExactly(
                        "Profile 1 Read",
                        "Questions and answers 4",
                        "beer.stackexchange.com 1 Read",
                        "coffee.stackexchange.com 3 Read",
                        "Badges coffee.stackexchange.com Incomplete 1 Read");
        assertThat(index.text()).contains("Nothing about you was found in: Votes.");
    }

    @Test
    void whatIsMissingIsSaidInThePersonsLanguageWithTheProgramsOwnSentence() throws Exception {
        Map<Shortfall.Kind, String> kinds = Map.of(
                Shortfall.Kind.UNREADABLE, "Eine Datei konnte nicht oder nicht bis zum Ende gelesen werden.",
                Shortfall.Kind.REFUSED, "nicht herausgegeben",
                Shortfall.Kind.KEYS, "unter welcher Nummer Sie an einer Stelle bekannt sind",
                Shortfall.Kind.UNCERTAIN, "nicht sicher ist, dass es Ihre sind");
        assertThat(kinds).containsOnlyKeys(Shortfall.Kind.values());
        for (Map.Entry<Shortfall.Kind, String> kind : kinds.entrySet()) {
            SamplePackage sample = new SamplePackage();
            sample.language = Locale.GERMAN;
            sample.add(
                    SamplePackage.dataset("badges", "Badges", Dataset.Kind.LAKE),
                    new DatasetFindings(
                            "badges",
                            Status.PARTIAL,
                            List.of(new Shortfall(kind.getKey(), "what the program says")),
                            1,
                            1,
                            0,
                            Set.of(),
                            List.of(),
                            SamplePackage.ASKED,
                            Review.NOTHING));

            Document page = Jsoup.parse(UnzippedPackage.of(sample.write()).text("notices/partial.html"));

            assertThat(page.select("article ul:not([lang]) li").eachText())
                    .singleElement()
                    .asString()
                    .contains(kind.getValue());
            assertThat(page.select("article ul[lang=en] li").eachText()).containsExactly("what the program says");
        }
    }

    @Test
    void theReadmeNamesTheEndOfTheLinkInWordsAndInUtc() throws Exception {
        assertThat(UnzippedPackage.of(SamplePackage.full().write()).text("README.txt"))
                .contains("Sunday, 8 March 2026, 10:15 UTC", "2026-03-08T10:15:31Z");
    }

    @Test
    void noticesSayWhatIsIncompleteAndWhereNothingWasFound() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());

        assertThat(unzipped.text("notices/partial.html"))
                .contains("<li>tea.stackexchange.com/Badges.xml ends in the middle of a row.</li>")
                .contains("Badges")
                .doesNotContain("Votes", "Profile");
        assertThat(unzipped.text("notices/nothing-found.html"))
                .contains("Votes", "Nothing about you was found in the places below.")
                .doesNotContain("Badges", "Profile");
    }

    @Test
    void howManyRecordsShowANameLikeThePersonsIsSaidInThePersonsLanguageWithWhomToAsk() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.language = Locale.GERMAN;
        for (int rows : List.of(0, 4_321)) {
            String name = "posts" + rows;
            sample.add(
                    SamplePackage.dataset(name, "Posts " + rows, Dataset.Kind.LAKE),
                    new DatasetFindings(
                            name,
                            Status.NOTHING_FOUND,
                            List.of(),
                            1,
                            1,
                            0,
                            Set.of(),
                            List.of(),
                            SamplePackage.ASKED,
                            new Review(
                                    rows,
                                    List.of("where-it-is"),
                                    List.of(new Shortfall(Shortfall.Kind.UNREADABLE, "tea/Posts.xml: cut off")))));
        }

        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());

        Document page = Jsoup.parse(unzipped.text("notices/review.html"));
        assertThat(page.select("html").attr("lang")).isEqualTo("de");
        assertThat(page.select("tbody tr").eachText()).containsExactly("Posts 4321 4.321");
        assertThat(page.text())
                .contains("zeigen einen Namen wie Ihren", "Das Unternehmen ist aufgefordert", "Kontakt")
                .doesNotContain("where-it-is", "cut off");
        assertThat(Jsoup.parse(unzipped.text("index.html")).select("a[href=notices/review.html]"))
                .hasSize(1);
        assertThat(unzipped.text("manifest.json")).containsOnlyOnce("\"review\"");
        assertThat(UnzippedPackage.of(SamplePackage.full().write()).files).doesNotContainKey("notices/review.html");
    }

    @Test
    void aPackageWithoutAnyFindingSaysSo() throws Exception {
        UnzippedPackage unzipped =
                UnzippedPackage.of(new SamplePackage().notes().write());

        assertThat(unzipped.text("notices/nothing-found.html")).contains("Nothing about you was found in any of them.");
        assertThat(unzipped.text("article-15/information.html")).contains("No data about you were found");
    }

    @Test
    void theSheetCoversWhatArticle15AsksForTheDatasetsWithFindings() throws Exception {
        UnzippedPackage unzipped = UnzippedPackage.of(SamplePackage.full().write());

        JsonNode sheet = new ObjectMapper().readTree(unzipped.text("article-15/information.json"));
        assertThat(sheet.get("datasets").findValuesAsText("name")).containsExactly("profile", "posts", "badges");
        assertThat(sheet.get("datasets").get(0)).isEqualTo(new ObjectMapper().readTree("""
                {"name": "profile", "title": "Profile", "purposes": ["Running the community", "Keeping it safe"],
                 "categories": ["What you wrote"], "recipients": [], "retention": "As long as the account is open",
                 "origin": null}
                """));
        assertThat(sheet.get("rights").findValuesAsText("article")).containsExactly("16", "17", "18", "20", "21", "77");
        assertThat(sheet.get("controller").get("supervisoryAuthority").textValue())
                .isEqualTo(SamplePackage.CONTROLLER.supervisoryAuthority());
        assertThat(unzipped.text("article-15/information.html"))
                .contains(
                        "Keeping it safe",
                        "What you wrote",
                        "None stated",
                        "As long as the account is open",
                        "From you")
                .contains("Article 77 GDPR", SamplePackage.CONTROLLER.supervisoryAuthority())
                .contains(SamplePackage.CONTROLLER.automatedDecisions())
                .doesNotContain("Votes");
    }

    @Test
    void aControllerThatIsNotKnownIsLeftOutAndTheOpenQuestionSaid() throws Exception {
        for (Controller unknown : new Controller[] {null, new Controller(null, null, null, null, null)}) {
            SamplePackage sample = SamplePackage.full();
            sample.controller = unknown;

            assertThat(UnzippedPackage.of(sample.write()).text("article-15/information.html"))
                    .contains("The company has not stated here whether it makes decisions about you")
                    .doesNotContain("Who is responsible", "null");
        }
    }

    @Test
    void speaksGermanAndAnyOtherLanguageInEnglish() throws Exception {
        SamplePackage sample = SamplePackage.full();
        sample.language = Locale.GERMANY;
        UnzippedPackage german = UnzippedPackage.of(sample.write());
        sample.language = Locale.forLanguageTag("fi");
        Locale machine = Locale.getDefault();
        UnzippedPackage finnish;
        try {
            Locale.setDefault(Locale.GERMANY);
            finnish = UnzippedPackage.of(sample.write());
        } finally {
            Locale.setDefault(machine);
        }

        assertThat(german.text("index.html"))
                .contains(
                        "<html lang=\"de\">",
                        "Sonntag, 8. März 2026, 10:15 Uhr (UTC)",
                        "4 Datensätze",
                        "(4,2\u00A0MB)");
        assertThat(german.text("README.txt")).contains("IHRE PERSONENBEZOGENEN DATEN", "Sonntag, 8. März 2026");
        assertThat(german.text("manifest.json")).contains("\"language\" : \"de\"");
        assertThat(finnish.text("index.html")).contains("<html lang=\"en\">", "Your personal data");
        assertThat(finnish.text("README.txt")).contains("YOUR PERSONAL DATA");
        assertThat(finnish.text("manifest.json")).contains("\"language\" : \"en\"");
    }

    @Test
    void theMapsWordsAreInThePersonsLanguageOrSayInWhichTheyAre() throws Exception {
        SamplePackage sample = new SamplePackage();
        sample.language = Locale.GERMAN;
        Words<String> both =
                new Words<>(Locale.ENGLISH, Map.of(Locale.ENGLISH, "Your notes", Locale.GERMAN, "Notizen"));
        sample.add(
                titled("notes", both),
                SamplePackage.findings("notes", sample.parts.stage(null, List.of("a"), "{\"a\":1}")));
        sample.add(titled("votes", words("Your votes")), SamplePackage.findings("votes"));
        UnzippedPackage unzipped = UnzippedPackage.of(sample.write());

        assertThat(unzipped.text("index.html")).contains("Notizen").doesNotContain("Your notes");
        assertThat(unzipped.text("article-15/information.html"))
                .contains("<h3>Notizen</h3>")
                .contains("<dd><span lang=\"en\">As long as the account is open</span></dd>")
                .contains("<dd lang=\"en\"><ul><li>Running the community</li>");
        assertThat(unzipped.text("notices/nothing-found.html")).contains("<span lang=\"en\">Your votes</span>");
        assertThat(new ObjectMapper().readTree(unzipped.text("manifest.json")).findValuesAsText("title"))
                .containsExactly("Notizen", "Your votes");
    }

    private static Dataset titled(String name, Words<String> title) {
        Dataset dataset = SamplePackage.dataset(name, "", Dataset.Kind.LAKE);
        return new Dataset(
                name,
                Dataset.Kind.LAKE,
                title,
                null,
                null,
                null,
                null,
                null,
                Dataset.Engine.THEMIS,
                Map.of(),
                null,
                Set.of(),
                Map.of(),
                List.of(),
                Map.of(),
                dataset.article15(),
                null,
                1);
    }

    @Test
    void thereArePagesInEveryLanguageThatIsSpokenAndInNoOther() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/templates/package"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("texts")))
                    .containsExactlyInAnyOrderElementsOf(Languages.SPOKEN.stream()
                            .map(language -> language.equals(Locale.ENGLISH)
                                    ? "texts.properties"
                                    : "texts_" + language.getLanguage() + ".properties")
                            .toList());
        }
    }

    @Test
    void everyLanguageHasEveryTextWithTheSameValues() throws Exception {
        Properties english = texts("");
        Properties german = texts("_de");

        assertThat(german.keySet()).isEqualTo(english.keySet());
        for (String key : english.stringPropertyNames()) {
            assertThat(all("\\{(\\d)", german.getProperty(key)))
                    .as(key)
                    .isEqualTo(all("\\{(\\d)", english.getProperty(key)));
            if (!key.equals("time")) {
                assertThat(english.getProperty(key) + german.getProperty(key))
                        .as("%s: MessageFormat swallows a plain apostrophe", key)
                        .doesNotContain("'");
            }
        }
    }

    private static <T> Words<T> words(T english) {
        return Words.of(Locale.ENGLISH, english);
    }

    private static Properties texts(String language) throws Exception {
        Properties texts = new Properties();
        try (InputStream file =
                PackagePagesTest.class.getResourceAsStream("/templates/package/texts" + language + ".properties")) {
            texts.load(new InputStreamReader(file, StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static List<String> pages(UnzippedPackage unzipped) {
        return unzipped.files.keySet().stream()
                .filter(path -> path.endsWith(".html"))
                .toList();
    }

    private static List<String> all(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
