package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The same rows as a file of each format. What such a file has to be without somebody is the file that is made of the other rows:
 * no parser, and no code of Themis.
 */
final class SiteFiles {

    static final String POSTS = "posts.xml";
    static final String COMMENTS = "comments.csv";
    static final String ORDERS = "orders.zip";
    static final List<String> ALL =
            List.of(POSTS, COMMENTS, "visits.jsonl", "clicks.csv.gz", ORDERS, "payments.parquet");

    /**
     * @param member whose it is on the site
     * @param account whose it is everywhere
     * @param text that stands in files of text
     */
    record Row(int number, int member, long account, String text) {}

    private final Path folder;

    /** @param folder for files that have to be files */
    SiteFiles(Path folder) {
        this.folder = folder;
    }

    byte[] of(String file, List<Row> rows) {
        try {
            return switch (file) {
                case POSTS ->
                    lines(
                                    rows,
                                    row -> "  <row Id=\"%d\" Owner=\"%d\" Text=\"%s &quot;\u00e9&quot;\"/>\r\n"
                                            .formatted(row.number(), row.member(), row.text()),
                                    "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<posts>\r\n",
                                    "</posts>\r\n")
                            .getBytes(UTF_8);
                case COMMENTS ->
                    lines(
                                    rows,
                                    row -> "%d;%d;\"Zo\u00eb;\r\n%s\"\r\n"
                                            .formatted(row.number(), row.member(), row.text()),
                                    "number;member;text\r\n",
                                    "")
                            .getBytes(Charset.forName("windows-1252"));
                case "visits.jsonl" ->
                    lines(
                                    rows,
                                    row -> "{\"number\": %d, \"member\": {\"id\": %d}, \"text\": \"%s\"}\n"
                                            .formatted(row.number(), row.member(), row.text()),
                                    "",
                                    "")
                            .getBytes(UTF_8);
                case "clicks.csv.gz" ->
                    gzip(lines(
                            rows,
                            row -> "%d,%d,%s\n".formatted(row.number(), row.member(), row.text()),
                            "number,member,text\n",
                            ""));
                case ORDERS -> zip(rows);
                case "payments.parquet" -> parquet(rows);
                default -> throw new IllegalArgumentException(file);
            };
        } catch (IOException | SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static String lines(List<Row> rows, Function<Row, String> line, String before, String after) {
        return rows.stream().map(line).collect(Collectors.joining("", before, after));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(List<Row> rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int year : List.of(2025, 2026)) {
                zip.putNextEntry(new ZipEntry(year + ".csv"));
                Predicate<Row> isOfTheYear = row -> row.number() % 2 == year % 2;
                zip.write(lines(
                                rows.stream().filter(isOfTheYear).toList(),
                                row -> "%d,%d,%s\n".formatted(row.number(), row.account(), row.text()),
                                "number,account,text\n",
                                "")
                        .getBytes(UTF_8));
            }
            zip.putNextEntry(new ZipEntry("readme.txt"));
            zip.write("of nobody".getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private byte[] parquet(List<Row> rows) throws SQLException, IOException {
        Path file = folder.resolve("new.parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute(
                    "COPY (SELECT n AS number, {'id': m} AS member, t AS text FROM (VALUES %s) v(n, m, t)) TO '%s' (FORMAT parquet)"
                            .formatted(
                                    rows.stream()
                                            .map(row ->
                                                    "(%d, %d, '%s')".formatted(row.number(), row.member(), row.text()))
                                            .collect(Collectors.joining(", ")),
                                    file));
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
    }

    /** What a file says: packed ones may be packed in another way, and Parquet may lay out the same rows differently. */
    String content(String file, byte[] bytes) {
        try {
            if (file.endsWith(".gz")) {
                try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                    return new String(gzip.readAllBytes(), ISO_8859_1);
                }
            }
            return file.endsWith(".zip")
                    ? entries(bytes)
                    : file.endsWith(".parquet") ? rows(bytes) : new String(bytes, ISO_8859_1);
        } catch (IOException | SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static String entries(byte[] bytes) throws IOException {
        StringBuilder entries = new StringBuilder();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.append(entry.getName()).append('\n').append(new String(zip.readAllBytes(), ISO_8859_1));
            }
        }
        return entries.toString();
    }

    private String rows(byte[] bytes) throws SQLException, IOException {
        Path file = Files.write(folder.resolve("old.parquet"), bytes);
        StringBuilder rows = new StringBuilder();
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement();
                ResultSet found = statement.executeQuery("SELECT * FROM '%s'".formatted(file))) {
            while (found.next()) {
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    rows.append(found.getObject(i)).append('|');
                }
                rows.append('\n');
            }
        }
        Files.delete(file);
        return rows.toString();
    }
}
