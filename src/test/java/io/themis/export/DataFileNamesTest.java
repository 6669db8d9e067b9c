package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFileNamesTest {

    private final DataFileNames names = new DataFileNames();

    @Test
    void aDatasetWithoutPartitionsIsAFile() {
        assertThat(names.stem("profile", null)).isEqualTo("data/profile");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "coffee.stackexchange.com,coffee.stackexchange.com",
                "2024/05,2024/05",
                "two words,two%20words",
                "100%,100%25",
                "Zürich,Z%C3%BCrich",
                "..,%2E%2E",
                ".,%2E",
                "../../etc/passwd,%2E%2E/%2E%2E/etc/passwd",
                "a/../b,a/%2E%2E/b",
                "/etc,_/etc",
                "a//b,a/_/b",
                ".hidden,%2Ehidden",
                "ends.,ends%2E",
                "back\\slash,back%5Cslash",
                "C:,C%3A",
                "nul,%6Eul",
                "Con.txt,%43on.txt",
                "lpt1/x,%6Cpt1/x",
                "console,console",
                "a.jsonl/b,a%2Ejsonl/b",
                "a.CSV/b,a%2ECSV/b",
                "a.csv,a.csv",
                "line\u2028end,line%E2%80%A8end",
                "'',_"
            })
    void namesAreSafeOnEverySystem(String partition, String expected) {
        assertThat(names.stem("posts", partition == null ? "" : partition)).isEqualTo("data/posts/" + expected);
    }

    @Test
    void namesDifferByMoreThanCase() {
        assertThat(List.of(
                        names.stem("posts", "Coffee"),
                        names.stem("posts", "coffee"),
                        names.stem("posts", "coffee-2"),
                        names.stem("posts", "COFFEE")))
                .containsExactly(
                        "data/posts/Coffee", "data/posts/coffee-2", "data/posts/coffee-2-2", "data/posts/COFFEE-3");
    }

    @Test
    void longNamesAreCutAndStayUnique() {
        String shared = "ü".repeat(500);

        String first = names.stem("posts", shared + "a");
        String second = names.stem("posts", shared + "b");

        assertThat(first).hasSizeLessThan(120);
        assertThat(second).isEqualTo(first + "-2");
    }

    @Test
    void noPathIsTooLongForWindows() {
        for (int values = 1; values < 20; values++) {
            String stem = names.stem("a".repeat(40), ("ü".repeat(300) + "/").repeat(values) + "end");

            assertThat(DataFileNames.pages(stem) + "/100.html").hasSizeLessThan(180);
        }
    }

    @Test
    void noPageStandsWhereTheFolderOfAnotherHasToBe() {
        String page = DataFileNames.pages(names.stem("posts", "a")) + "/1.html";

        assertThat(DataFileNames.pages(names.stem("posts", "a/1.html"))).isNotEqualTo(page);
        assertThat(DataFileNames.pages(names.stem("posts", "a/1.HTML/b"))).doesNotStartWithIgnoringCase(page);
        assertThat(DataFileNames.pages(names.stem("posts", "1.html"))).isEqualTo("tables/posts/1%2Ehtml");
    }

    @Test
    void noPartitionWhateverLeavesTheFolderOrMeetsAnother() {
        Random random = new Random(42);
        String alphabet = "./\\ aA%:*?\"<>|\u0000\n\uD83D\uDE00nul";
        TreeSet<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < 3_000; i++) {
            StringBuilder partition = new StringBuilder();
            for (int length = random.nextInt(8); length > 0; length--) {
                partition.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String stem = names.stem("posts", partition.toString());

            assertThat(seen.add(stem)).as("%s, seen before", stem).isTrue();
            assertThat(stem)
                    .matches("data/posts(/[A-Za-z0-9_%-][A-Za-z0-9._%-]*)+")
                    .doesNotEndWith(".");
            assertThat(stem.split("/")).noneMatch(name -> name.matches("(?i)(nul|con|aux|prn)(\\..*)?"));
        }
    }
}
