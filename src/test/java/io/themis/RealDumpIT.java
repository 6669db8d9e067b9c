package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.DevServices;
import io.themis.devservices.StackExchangeRows.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Ten people of a real Stack Exchange dump. */
@EnabledIf(value = "io.themis.RealDump#isThere", disabledReason = RealDump.WHERE)
@ThemisTest
class RealDumpIT {

    @TempDir
    static Path folder;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @DynamicPropertySource
    static void loadTheDump(DynamicPropertyRegistry settings) {
        settings.add("themis.dev.lake-dir", RealDump.FOLDER::toString);
        settings.add("themis.dev.users-csv", () -> usersCsv().toString());
    }

    @Test
    void tenRealPeopleGetExactlyTheirRows() throws Exception {
        Map<String, Source> lake = RealDump.files();
        List<ExpectedPackage> expected = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < RealDump.PEOPLE; i++) {
            expected.add(ExpectedPackage.of(RealDump.address(i), services.users(), lake));
            ids.add(themis.ask(RealDump.address(i)));
        }
        assertThat(expected.get(1).rows()).as("rows of the busiest").isGreaterThan(300);
        assertThat(expected.get(2).rows())
                .as("rows of who has an account alone")
                .isOne();

        for (int i = 0; i < RealDump.PEOPLE; i++) {
            Map<String, byte[]> files = themis.awaitPackage(ids.get(i), RealDump.address(i));
            expected.get(i).isHeldBy(files);
        }
    }

    private static Path usersCsv() {
        try {
            StringBuilder csv =
                    new StringBuilder("emailAddress,displayName,firstName,lastName,country,city,street,accountId\n");
            List<Map<String, String>> people = RealDump.people();
            for (int i = 0; i < RealDump.PEOPLE; i++) {
                csv.append(RealDump.address(i))
                        .append(",\"")
                        .append(people.get(i).get("DisplayName").replace("\"", "\"\""))
                        .append("\",,,,,,")
                        .append(people.get(i).get("AccountId"))
                        .append('\n');
            }
            return Files.writeString(folder.resolve("users.csv"), csv);
        } catch (IOException | XMLStreamException e) {
            throw new AssertionError(e);
        }
    }
}
