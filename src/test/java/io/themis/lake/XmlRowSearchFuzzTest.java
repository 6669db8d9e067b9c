package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random files, half of them damaged, each cut in three ways and compared with the JDK's parser. What that refuses has to be
 * refused and the other way round, and the rows of a file that both read have to be the same.
 *
 * <p>Two differences are meant, so the files avoid them: names that start or end with a colon, where the two parsers read
 * the namespace recommendation differently, and a DOCTYPE in a comment before the root element, which {@link XmlGuard}
 * refuses.
 */
class XmlRowSearchFuzzTest {

    private static final int FILES = 4_000;
    private static final long SEED = 20_260_101;

    private static final String[] VALUES = {
        "a",
        "42",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "é",
        "ж",
        "€",
        "\uFFFD",
        "😀",
        "👨\u200D👩",
        "\uDBFF\uDFFD",
        "&lt;",
        "&gt;",
        "&amp;",
        "&quot;",
        "&apos;",
        "&#65;",
        "&#x41;",
        "&#xA;",
        "&#xD;",
        "&#9;",
        "&#x1F600;",
        "&#128512;",
        "&#x10FFFF;",
        "&#000065;",
        "&#x0000e9;",
        ">",
        "]]>",
        "/>",
        "K=&quot;k&quot;",
        "--",
        "?>",
        "=",
        "\u0085",
        "\u2028"
    };
    private static final String[] DAMAGE = {
        "<",
        ">",
        "&",
        "\"",
        "'",
        "/",
        "=",
        " ",
        "<!",
        "<!--",
        "-->",
        "<?",
        "?>",
        "<![CDATA[",
        "]]>",
        "</row>",
        "<row>",
        "<row/>",
        "</r>",
        "&#x;",
        "&#;",
        "&#xG;",
        "&#1;",
        "&#0;",
        "&#xD800;",
        "&#xFFFE;",
        "&#x110000;",
        "&#99999999999;",
        "&nbsp;",
        "&lt",
        "&;",
        "& ",
        "&a;",
        "&#X41;",
        "&LT;",
        "\0",
        "\u0001",
        "\u000b",
        "\u001f",
        "\uFFFE",
        "\uFFFF",
        "\uFEFF",
        "é",
        "xmlns=\"a\" ",
        "xmlns:x=\"b\" ",
        "x:a=\"b\" ",
        "xml:lang=\"c\" ",
        "K=\"k\" ",
        "<!DOCTYPE r>",
        "<!DOCTYPE r [<!ENTITY a \"b\">]>",
        "<?xml version=\"1.0\"?>",
        "<?xml?>",
        "<?Xml a?>",
        "<?p?>",
        "<!-- a -- b -->",
        "<!--->",
        "<!---->",
        "<!-- -<row K=\"k\"/> -->",
        "text",
        "--",
        "-",
        "?",
        "]",
        "é=\"1\"",
        "1=\"a\"",
        "-a=\"b\""
    };
    private static final String[] NAMES = {
        "Id",
        "UserId",
        "XUserId",
        "Body",
        "A",
        "ab",
        "abc",
        "abcd",
        "abcde",
        "abcdefgh",
        "abcdefghi",
        "a.b",
        "c-d",
        "_e",
        "é",
        "Ünï",
        "名前",
        "LongColumnNameOfManyLetters"
    };
    private static final String[] SPACES = {" ", " ", " ", " ", "  ", "\t", "\n", "\r\n", "\r", "\r\r\n"};
    private static final String[] BETWEEN = {
        "\n  ",
        "\r\n  ",
        "\r",
        "",
        "<!-- <row K=\"k\"/> -->",
        "<!--é-<!-->",
        "<?pi <row K='k'/> ?<??>",
        "<!---->\r",
        "<?a?>"
    };
    private static final String[] STARTS = {
        "",
        "<?xml version='1.0'?>",
        "<?xml version=\"1.0\" encoding='utf-8' standalone=\"yes\" ?>\r\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    };

    private final Random random = new Random(SEED);

    private record Result(List<Map<String, Object>> found, String unreadable) {}

    @Test
    void findsWhatTheJdksParserFindsHoweverTheFileIsCut() throws IOException {
        int read = 0;
        int rows = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] file = file();
            String text = new String(file, StandardCharsets.UTF_8);

            Result whole = search(file, file.length);
            assertThat(search(file, 1)).as(text).isEqualTo(whole);
            assertThat(search(file, 2 + random.nextInt(40))).as(text).isEqualTo(whole);

            StaxRows stax = StaxRows.of(file);
            List<Map<String, Object>> expected =
                    stax.rows().stream().filter(row -> "k".equals(row.get("K"))).toList();
            assertThat(whole.unreadable() == null).as(text).isEqualTo(stax.isReadToTheEnd());
            if (stax.isReadToTheEnd()) {
                assertThat(whole.found()).as(text).isEqualTo(expected);
                read++;
                rows += expected.size();
            } else {
                // The two may notice damage at different places, but what they read before is the same
                int common = Math.min(expected.size(), whole.found().size());
                assertThat(whole.found().subList(0, common)).as(text).isEqualTo(expected.subList(0, common));
            }
        }
        assertThat(read).as("enough files of both sorts").isBetween(FILES / 3, FILES * 2 / 3);
        assertThat(rows).isGreaterThan(FILES / 2);
    }

    private Result search(byte[] file, int chunk) throws IOException {
        List<Map<String, Object>> found = new ArrayList<>();
        XmlRowSearch search = new XmlRowSearch(ExactMatch.of(Map.of("K", Set.of("k"))), found::add);
        for (int from = 0; from < file.length; from += chunk) {
            search.write(file, from, Math.min(chunk, file.length - from));
        }
        try {
            search.finish();
            return new Result(found, null);
        } catch (UnreadableFileException e) {
            return new Result(found, e.getMessage());
        }
    }

    private byte[] file() {
        StringBuilder file = new StringBuilder(random.nextInt(3) == 0 ? "\uFEFF" : "")
                .append(any(STARTS))
                .append("<users")
                .append(random.nextInt(5) == 0 ? " xmlns:x='urn:x' n=\"1\"" : "")
                .append(maybeSpace())
                .append('>');
        for (int row = random.nextInt(5); row > 0; row--) {
            file.append(any(BETWEEN)).append(row());
        }
        file.append(any(BETWEEN))
                .append("</users")
                .append(maybeSpace())
                .append('>')
                .append(any(BETWEEN));
        for (int damage = Math.max(0, random.nextInt(4) - 1); damage > 0 && !file.isEmpty(); damage--) {
            damage(file);
        }
        byte[] bytes = file.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(10) == 0 && bytes.length > 2) {
            damage(bytes);
        }
        return bytes;
    }

    private void damage(StringBuilder file) {
        int from = random.nextInt(file.length());
        int to = Math.min(file.length(), from + 1 + random.nextInt(4));
        switch (random.nextInt(5)) {
            case 0 -> file.delete(from, to);
            case 1 -> file.setLength(from);
            case 2 -> file.replace(from, to, any(DAMAGE));
            default -> file.insert(from, any(DAMAGE));
        }
    }

    /** One byte, or three that look like a character and are overlong or half a surrogate pair now and then. */
    private void damage(byte[] file) {
        int at = random.nextInt(file.length - 2);
        if (random.nextBoolean()) {
            file[at] = (byte) random.nextInt(256);
        } else {
            file[at] = (byte) (random.nextBoolean() ? 0xE0 : 0xED);
            file[at + 1] = (byte) (0x80 + random.nextInt(64));
            file[at + 2] = (byte) (0x80 + random.nextInt(64));
        }
    }

    private String row() {
        Set<String> names = new LinkedHashSet<>(List.of("K"));
        for (int i = random.nextInt(7); i > 0; i--) {
            names.add(any(NAMES));
        }
        StringBuilder row = new StringBuilder("<row");
        for (String name : names) {
            char quote = random.nextInt(4) == 0 ? '\'' : '"';
            row.append(any(SPACES))
                    .append(name)
                    .append(maybeSpace())
                    .append('=')
                    .append(maybeSpace());
            row.append(quote).append(name.equals("K") ? "k" : value(quote)).append(quote);
        }
        row.append(maybeSpace());
        return row.append(any("/>", "/>", "></row>", "> \n</row >")).toString();
    }

    private String value(char quote) {
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            value.append(any(VALUES));
        }
        return value.append(random.nextInt(8) > 0 ? "" : quote == '"' ? "'" : "\"")
                .toString();
    }

    private String maybeSpace() {
        return random.nextInt(4) > 0 ? "" : any(SPACES);
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
