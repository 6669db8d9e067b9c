package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersCsvTest {

    private static final String HEADER = "emailAddress,displayName,firstName,lastName,country,city,street,accountId\n";

    @TempDir
    Path folder;

    @Test
    void readsPeopleInTheOrderOfTheFile() throws Exception {
        assertThat(UsersCsv.read(file("\uFEFF" + HEADER
                        + "ann@example.com,ann,Ann,Lee,Norway,Oslo,\"Storgata 1, C\",11\n"
                        + "bo@example.com,bo,Bo,Ek,Sweden,Malmö,,\n")))
                .containsExactly(
                        new DevUser("ann@example.com", "ann", "Ann", "Lee", "Norway", "Oslo", "Storgata 1, C", 11L),
                        new DevUser("bo@example.com", "bo", "Bo", "Ek", "Sweden", "Malmö", "", null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    secret@example.com,ann,Ann,Lee,NO,Oslo,x,many | accountId is not a whole number
                    secret,ann,Ann,Lee,NO,Oslo,x,1                | emailAddress is not an e-mail address
                    BO@example.com,secret,Ann,Lee,NO,Oslo,x,1     | this emailAddress is in an earlier line already
                    secret@example.com,ann,Ann,Lee,NO,Oslo,x,7    | this accountId is in an earlier line already
                    secret@example.com,ann                        | fields
                    secret@example.com,ann,Ann,Lee,NO,Oslo,x,1,2  | fields
                    """)
    void namesTheFileAndTheLineOfABadRowButNoValue(String row, String reason) throws Exception {
        Path file = file(HEADER + "bo@example.com,bo,Bo,Ek,SE,\"Mal\nmö\",x,7\n" + row + "\n");

        assertThatThrownBy(() -> UsersCsv.read(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("line 4")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret");
    }

    @Test
    void namesTheMissingColumn() throws Exception {
        Path file = file("emailAddress,displayName\nann@example.com,ann\n");

        assertThatThrownBy(() -> UsersCsv.read(file))
                .hasMessageContaining("line 1")
                .hasMessageContaining("column firstName is missing");
    }

    @Test
    void namesTheFileThatIsNotThere() {
        Path file = folder.resolve("none.csv");

        assertThatThrownBy(() -> UsersCsv.read(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("themis.dev.users-csv");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("users.csv"), text);
    }
}
