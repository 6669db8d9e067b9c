package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackExchangeRowsTest {

    private static final String START = "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n";

    @Test
    void givesAttributesInTheirOrderUnescapedAndWithoutLoss() throws Exception {
        var rows = StackExchangeRows.of(file("<posts>\r\n  <row Id=\"7\" Body=\"&lt;p&gt;1 &amp;lt; 2 &quot;🍵&quot;"
                + "&lt;/p&gt;&#xD;&#xA;\" Title=\"\" AccountId=\"1\" />\r\n</posts>\r\n"));

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).keySet()).containsExactly("Id", "Body", "Title", "AccountId");
        assertThat(rows.get(0)).containsEntry("Body", "<p>1 &lt; 2 \"🍵\"</p>\r\n");
        assertThat(rows.get(0)).as("an empty value is not an absent one").containsEntry("Title", "");
    }

    @Test
    void followsTheAccountToTheRowsOnTheSameSite() throws Exception {
        Map<String, StackExchangeRows.Source> lake = Map.of(
                "a.example/Users.xml",
                file("<users><row Id=\"5\" AccountId=\"12\"/><row Id=\"6\" AccountId=\"123\"/></users>"),
                "b.example/Users.xml",
                file("<users><row Id=\"6\" AccountId=\"12\"/><row Id=\"5\" AccountId=\"9\"/></users>"),
                "a.example/Posts.xml",
                file("<posts><row Id=\"1\" OwnerUserId=\"5\"/><row Id=\"2\" OwnerUserId=\"6\" LastEditorUserId=\"5\"/>"
                        + "<row Id=\"5\" OwnerDisplayName=\"5\"/></posts>"),
                "b.example/Posts.xml",
                file("<posts><row Id=\"1\" OwnerUserId=\"5\"/></posts>"),
                "b.example/Votes.xml",
                file("<votes><row Id=\"1\" UserId=\"6\"/><row Id=\"2\"/></votes>"),
                "b.example/Tags.xml",
                file("<tags><row Id=\"6\" UserId=\"6\"/></tags>"));

        assertThat(StackExchangeRows.ofPerson(lake, 12))
                .isEqualTo(Map.of(
                        "a.example/Users", List.of(Map.of("Id", "5", "AccountId", "12")),
                        "b.example/Users", List.of(Map.of("Id", "6", "AccountId", "12")),
                        "a.example/Posts", List.of(Map.of("Id", "1", "OwnerUserId", "5")),
                        "b.example/Votes", List.of(Map.of("Id", "1", "UserId", "6"))));
        assertThat(StackExchangeRows.ofPerson(lake, 1)).isEmpty();
    }

    @Test
    void findsTheFilesOfAFolder(@TempDir Path folder) throws IOException, XMLStreamException {
        Path site = Files.createDirectory(folder.resolve("a.example"));
        Files.writeString(site.resolve("Users.xml"), START + "<users><row Id=\"5\" AccountId=\"12\"/></users>");
        Files.writeString(folder.resolve("README.md"), "no table");

        var files = StackExchangeRows.filesIn(folder);

        assertThat(files.keySet()).containsExactly("a.example/Users.xml");
        assertThat(StackExchangeRows.of(files.get("a.example/Users.xml"))).hasSize(1);
    }

    /** The JDK's default stops after 50 million, which a table of a large site has. */
    @Test
    void readsAFileWithAnyNumberOfEscapes() throws Exception {
        byte[] row = ("<row Body=\"" + "&lt;".repeat(100_000) + "\"/>").getBytes(StandardCharsets.UTF_8);
        List<InputStream> file = new ArrayList<>();
        file.add(new ByteArrayInputStream("<posts>".getBytes(StandardCharsets.UTF_8)));
        Collections.nCopies(501, row).forEach(bytes -> file.add(new ByteArrayInputStream(bytes)));
        file.add(new ByteArrayInputStream("</posts>".getBytes(StandardCharsets.UTF_8)));
        int[] rows = {0};

        StackExchangeRows.read(new SequenceInputStream(Collections.enumeration(file)), read -> rows[0]++);

        assertThat(rows[0]).isEqualTo(501);
    }

    @Test
    void refusesWhatIsNoTable() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StackExchangeRows.of(file("<posts>\n<row><b/></row></posts>")))
                .withMessageContaining("<b> in line 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StackExchangeRows.of(file("<posts><line/></posts>")))
                .withMessageContaining("<line>");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StackExchangeRows.of(file("<posts>text</posts>")))
                .withMessageContaining("text outside");
        assertThatThrownBy(() -> StackExchangeRows.of(file("<posts><row Id=\"1\"/>")))
                .isInstanceOf(XMLStreamException.class);
    }

    private static StackExchangeRows.Source file(String xml) {
        return () -> new ByteArrayInputStream((START + xml).getBytes(StandardCharsets.UTF_8));
    }
}
