package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.datamap.Article15;
import io.themis.datamap.Column;
import io.themis.datamap.Column.DateForm;
import io.themis.datamap.Dataset;
import io.themis.datamap.Mask;
import io.themis.datamap.Words;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A package of the sample company, to be changed where a test needs it. */
final class SamplePackage {

    static final Asked ASKED = new Asked(1, Map.of("emailAddress", 1));
    static final UUID REQUEST = UUID.fromString("6f9619ff-8b86-4d01-b42d-00cf4fc964ff");
    static final Instant CREATED = Instant.parse("2026-03-01T10:15:31Z");
    static final Instant EXPIRES = Instant.parse("2026-03-08T10:15:31Z");
    static final Controller CONTROLLER = new Controller(
            "Themis Inc.",
            "privacy@themis.example, 1 Scales Road, Springfield",
            "Data Protection Officer, dpo@themis.example",
            "State Commissioner for Data Protection, www.authority.example",
            "Themis Inc. makes no decisions about you by automated means alone and builds no profiles.");

    final StagedParts parts = new StagedParts();
    final List<PackageContent.Entry> entries = new ArrayList<>();
    Locale language = Locale.ENGLISH;
    Controller controller = CONTROLLER;

    /** A profile, posts on two sites, a partial dataset and one without findings. */
    static SamplePackage full() {
        SamplePackage sample = new SamplePackage();
        sample.add(
                "profile",
                "Profile",
                Dataset.Kind.SQL,
                sample.parts.stage(
                        null,
                        List.of("account_id", "display_name", "city"),
                        "{\"account_id\":4711,\"display_name\":\"Zoë <b>\",\"city\":null}"));
        sample.add(
                "posts",
                "Questions and answers",
                Dataset.Kind.LAKE,
                sample.parts.stage(
                        "coffee.stackexchange.com",
                        List.of("Id", "Score", "Body"),
                        "{\"Id\":\"1\",\"Score\":\"-3\",\"Body\":\"=1+1\"}",
                        "{\"Id\":\"2\",\"Score\":\"5\",\"Body\":\"two\\nlines, \\\"quoted\\\"\"}"),
                sample.parts.stage(
                        "beer.stackexchange.com", List.of("Id", "Body"), "{\"Id\":\"9\",\"Body\":\"Prost\"}"),
                sample.parts.stage(
                        "coffee.stackexchange.com", List.of("Id", "Tags"), "{\"Id\":\"3\",\"Tags\":\"<espresso>\"}"));
        Part badge = sample.parts.stage("coffee.stackexchange.com", List.of("Id"), "{\"Id\":\"77\"}");
        sample.add(
                dataset("badges", "Badges", Dataset.Kind.LAKE),
                new DatasetFindings(
                        "badges",
                        Status.PARTIAL,
                        List.of(new Shortfall(
                                Shortfall.Kind.UNREADABLE,
                                "tea.stackexchange.com/Badges.xml ends in the middle of a row.")),
                        1,
                        1_234_567,
                        1,
                        Set.of("coffee.stackexchange.com"),
                        List.of(badge),
                        new Asked(2, Map.of("siteUserId", 3)),
                        Review.NOTHING));
        sample.add("votes", "Votes", Dataset.Kind.LAKE);
        return sample;
    }

    /** Questions and answers as the sample company's map describes them, on three pages. */
    static SamplePackage described() {
        SamplePackage sample = new SamplePackage();
        String[] rows = new String[250];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = """
                    {"Id":"%d","PostTypeId":"%d","CreationDate":"2019-05-%02dT08:09:10.123","Score":%d,"Body":"%s",\
                    "LastEditorDisplayName":%s,"Meta":{"tags":["espresso","filter"],"seen":{"times":%d,"from":null}},"Closed":null}\
                    """.formatted(
                            i + 1,
                            i % 3 + 1,
                            i % 28 + 1,
                            i - 3,
                            i % 2 == 0 ? "<p>Short.</p>" : "<p>Grind finer, and water the tamper.</p>\\n".repeat(12),
                            i % 5 == 0 ? "\"[masked]\"" : i % 7 == 0 ? "\"\"" : "\"Maja\"",
                            i);
        }
        sample.add(
                dataset(
                        "posts",
                        "Questions and answers",
                        Dataset.Kind.LAKE,
                        Map.of(
                                "PostTypeId",
                                column("Kind of post", Map.of("1", "question", "2", "answer"), null, null),
                                "CreationDate",
                                column("Written", Map.of(), DateForm.ISO, null),
                                "LastEditorDisplayName",
                                column("Name of the last editor", Map.of(), null, new Mask(Map.of())))),
                findings(
                        "posts",
                        sample.parts.stage(
                                "coffee.stackexchange.com",
                                List.of(
                                        "Id",
                                        "PostTypeId",
                                        "CreationDate",
                                        "Score",
                                        "Body",
                                        "LastEditorDisplayName",
                                        "Meta",
                                        "Closed"),
                                Map.of("LastEditorDisplayName", 50L),
                                rows)));
        return sample;
    }

    /** A dataset {@code letters} of these files. */
    SamplePackage letters(Part... staged) {
        Dataset rows = dataset("letters", "Your letters", Dataset.Kind.LAKE);
        add(
                new Dataset(
                        rows.name(),
                        rows.kind(),
                        rows.title(),
                        null,
                        null,
                        "letters/{customer}/{*name}",
                        Dataset.Format.FILE,
                        null,
                        Dataset.Engine.THEMIS,
                        Map.of("customer", "customerId"),
                        null,
                        Set.of("customerId"),
                        Map.of(),
                        List.of(),
                        Map.of(),
                        rows.article15(),
                        null,
                        1),
                findings("letters", staged));
        return this;
    }

    static Column column(String title, Map<String, String> values, DateForm date, Mask mask) {
        Map<String, Words<String>> meanings = new LinkedHashMap<>();
        values.forEach((code, meaning) -> meanings.put(code, Words.of(Locale.ENGLISH, meaning)));
        return new Column(Words.of(Locale.ENGLISH, title), meanings, date, mask);
    }

    void add(String name, String title, Dataset.Kind kind, Part... staged) {
        add(dataset(name, title, kind), findings(name, staged));
    }

    void add(Dataset dataset, DatasetFindings findings) {
        entries.add(new PackageContent.Entry(dataset, findings));
    }

    /** A dataset {@code notes} with these parts and nothing else. */
    SamplePackage notes(Part... staged) {
        add("notes", "Notes", Dataset.Kind.LAKE, staged);
        return this;
    }

    static DatasetFindings findings(String dataset, Part... staged) {
        long rows = List.of(staged).stream().mapToLong(Part::rows).sum();
        return new DatasetFindings(
                dataset,
                rows == 0 ? Status.NOTHING_FOUND : Status.COMPLETE,
                List.of(),
                2,
                4_200_000,
                rows,
                Set.of(),
                List.of(staged),
                ASKED,
                Review.NOTHING);
    }

    static Dataset dataset(String name, String title, Dataset.Kind kind) {
        return dataset(name, title, kind, Map.of());
    }

    static Dataset dataset(String name, String title, Dataset.Kind kind, Map<String, Column> columns) {
        Article15 article15 = new Article15(
                Words.of(Locale.ENGLISH, List.of("Running the community", "Keeping it safe")),
                Words.of(Locale.ENGLISH, List.of("What you wrote")),
                Words.of(Locale.ENGLISH, List.of()),
                Words.of(Locale.ENGLISH, "As long as the account is open"),
                null);
        return new Dataset(
                name,
                kind,
                Words.of(Locale.ENGLISH, title),
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
                columns,
                article15,
                null,
                1);
    }

    PackageContent content() {
        return new PackageContent(REQUEST, "access", language, CREATED, EXPIRES, controller, entries);
    }

    /** As one zip, however large. */
    byte[] write() throws IOException {
        ZipsInMemory store = new ZipsInMemory();
        write(Long.MAX_VALUE, store);
        assertThat(store.zips).containsOnlyKeys(REQUEST + ".zip");
        return store.zips.get(REQUEST + ".zip");
    }

    PackageSummary write(long volumeSize, VolumeStore store) throws IOException {
        return new PackageWriter("1.2.3", volumeSize).write(content(), parts, store);
    }
}
