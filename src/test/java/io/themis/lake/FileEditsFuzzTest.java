package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.junit.jupiter.api.Test;

/**
 * Random files, written piece by piece by this class, some of whose rows go and some of which are masked: what comes out is the pieces
 * without those that went, byte for byte.
 */
class FileEditsFuzzTest {

    private static final int FILES = 1_000;
    private static final String[] VALUES = {
        "",
        "42",
        "4 2",
        "é€",
        "日本😀",
        "a,b",
        "\"q\"",
        "it's",
        "x;y",
        "a\tb",
        "<&>",
        "]]>",
        "\\",
        "line\nend",
        "cr\rend",
        "crlf\r\nend"
    };
    private static final String MASK = "masked <\"&,;'> é";

    private final Random random = new Random(20_261_124);

    /** What is written of a row, before and after. */
    private record Piece(String before, String after) {

        static Piece kept(String text) {
            return new Piece(text, text);
        }
    }

    private enum Fate {
        SOMEBODY_ELSES,
        KEPT,
        DELETED,
        MASKED
    }

    private final Map<String, Fate> fates = Map.of("1", Fate.DELETED, "2", Fate.MASKED, "3", Fate.KEPT);

    private RowJudge judge(Object mask) {
        Map<ColumnPath, Object> masks = new LinkedHashMap<>();
        masks.put(new ColumnPath(List.of("owner")), null);
        masks.put(new ColumnPath(List.of("note")), mask);
        return row -> switch (fates.get(String.valueOf(row.get("owner")))) {
            case DELETED -> RowVerdict.DELETE;
            case MASKED -> new RowVerdict(false, masks);
            default -> RowVerdict.KEEP;
        };
    }

    private final RowMatch match = ExactMatch.of(Map.of("owner", Set.of("1", "2", "3")));

    @Test
    void takesRowsOutOfXmlAndLeavesTheRest() throws Exception {
        for (int i = 0; i < FILES; i++) {
            String lineEnd = any("\n", "\r\n", "\r", "");
            String indent = any("", "  ", "\t");
            List<Piece> pieces = new ArrayList<>();
            pieces.add(Piece.kept((random.nextBoolean() ? "\uFEFF" : "")
                    + any("", "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + lineEnd, "<!-- > -->" + lineEnd)
                    + "<rows a='>'>"
                    + (lineEnd.isEmpty() ? any("", " ") : lineEnd)));
            for (int row = random.nextInt(8); row > 0; row--) {
                pieces.add(xmlRow(indent, lineEnd));
                if (random.nextInt(6) == 0) {
                    pieces.add(Piece.kept(any("<!-- c -->", "<?pi x?>", "<!-- <row owner=\"1\"/> -->") + lineEnd));
                }
            }
            pieces.add(Piece.kept("</rows>" + any("", lineEnd, "<!-- end -->")));
            check(RowFormat.xmlRows(), pieces, StandardCharsets.UTF_8, MASK);
        }
    }

    private Piece xmlRow(String indent, String lineEnd) {
        String owner = any("1", "2", "3", "12", "");
        char quote = any("\"", "'").charAt(0);
        String other = " id=" + quote + xml(any(VALUES)) + quote;
        String ownerText = owner.isEmpty() ? "" : any(" ", "  ", "\n ") + "owner=" + quote + owner + quote;
        String note = any(VALUES);
        String noteBefore = " note = " + quote + xml(note) + quote;
        String noteAfter = " note = " + quote + xml(MASK) + quote;
        String end = any("/>", " />", "></row>", "> </row >", "><!-- </row> --></row>");
        String before = "<row" + other + ownerText + noteBefore + end;
        // Not after a row that leaves its line to the next
        String rest = lineEnd.isEmpty() ? "" : any("", " ") + lineEnd;
        boolean alone = !lineEnd.isEmpty();
        return switch (fate(owner)) {
            case DELETED -> new Piece(indent + before + rest, alone ? "" : indent + rest);
            case MASKED -> new Piece(indent + before + rest, indent + "<row" + other + noteAfter + end + rest);
            default -> Piece.kept(indent + before + rest);
        };
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;")
                .replace("\t", "&#9;")
                .replace("\n", "&#10;")
                .replace("\r", "&#13;");
    }

    @Test
    void takesRowsOutOfJsonLinesAndLeavesTheRest() throws Exception {
        for (int i = 0; i < FILES; i++) {
            Charset charset = any(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);
            List<Piece> pieces = new ArrayList<>();
            if (charset != StandardCharsets.UTF_8 || random.nextBoolean()) {
                pieces.add(Piece.kept("\uFEFF"));
            }
            int rows = random.nextInt(8);
            for (int row = 1; row <= rows; row++) {
                pieces.add(jsonRow(row == rows ? any("", "\n") : any("\n", "\r\n")));
                if (row < rows && random.nextInt(6) == 0) {
                    pieces.add(Piece.kept(any("\n", " \r\n")));
                }
            }
            check(RowFormat.jsonl(Set.of()), pieces, charset, MASK);
        }
    }

    private Piece jsonRow(String lineEnd) {
        String owner = any("1", "2", "3", "12", "");
        String blank = any("", " ", "\t");
        String ownerValue = owner.isEmpty() ? "null" : random.nextBoolean() ? owner : '"' + owner + '"';
        String other = "\"o\":" + blank
                + any("{\"owner\": 1, \"note\": [1, {\"note\": 2}]}", json(any(VALUES)), "1.50e3", "[]");
        String note = any(json(any(VALUES)), "17", "true", "[1, {\"a\": 2}]", "{\"a\": {\"b\": []}}");
        String start = blank + "{" + blank + other + ", \"owner\"" + blank + ":" + blank;
        String middle = blank + ",\"note\":";
        String end = blank + "}" + blank + lineEnd;
        String before = start + ownerValue + middle + note + end;
        return switch (fate(owner)) {
            case DELETED -> new Piece(before, "");
            case MASKED -> new Piece(before, start + "null" + middle + json(MASK) + end);
            default -> Piece.kept(before);
        };
    }

    private static String json(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }

    @Test
    void takesRowsOutOfCsvAndLeavesTheRest() throws Exception {
        for (int i = 0; i < FILES; i++) {
            Charset charset = any(
                    StandardCharsets.UTF_8,
                    StandardCharsets.UTF_16LE,
                    StandardCharsets.UTF_16BE,
                    Charset.forName("windows-1252"),
                    Charset.forName("Shift_JIS"));
            char delimiter = any(",", ";", "\t").charAt(0);
            char quote = any("\"", "'").charAt(0);
            String lineEnd = any("\n", "\r\n", "\r");
            boolean hasHeader = random.nextBoolean();
            List<Piece> pieces = new ArrayList<>();
            if (charset.name().startsWith("UTF") && random.nextBoolean()) {
                pieces.add(Piece.kept("\uFEFF"));
            }
            if (hasHeader) {
                pieces.add(Piece.kept(String.join("" + delimiter, "id", "owner", "note") + lineEnd));
            }
            int rows = random.nextInt(8);
            String mask = charset.canEncode() && charset.newEncoder().canEncode(MASK) ? MASK : "masked,;\"'";
            for (int row = 1; row <= rows; row++) {
                pieces.add(csvRow(charset, delimiter, quote, row == rows ? any("", lineEnd) : lineEnd, mask));
                if (row < rows && random.nextInt(6) == 0) {
                    pieces.add(Piece.kept(lineEnd));
                }
            }
            CsvLayout layout =
                    new CsvLayout(delimiter, quote, charset, hasHeader ? List.of() : List.of("id", "owner", "note"));
            check(RowFormat.csv(layout, Set.of()), pieces, charset, mask);
        }
    }

    private Piece csvRow(Charset charset, char delimiter, char quote, String lineEnd, String mask) {
        String owner = any("1", "2", "3", "12", "");
        String id = csv(value(charset), delimiter, quote, random.nextBoolean());
        String value = value(charset);
        boolean isQuoted = random.nextBoolean() || needsQuotes(value, delimiter, quote);
        String note = csv(value, delimiter, quote, isQuoted);
        boolean ownerQuoted = !owner.isEmpty() && random.nextBoolean();
        String before = id + delimiter + csv(owner, delimiter, quote, ownerQuoted) + delimiter + note + lineEnd;
        return switch (fate(owner)) {
            case DELETED -> new Piece(before, "");
            case MASKED ->
                new Piece(before, id + delimiter + delimiter + csv(mask, delimiter, quote, isQuoted) + lineEnd);
            default -> Piece.kept(before);
        };
    }

    private String value(Charset charset) {
        String value = any(VALUES);
        return charset.newEncoder().canEncode(value) && !value.contains("\\") ? value : "plain";
    }

    private static boolean needsQuotes(String text, char delimiter, char quote) {
        return text.chars().anyMatch(c -> c == delimiter || c == quote || c == '\n' || c == '\r');
    }

    private static String csv(String text, char delimiter, char quote, boolean isQuoted) {
        String doubled = text.replace("" + quote, "" + quote + quote);
        return isQuoted || needsQuotes(text, delimiter, quote) ? quote + doubled + quote : text;
    }

    private Fate fate(String owner) {
        return fates.getOrDefault(owner, Fate.SOMEBODY_ELSES);
    }

    private void check(RowFormat format, List<Piece> pieces, Charset charset, Object mask) throws Exception {
        byte[] before =
                pieces.stream().map(Piece::before).collect(Collectors.joining()).getBytes(charset);
        byte[] after =
                pieces.stream().map(Piece::after).collect(Collectors.joining()).getBytes(charset);
        if (before.length == 0) {
            return; // neither XML nor a CSV header
        }
        check(format, before, after, mask);

        GzipParameters header = new GzipParameters();
        header.setFileName("rows.txt");
        header.setComment("nightly");
        header.setModificationTime(1_700_000_000L);
        header.setCompressionLevel(random.nextBoolean() ? 9 : 1);
        checkPacked(format.gzipped(), before, after, mask, header);
    }

    private void check(RowFormat format, byte[] before, byte[] after, Object mask) throws Exception {
        FileEdits edits = format.edits(new ByteArrayInputStream(before), match, judge(mask));
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        format.rewrite(new ByteArrayInputStream(before), edits, target);
        String text = new String(before, StandardCharsets.UTF_8);
        assertThat(target.toByteArray()).as(text).isEqualTo(after);
        assertThat(edits.length()).isEqualTo(before.length);
        assertThat(edits.sha256()).as(text).isEqualTo(sha256(after));
        checkNothingIsLeft(format, after, edits, mask);
    }

    private void checkPacked(RowFormat format, byte[] before, byte[] after, Object mask, GzipParameters header)
            throws Exception {
        byte[] packed = gzip(before, header);
        FileEdits edits = format.edits(new ByteArrayInputStream(packed), match, judge(mask));
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        format.rewrite(new ByteArrayInputStream(packed), edits, target);
        try (GzipCompressorInputStream unpacked =
                new GzipCompressorInputStream(new ByteArrayInputStream(target.toByteArray()))) {
            assertThat(unpacked.readAllBytes()).isEqualTo(after);
            GzipParameters kept = unpacked.getMetaData();
            assertThat(kept.getFileName()).isEqualTo(header.getFileName());
            assertThat(kept.getComment()).isEqualTo(header.getComment());
            assertThat(kept.getModificationTime()).isEqualTo(header.getModificationTime());
            assertThat(kept.getCompressionLevel()).isEqualTo(header.getCompressionLevel());
        }
        checkNothingIsLeft(format, target.toByteArray(), edits, mask);
    }

    private void checkNothingIsLeft(RowFormat format, byte[] file, FileEdits edits, Object mask) throws Exception {
        FileEdits again = format.edits(new ByteArrayInputStream(file), match, judge(mask));
        assertThat(again.edits()).isEmpty();
        assertThat(again.sha256()).isEqualTo(edits.sha256());
        assertThat(again.rows()).isEqualTo(edits.rows() - edits.deleted());
        List<Object> owners = new ArrayList<>();
        RowSearch search = format.search(match, row -> owners.add(String.valueOf(row.get("owner"))));
        search.write(file);
        assertThat(search.finish().rows()).isEqualTo(again.rows());
        assertThat(owners).allMatch("3"::equals);
    }

    private static byte[] gzip(byte[] content, GzipParameters header) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GzipCompressorOutputStream gzip = new GzipCompressorOutputStream(packed, header)) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    @SafeVarargs
    private <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }
}
