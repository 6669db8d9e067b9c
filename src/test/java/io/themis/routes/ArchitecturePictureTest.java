package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The picture in {@code docs/architecture.md} is made from the routes. To make it again:
 *
 * <pre>mvn test -Dtest=ArchitecturePictureTest -Dthemis.picture=write</pre>
 */
class ArchitecturePictureTest {

    private static final Path PAGE = Path.of("docs/architecture.md");
    private static final String BEGIN = "<!-- picture of the routes: made by ArchitecturePictureTest -->\n";
    private static final String END = "<!-- end of the picture -->\n";

    @Test
    void thePictureShowsTheRoutesAsTheyAre() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        String picture =
                "\n```mermaid\n" + new RoutePicture(Path.of("src/main/resources/routes")).mermaid() + "```\n\n";

        if ("write".equals(System.getProperty("themis.picture"))) {
            Files.writeString(PAGE, page.substring(0, begin) + picture + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end))
                .as(
                        "the picture in %s is out of date; run mvn test -Dtest=ArchitecturePictureTest -Dthemis.picture=write",
                        PAGE)
                .isEqualTo(picture);
    }
}
