package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LakePathTest {

    @Test
    void aPlaceholderStandsForOneFolder() {
        LakePath path = LakePath.parse("{site}/Users.xml");

        assertThat(path.file("coffee.stackexchange.com/Users.xml"))
                .contains(new LakeFile("coffee.stackexchange.com/Users.xml", "coffee.stackexchange.com"));
        assertThat(path.file("a/b/Users.xml")).isEmpty();
        assertThat(path.file("/Users.xml")).isEmpty();
        assertThat(path.file("Users.xml")).isEmpty();
    }

    @Test
    void everythingElseStandsForItself() {
        LakePath path = LakePath.parse("dumps/{site}/Users.xml");

        assertThat(path.file("dumps/a/UsersAxml")).isEmpty();
        assertThat(path.file("dumps/a/users.xml")).isEmpty();
        assertThat(path.file("dumps/a/Users.xml.bak")).isEmpty();
        assertThat(path.file("old/dumps/a/Users.xml")).isEmpty();
        assertThat(path.file("dumps/a/Users.xml\n")).isEmpty();
    }

    @Test
    void specialCharactersOfAPatternStandForThemselves() {
        assertThat(LakePath.parse("a+(b)[c].*/{site}$^|/E").file("a+(b)[c].*/x$^|/E"))
                .contains(new LakeFile("a+(b)[c].*/x$^|/E", "x"));
    }

    @Test
    void severalPlaceholdersMakeOnePartition() {
        LakePath path = LakePath.parse("{region}/site={site}.d/{year}/Posts.xml");

        assertThat(path.file("eu/site=coffee.d/2017/Posts.xml").orElseThrow().partition())
                .isEqualTo("eu/coffee/2017");
    }

    @Test
    void aPathWithoutPlaceholdersHasNoPartition() {
        LakePath path = LakePath.parse("crm/Contacts.xml");

        assertThat(path.file("crm/Contacts.xml")).contains(new LakeFile("crm/Contacts.xml", null));
        assertThat(path.file("crm/Contacts.xml2")).isEmpty();
    }

    @Test
    void aZipsPartitionAndThatOfItsFileMakeOne() {
        LakePath path = LakePath.parse("exports/{day}.zip!/{region}/orders-{shop}.csv.gz");
        LakeFile zip = path.file("exports/monday.zip").orElseThrow();

        assertThat(zip).isEqualTo(new LakeFile("exports/monday.zip", "monday"));
        assertThat(path.entry(zip, "eu/orders-7.csv.gz"))
                .contains(new LakeFile("exports/monday.zip!/eu/orders-7.csv.gz", "monday/eu/7"));
        assertThat(path.entry(zip, "eu/orders-7.csv")).isEmpty();
        assertThat(path.entry(zip, "eu/x/orders-7.csv.gz")).isEmpty();
        assertThat(path.file("exports/monday.zip!/eu/orders-7.csv.gz")).isEmpty();
        assertThat(path.isZip()).isTrue();
        assertThat(path.hasPartitionsInside()).isTrue();
        assertThat(path.isGzipped()).isTrue();
    }

    @Test
    void aZipCanHavePartitionsOutsideOnlyOrNone() {
        LakePath outside = LakePath.parse("{day}.zip!/orders.csv");
        assertThat(outside.hasPartitionsInside()).isFalse();
        assertThat(outside.isGzipped()).isFalse();
        assertThat(outside.entry(outside.file("mon.zip").orElseThrow(), "orders.csv"))
                .contains(new LakeFile("mon.zip!/orders.csv", "mon"));

        LakePath none = LakePath.parse("all.zip!/orders.csv");
        assertThat(none.entry(none.file("all.zip").orElseThrow(), "orders.csv"))
                .contains(new LakeFile("all.zip!/orders.csv", null));

        LakePath inside = LakePath.parse("all.zip!/{shop}.csv");
        assertThat(inside.entry(inside.file("all.zip").orElseThrow(), "7.csv"))
                .contains(new LakeFile("all.zip!/7.csv", "7"));
    }

    @ParameterizedTest
    @CsvSource({
        "{site}/Users.xml, ''",
        "dumps/{site}/Users.xml, dumps/",
        "dumps/site={site}/Users.xml, dumps/site=",
        "crm/Contacts.xml, crm/Contacts.xml",
        "exports/{day}.zip!/orders.csv, exports/",
        "exports/all.zip!/{shop}.csv, exports/all.zip"
    })
    void listsFromTheTextBeforeTheFirstPlaceholder(String path, String prefix) {
        assertThat(LakePath.parse(path).listingPrefix()).isEqualTo(prefix);
    }

    @Test
    void placeholdersOfFilesThatAreRecordsAreColumns() {
        LakePath path = LakePath.ofFiles("shop/letters/no-{customer}/{*name}");

        assertThat(path.columns()).containsExactly("customer", "name");
        assertThat(path.values("shop/letters/no-12/2020/a.pdf").orElseThrow())
                .containsExactly(entry("customer", "12"), entry("name", "2020/a.pdf"));
        assertThat(path.file("shop/letters/no-12/a.pdf")).contains(new LakeFile("shop/letters/no-12/a.pdf", null));
        assertThat(path.file("shop/letters/no-12/folder/"))
                .as("the mark of a folder")
                .isEmpty();
        assertThat(path.file("shop/letters/12/a.pdf")).isEmpty();
        assertThat(path.relative("shop/letters/no-12/2020/a.pdf")).isEqualTo("no-12/2020/a.pdf");
        assertThat(path.listingPrefix("12")).isEqualTo("shop/letters/no-12/");
        assertThat(LakePath.ofFiles("{customer}.zip").listingPrefix("12")).isEqualTo("12.zip");
        assertThat(LakePath.ofFiles("{customer}.zip").values("a/12.zip")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a/{*rest}/b, nothing can follow it",
        "a/{*rest}.pdf, nothing can follow it",
        "a/{*}, name a placeholder",
        "a/{b*}, name a placeholder",
        "a.zip!/{b}, a file in a zip can't be a record"
    })
    void aPathOfFilesThatCanNotWorkIsRefusedWithAdvice(String path, String advice) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LakePath.ofFiles(path))
                .withMessageContaining(advice);
    }

    @ParameterizedTest
    @CsvSource({
        "a/{*rest}, (format: file)",
        "{}/Users.xml, name a placeholder",
        "{a b}/Users.xml, name a placeholder",
        "{1}/Users.xml, name a placeholder",
        "{site}/{site}.xml, stands there twice",
        "{site}{year}/Users.xml, only one placeholder",
        "{site}-{year}/Users.xml, only one placeholder",
        "{site/Users.xml, for a placeholder only",
        "site}/Users.xml, for a placeholder only",
        "{{site}}/Users.xml, for a placeholder only",
        "{site}\\Users.xml, for a placeholder only",
        "/{site}/Users.xml, from the top of the lake",
        "{site}//Users.xml, from the top of the lake",
        "{site}/, from the top of the lake",
        "../{site}/Users.xml, from the top of the lake",
        "{site}/./Users.xml, from the top of the lake",
        "'', from the top of the lake",
        "exports/{day}.zip, say which files in the zip",
        "exports/{day}!/orders.csv, after a zip that ends in .zip",
        "exports/{day}.zip!/a.zip!/orders.csv, write !/ once",
        "exports/{day}.zip!/, from the top of the lake",
        "exports/{day}.zip!//orders.csv, from the top of the lake",
        "{day}.zip!/{day}.csv, stands there twice"
    })
    void aPathThatCanNotWorkIsRefusedWithAdvice(String path, String advice) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LakePath.parse(path))
                .withMessageContaining("\"" + path + "\"")
                .withMessageContaining(advice);
    }
}
