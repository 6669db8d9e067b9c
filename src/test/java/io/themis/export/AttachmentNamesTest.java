package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttachmentNamesTest {

    private final AttachmentNames names = new AttachmentNames("letters");

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "12/invoice.pdf,12/invoice.pdf",
                "März.pdf,M%C3%A4rz.pdf",
                "CON,%43ON",
                "aux.tar.gz,%61ux.tar.gz",
                "ends.,ends%2E",
                "ends ,ends%20",
                ".hidden,%2Ehidden",
                "../../etc/passwd,%2E%2E/%2E%2E/etc/passwd",
                "/etc/passwd,_/etc/passwd",
                "..\\x,%2E.%5Cx.txt",
                "C:x,C%3Ax",
                "x.pdf.exe,x.pdf.exe.txt",
                "x.pdf      .exe,x.pdf%20%20%20%20%20%20.exe.txt",
                "x\u202Efdp.exe,x%E2%80%AEfdp.exe.txt",
                "a\u0000b.txt,a%00b.txt",
                "page.html,page.html.txt",
                "Page.HTM,Page.HTM.txt",
                "drawing.svg,drawing.svg.txt",
                "feed.xml,feed.xml.txt",
                "page.ehtml,page.ehtml.txt",
                "page.webarchive,page.webarchive.txt",
                "schema.rng,schema.rng.txt",
                "program.EXE,program.EXE.txt",
                "Photo.JPG,Photo.JPG",
                "page.html.pdf,page.html.pdf",
                "html,html"
            })
    void aNameIsSafeAndItsEndingStays(String path, String expected) {
        assertThat(names.of(path)).isEqualTo("files/letters/" + expected);
    }

    @Test
    void whatDiffersByCaseAloneGetsANumberBeforeItsEnding() {
        assertThat(List.of(
                        names.of("Photo.jpg"),
                        names.of("photo.jpg"),
                        names.of("photo-2.jpg"),
                        names.of("PHOTO.JPG"),
                        names.of("a/x"),
                        names.of("A/y"),
                        names.of("a/z")))
                .containsExactly(
                        "files/letters/Photo.jpg",
                        "files/letters/photo-2.jpg",
                        "files/letters/photo-2-2.jpg",
                        "files/letters/PHOTO-3.JPG",
                        "files/letters/a/x",
                        "files/letters/A-2/y",
                        "files/letters/a/z");
    }

    @Test
    void aFolderMayHaveTheNameOfAFile() {
        assertThat(List.of(names.of("a"), names.of("a/b"), names.of("a/b/c"), names.of("a-2")))
                .containsExactly(
                        "files/letters/a", "files/letters/a-2/b", "files/letters/a-2/b-2/c", "files/letters/a-2-2");
    }

    @Test
    void aLongNameIsCutBeforeItsEndingAndFarDownTheFoldersAreLeftOut() {
        assertThat(names.of("x".repeat(200) + ".pdf")).isEqualTo("files/letters/" + "x".repeat(96) + ".pdf");
        assertThat(names.of("x".repeat(300) + ".pdf")).isEqualTo("files/letters/" + "x".repeat(96) + "-2.pdf");
        assertThat(names.of("folder/".repeat(40) + "a.html")).isEqualTo("files/letters/a.html.txt");
        assertThat(names.of("folder/".repeat(41) + "a.html")).isEqualTo("files/letters/a-2.html.txt");
        assertThat(names.of("ü".repeat(200) + ".pdf"))
                .as("no half of a character")
                .isEqualTo("files/letters/" + "%C3%BC".repeat(16) + ".pdf");
        assertThat(names.of("b" + "..".repeat(100) + "no ending at all, which is too long"))
                .isEqualTo("files/letters/b" + "-2".repeat(0));
    }

    /** The rules are Microsoft's "Naming Files, Paths, and Namespaces". */
    @Test
    void everyNameIsUniqueAndSafeOnWindowsAndWithinItsFolder() {
        List<String> pieces = List.of(
                "a",
                "A",
                "b",
                ".",
                "..",
                "/",
                "/",
                "con",
                "nul",
                "-2",
                " ",
                "%",
                "\\",
                ":",
                "ä",
                "\uD83D\uDE00",
                "\u202E",
                "\n",
                ".pdf",
                ".html",
                ".svg",
                ".txt",
                "x".repeat(60));
        Random random = new Random(20261123);
        Set<String> paths = new HashSet<>();
        while (paths.size() < 5_000) {
            StringBuilder path = new StringBuilder();
            for (int count = 1 + random.nextInt(7); count > 0; count--) {
                path.append(pieces.get(random.nextInt(pieces.size())));
            }
            paths.add(path.toString());
        }
        Set<String> files = new HashSet<>();
        Set<String> folders = new HashSet<>();
        for (String path : paths) {
            String name = names.of(path);

            assertThat(name).as(path).isEqualTo(names.of(path)).hasSizeLessThan(180);
            assertThat(name).as(path).matches("files/letters(/[A-Za-z0-9_%-][A-Za-z0-9._%-]*)+");
            assertThat(name.split("/"))
                    .as(path)
                    .noneMatch(segment -> segment.endsWith("."))
                    .noneMatch(segment -> segment.matches("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?"));
            assertThat(name.toLowerCase(Locale.ROOT)).as(path).doesNotMatch(".*\\.(html|svg)");
            String onDisk = name.toLowerCase(Locale.ROOT);
            assertThat(files.add(onDisk)).as("%s, there already", name).isTrue();
            for (int slash = onDisk.lastIndexOf('/'); slash > 0; slash = onDisk.lastIndexOf('/', slash - 1)) {
                folders.add(onDisk.substring(0, slash));
            }
        }
        assertThat(files).doesNotContainAnyElementsOf(folders);
    }
}
