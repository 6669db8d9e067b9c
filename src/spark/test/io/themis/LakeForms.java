package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.themis.lake.MisleadingFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * Lake files in every form that has misled a reader, of each format, by name. The person has the key 42, in a column called Key, and is
 * called Elena Rossi.
 */
final class LakeForms {

    private static final int FUZZED = 30;

    private static final Map<String, String> XML_ROWS = new LinkedHashMap<>();
    private static final Map<String, String> XML_FILES = new LinkedHashMap<>();
    private static final Map<String, String> JSON_LINES = new LinkedHashMap<>();
    private static final Map<String, String> CSV_FILES = new LinkedHashMap<>();

    static {
        XML_ROWS.put("plain", "<row Key=\"42\" Body=\"own\" /><row Key=\"7\" Body=\"other\" />");
        XML_ROWS.put("decimal", "<row Key=\"&#52;2\" />");
        XML_ROWS.put("hexadecimal", "<row Key=\"4&#x32;\" />");
        XML_ROWS.put("quotes", "<row Key='42' Body=\" x\" /><row Key = '42' Body='\"'></row>");
        XML_ROWS.put("white-space", "<row\nKey\t=\n\"42\"\r\nBody=\"a&#10;b\tc\"/>");
        XML_ROWS.put("ends-within-a-value", "<row Body=\"/>\" Key=\"42\" /><row Body=\"/>\" Key=\"4\" />");
        XML_ROWS.put("key-within-a-value", "<row Body='Key=\"4\"' Key=\"42\" /><row Body='Key=\"42\"' Key=\"4\" />");
        XML_ROWS.put("row-within-a-value", "<row Body='&lt;row Key=\"42\" />' Key=\"4\" />");
        XML_ROWS.put("like-names", "<row XKey=\"4\" KeyX=\"4\" Key=\"42\"></row><row XKey=\"42\" KeyX=\"42\" Key=\"4\" />");
        XML_ROWS.put("like-keys", "<row Key=\"4\" /><row Key=\"420\" /><row Key=\"142\" /><row Key=\"042\" /><row Key=\"42 \" />");
        XML_ROWS.put("comment", "<!-- c --><row Key=\"42\" />");
        XML_ROWS.put("rows-in-a-comment", "<row Key=\"4\" /><!-- \n<row Key=\"42\" />\n--><row Key=\"42\" Body=\"own\" />");
        XML_ROWS.put("instruction", "<?x <row Key=\"42\" /> ?><row Key=\"42\" Body=\"own\" />");
        XML_ROWS.put("letters", "<row Key=\"42\" Body=\"é ü 田辺 😀 &#128512; &amp;lt; &quot;\" Na.me-1=\"x\" />");
        XML_ROWS.put("long", "<row Key=\"4\" Body=\"%1$s\" /><row Key=\"42\" Body=\"%1$s\" />".formatted("ä".repeat(90_000)));
        XML_ROWS.put("namesake", "<row Name=\"Elena Rossi\" /><row Name=\"ELENA  ROSSI\" Key=\"7\" /><row Name=\"Elena Rossi\" Key=\"42\" />");
        XML_ROWS.put("[braces] {and} stars*", "<row Key=\"42\" />");
        XML_ROWS.put("number #1 + ä", "<row Key=\"42\" />");
        XML_ROWS.put("none", "<row Key=\"4\" />");
        XML_ROWS.put("nothing", "");

        XML_FILES.put("lines end with CR LF", "<?xml version=\"1.0\"?>\r\n<rows>\r\n<row Key=\"42\" />\r\n<row Key=\"4\" />\r\n</rows>\r\n");
        XML_FILES.put("mark", "\uFEFF<rows><row Key=\"42\" /></rows>");
        XML_FILES.put("root with one", "<rows at=\"1\"><row Key=\"42\" /></rows>");
        XML_FILES.put("root with two", "<rows at=\"1\" Key=\"42\"><row Key=\"42\" /></rows>");
        XML_FILES.put("after the end", "<rows><row Key=\"42\" /></rows><!-- <row Key=\"42\" /> -->\n\n");
        XML_FILES.put("cut in a row", "<rows><row Key=\"42\" /><row Key=\"4\" Bo");
        XML_FILES.put("cut before the end", "<rows><row Key=\"42\" />\n<row Key=\"4\" />\n");
        XML_FILES.put("cdata", "<rows><row Key=\"42\" /><![CDATA[<row Key=\"42\" />]]></rows>");
        XML_FILES.put("text", "<rows><row Key=\"42\" />text<row Key=\"42\" /></rows>");
        XML_FILES.put("element", "<rows><row Key=\"42\" /><row Key=\"4\"><a/></row><row Key=\"42\" /></rows>");
        XML_FILES.put("twice", "<rows><row Key=\"42\" /><row Key=\"4\" Key=\"42\" /></rows>");
        XML_FILES.put("doctype", "<!DOCTYPE rows [<!ENTITY a \"42\">]><rows><row Key=\"&a;\" /></rows>");
        XML_FILES.put("entity", "<rows><row Key=\"42\" Body=\"&nbsp;\" /></rows>");
        XML_FILES.put("hole", "<rows><row Key=\"42\" /><row Key=\"4\" Body=\"\0\0\0\0\0\0\" /><row Key=\"42\" /></rows>");
        XML_FILES.put("control", "<rows><row Key=\"42\" Body=\"\u0001\" /></rows>");
        XML_FILES.put("none of it", "Key,Body\n42,x\n");

        JSON_LINES.put("number", "{\"Key\":4}\n{\"Key\":42}\n{\"Key\":null}\n{\"Key\":422}\n");
        JSON_LINES.put("text", "{\"Key\":\"42\"}\n{\"Key\":\"42 \"}\n{\"Key\":\"042\"}\n");
        JSON_LINES.put("fraction", "{\"Key\" :\t42.0}\n{\"Key\":4.2E1}\n{\"Key\":420e-1}\n");
        JSON_LINES.put("escaped", "{\"Key\":\"\\u0034\\u0032\"}\n{\"\\u004Bey\":\"42\"}\n{\"K\\u0065y\":42}\n{\"Body\":\"\\u004Bey\"}\n");
        JSON_LINES.put("nested", "{\"a\":{\"Key\":1},\"Key\":42}\n{\"a\":{\"Key\":42},\"Key\":1}\n{\"a\":[{\"Key\":42}]}\n");
        JSON_LINES.put("within a value", "{\"a\":\"Key\",\"b\":[\"Key\"],\"c\":\"\\\"Key\\\":1\",\"Key\":42}\n{\"c\":\"\\\"Key\\\":42\"}\n");
        JSON_LINES.put("white space", " \t{\"Key\":42} \r\n\r\n\n{ \"Key\" : 42 , \"x\" : [ ] }");
        JSON_LINES.put("letters", "{\"Key\":42,\"Body\":\"é 田辺 😀 \\ud83d\\ude00 \\/ \\n\",\"big\":12345678901234567890.10}\n");
        JSON_LINES.put("namesake", "{\"Name\":\"Elena Rossi\"}\n{\"Name\":\"elena rossi\",\"Key\":7}\n");
        JSON_LINES.put("mark", "\uFEFF{\"Key\":42}\n");
        JSON_LINES.put("nothing", "\n");
        JSON_LINES.put("name twice", "{\"Key\":42}\n{\"Key\":4,\"Key\":42}\n");
        JSON_LINES.put("no key", "{\"Key\":42}\n{\"Key\":[42]}\n{\"Key\":{\"a\":42}}\n{\"Key\":true}\n");
        JSON_LINES.put("cut", "{\"Key\":42}\n{\"Key\":42,\"Body\":\"x");
        JSON_LINES.put("array", "{\"Key\":42}\n[]\n{\"Key\":42}\n");
        JSON_LINES.put("word", "{\"Key\":42}\nx\n");
        JSON_LINES.put("two in a line", "{\"Key\":4}{\"Key\":42}\n");
        JSON_LINES.put("hole", "{\"Key\":42}\n\0\0\0\0\0\0\n{\"Key\":5}\n");

        CSV_FILES.put("plain", "Key,Body\n42,x\n4,\"42\"\n420,y\n");
        CSV_FILES.put("quoted", "Key,Body\r\n\"42\",\"a \"\"b\"\"\"\r\n\"4\"\"2\",\r\n");
        CSV_FILES.put("lines within a value", "Body,Key\n\"x\n42,42\ny\",42\n\"x\n42,42\ny\",4\n");
        CSV_FILES.put("empty lines", "Key,Body\r4,\"\n42,x\"\n\n42,\"x\n4,\"\"x\"\"\"\r\n422,\"\"\n");
        CSV_FILES.put("mark", "\uFEFFKey,Body\n42,é\n");
        CSV_FILES.put("namesake", "Key,Name\n,Elena Rossi\n7,Elena Rossi\n42,Elena Rossi\n");
        CSV_FILES.put("cells", "Key,Body\n42,x\n4\n42,y\n");
        CSV_FILES.put("open quote", "Key,Body\n42,x\n4,\"y\n42,z\n");
        CSV_FILES.put("hole", "Key,Body\n42,x\n\0\0,y\n");
    }

    private LakeForms() {}

    static Map<String, byte[]> xml() {
        Map<String, byte[]> files = new TreeMap<>(MisleadingFiles.xml(FUZZED));
        XML_ROWS.forEach((name, rows) ->
                files.put(name, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rows>\n  %s\n</rows>".formatted(rows).getBytes(UTF_8)));
        XML_FILES.forEach((name, file) -> files.put(name, file.getBytes(UTF_8)));
        files.put("UTF-16", "<rows><row Key=\"42\" /></rows>".getBytes(UTF_16));
        files.put("Latin", "<rows><row Key=\"42\" Body=\"ä\" /></rows>".getBytes(ISO_8859_1));
        files.put("empty", new byte[0]);
        return files;
    }

    static Map<String, byte[]> jsonl() {
        Map<String, byte[]> files = new TreeMap<>(MisleadingFiles.jsonl(FUZZED));
        JSON_LINES.forEach((name, file) -> files.put(name, file.getBytes(UTF_8)));
        files.put("UTF-16", "{\"Key\":42}\n".getBytes(UTF_16));
        files.put("Latin", "{\"Key\":42,\"Body\":\"ä\"}\n".getBytes(ISO_8859_1));
        files.put("empty", new byte[0]);
        return files;
    }

    static Map<String, byte[]> csv() {
        Map<String, byte[]> files = new TreeMap<>(MisleadingFiles.csv(FUZZED));
        CSV_FILES.forEach((name, file) -> files.put(name, file.getBytes(UTF_8)));
        files.put("Latin", "Key,Body\n42,ä\n".getBytes(ISO_8859_1));
        files.put("empty", new byte[0]);
        return files;
    }

    /** The same files gzipped; besides them, one that breaks off and one that is none. */
    static Map<String, byte[]> packed(Map<String, byte[]> files) {
        Map<String, byte[]> packed = new TreeMap<>();
        files.forEach((name, file) -> packed.put(name, gzip(file)));
        byte[] one = packed.get("letters");
        packed.put("breaks off", Arrays.copyOf(one, one.length - 9));
        packed.put("not packed", files.get("letters"));
        return packed;
    }

    /** Those of {@link #xml} that any parser reads, and whose names are the same in a package. */
    static Set<String> readableXml() {
        return XML_ROWS.keySet().stream().filter(name -> name.matches("[a-z-]+")).collect(Collectors.toSet());
    }

    private static byte[] gzip(byte[] file) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
