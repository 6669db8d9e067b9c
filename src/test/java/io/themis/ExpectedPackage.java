package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.StackExchangeRows;
import io.themis.devservices.StackExchangeRows.Source;
import io.themis.devservices.UsersDatabase;
import io.themis.export.Rfc4180;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;

/**
 * What the package of one person must hold, worked out from the users database and the files of the lake without any
 * code of Themis.
 */
final class ExpectedPackage {

    private static final Map<String, String> TABLES = Map.of(
            "site-accounts", "Users",
            "posts", "Posts",
            "comments", "Comments",
            "badges", "Badges",
            "votes", "Votes",
            "post-history", "PostHistory");

    private final Map<String, Source> lake;
    private final Map<String, Object> profile;
    private final Map<String, List<Map<String, String>>> lakeRows;

    private ExpectedPackage(
            Map<String, Source> lake, Map<String, Object> profile, Map<String, List<Map<String, String>>> lakeRows) {
        this.lake = lake;
        this.profile = profile;
        this.lakeRows = lakeRows;
    }

    /** @param lake by {@code <site>/<Table>.xml} */
    static ExpectedPackage of(String emailAddress, UsersDatabase users, Map<String, Source> lake)
            throws SQLException, IOException, XMLStreamException {
        Map<String, Object> profile = profile(emailAddress, users);
        Object accountId = profile.get("account_id");
        return new ExpectedPackage(
                lake, profile, accountId == null ? Map.of() : StackExchangeRows.ofPerson(lake, (Long) accountId));
    }

    private static Map<String, Object> profile(String emailAddress, UsersDatabase users) throws SQLException {
        try (Connection connection = DriverManager.getConnection(users.url(), users.username(), users.password());
                PreparedStatement query = connection.prepareStatement("SELECT * FROM users WHERE email_address = ?")) {
            query.setString(1, emailAddress);
            ResultSet row = query.executeQuery();
            assertThat(row.next()).as("the users database knows the person").isTrue();
            Map<String, Object> columns = new LinkedHashMap<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                columns.put(row.getMetaData().getColumnLabel(i), row.getObject(i));
            }
            return columns;
        }
    }

    /** Rows of the lake. */
    int rows() {
        return lakeRows.values().stream().mapToInt(List::size).sum();
    }

    /** {@code <site>/<Table>} of every table with rows of the person. */
    Set<String> tables() {
        return lakeRows.keySet();
    }

    /** @param files of the package, unzipped, by path */
    void isHeldBy(Map<String, byte[]> files) throws Exception {
        isHeldBy(files, Set.of());
    }

    /** @param others datasets that the data map has besides those of the sample; what the package has of them is not looked at */
    void isHeldBy(Map<String, byte[]> files, Set<String> others) throws Exception {
        Map<String, List<Map<String, Object>>> expected = rowsByFile();

        assertThat(dataFiles(files.keySet(), others))
                .as("data files")
                .containsExactlyInAnyOrderElementsOf(expected.keySet().stream()
                        .flatMap(stem -> List.of(stem + ".jsonl", stem + ".csv").stream())
                        .toList());
        for (Map.Entry<String, List<Map<String, Object>>> file : expected.entrySet()) {
            assertThat(Themis.rows(files.get(file.getKey() + ".jsonl")))
                    .as(file.getKey() + ".jsonl")
                    .isEqualTo(file.getValue());
            hasRows(file.getKey() + ".csv", files.get(file.getKey() + ".csv"), file.getValue());
        }
        hasRightManifest(files, expected, others);
        hasRightChecksums(files);
    }

    private static List<String> dataFiles(Set<String> paths, Set<String> others) {
        return paths.stream()
                .filter(path -> path.startsWith("data/"))
                .filter(path -> others.stream().noneMatch(other -> path.matches("data/" + other + "[./].*")))
                .toList();
    }

    private Map<String, List<Map<String, Object>>> rowsByFile() {
        Map<String, List<Map<String, Object>>> expected = new TreeMap<>();
        expected.put("data/profile", List.of(profile));
        TABLES.forEach((dataset, table) -> lakeRows.forEach((path, rows) -> {
            if (path.endsWith("/" + table)) {
                expected.put(
                        "data/" + dataset + "/" + site(path),
                        rows.stream()
                                .<Map<String, Object>>map(row -> withoutOtherEditors(row, site(path)))
                                .toList());
            }
        }));
        assertThat(expected).as("every table of the person is in a dataset").hasSize(lakeRows.size() + 1);
        return expected;
    }

    /** Who else edited a post is none of the person's business; the sample's data map hides that. */
    private Map<String, Object> withoutOtherEditors(Map<String, String> row, String site) {
        Map<String, Object> shown = new LinkedHashMap<>(row);
        boolean edited = lakeRows.get(site + "/Users").stream()
                .anyMatch(account -> account.get("Id").equals(row.get("LastEditorUserId")));
        if (row.containsKey("LastEditorDisplayName") && !edited) {
            shown.put("LastEditorDisplayName", "[masked]");
        }
        return shown;
    }

    private static void hasRows(String path, byte[] csv, List<Map<String, Object>> rows) {
        List<List<String>> records = Rfc4180.read(csv);
        List<String> header = records.get(0);
        Set<String> columns = rows.stream()
                .flatMap(row -> row.keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        assertThat(header).as("columns of %s", path).containsExactlyInAnyOrderElementsOf(columns);
        List<List<String>> expected = rows.stream()
                .map(row -> header.stream().map(column -> cell(row.get(column))).toList())
                .toList();
        assertThat(records.subList(1, records.size())).as(path).isEqualTo(expected);
    }

    /** An apostrophe stands before what a spreadsheet could take for a formula. */
    private static String cell(Object value) {
        String text = value == null ? "" : value.toString();
        boolean formula = text.matches("(?s)[=+\\-@\\t\\r\\n＝＋－＠].*") && !text.matches("-\\d+(\\.\\d+)?");
        return formula ? "'" + text : text;
    }

    private void hasRightManifest(
            Map<String, byte[]> files, Map<String, List<Map<String, Object>>> expected, Set<String> others)
            throws Exception {
        JsonNode manifest = Themis.json(text(files, "manifest.json"));
        Map<String, JsonNode> datasets = new TreeMap<>();
        manifest.required("datasets")
                .forEach(dataset -> datasets.put(dataset.required("name").textValue(), dataset));
        datasets.keySet().removeAll(others);
        assertThat(datasets)
                .hasSize(TABLES.size() + 1)
                .containsKey("profile")
                .containsKeys(TABLES.keySet().toArray(String[]::new));
        for (JsonNode dataset : datasets.values()) {
            hasRightEntry(dataset, expected);
        }

        Map<String, JsonNode> listed = new TreeMap<>();
        manifest.required("files")
                .forEach(file -> listed.put(file.required("path").textValue(), file));
        Set<String> looked = Set.copyOf(dataFiles(files.keySet(), others));
        assertThat(dataFiles(listed.keySet(), others)).containsExactlyInAnyOrderElementsOf(looked);
        for (JsonNode file : listed.values()) {
            String path = file.required("path").textValue();
            assertThat(file.required("bytes").longValue()).as(path).isEqualTo(files.get(path).length);
            assertThat(file.required("sha256").textValue()).as(path).isEqualTo(sha256(files.get(path)));
            if (looked.contains(path)) {
                assertThat(file.required("rows").intValue())
                        .as(path)
                        .isEqualTo(expected.get(path.replaceFirst("\\.(jsonl|csv)$", ""))
                                .size());
            }
        }
    }

    private void hasRightEntry(JsonNode dataset, Map<String, List<Map<String, Object>>> expected) throws IOException {
        String name = dataset.required("name").textValue();
        List<String> stems = expected.keySet().stream()
                .filter(stem -> stem.equals("data/" + name) || stem.startsWith("data/" + name + "/"))
                .toList();
        List<Source> searched = name.equals("profile") ? List.of() : searched(TABLES.get(name));
        long bytes = 0;
        for (Source file : searched) {
            bytes += length(file);
        }

        assertThat(dataset.required("kind").textValue()).as(name).isEqualTo(name.equals("profile") ? "sql" : "lake");
        assertThat(dataset.required("status").textValue())
                .as(name)
                .isEqualTo(stems.isEmpty() ? "nothing found" : "complete");
        assertThat(dataset.has("reasons")).as("%s is partial", name).isFalse();
        assertThat(dataset.required("searched").required("files").intValue())
                .as("files searched for %s", name)
                .isEqualTo(searched.size());
        assertThat(dataset.required("searched").required("bytes").longValue())
                .as("bytes searched for %s", name)
                .isEqualTo(bytes);
        assertThat(dataset.required("matched").required("rows").intValue())
                .as("rows of %s", name)
                .isEqualTo(stems.stream()
                        .mapToInt(stem -> expected.get(stem).size())
                        .sum());
        List<String> paths = new ArrayList<>();
        dataset.required("files").forEach(path -> paths.add(path.textValue()));
        assertThat(paths)
                .containsExactlyInAnyOrderElementsOf(
                        stems.stream().map(stem -> stem + ".jsonl").toList());
    }

    /** Accounts are looked for on every site; everything else where the person has an account. */
    private List<Source> searched(String table) {
        return lake.entrySet().stream()
                .filter(file -> file.getKey().endsWith("/" + table + ".xml"))
                .filter(file -> table.equals("Users")
                        ? profile.get("account_id") != null
                        : lakeRows.containsKey(site(file.getKey()) + "/Users"))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static void hasRightChecksums(Map<String, byte[]> files) throws Exception {
        List<String> expected = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (!file.getKey().equals("SHA256SUMS")) {
                expected.add(sha256(file.getValue()) + "  " + file.getKey());
            }
        }
        assertThat(text(files, "SHA256SUMS").lines()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String text(Map<String, byte[]> files, String path) {
        assertThat(files).containsKey(path);
        return new String(files.get(path), StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static long length(Source file) throws IOException {
        try (InputStream in = file.open()) {
            return in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static String site(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
