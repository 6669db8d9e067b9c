package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.DevServices;
import io.themis.devservices.StackExchangeRows;
import io.themis.devservices.StackExchangeRows.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Ten people of a real Stack Exchange dump, which stays where it is: nothing of it is in this repository, and no message of
 * this test names anybody.
 */
@EnabledIf(
        value = "dumpIsThere",
        disabledReason = "There is no folder ../shared/data/stackexchange with a real dump, <site>/<Table>.xml")
@ThemisTest
class RealDumpIT {

    private static final Path DUMP = Path.of("../shared/data/stackexchange");
    private static final Map<String, String> OWNER =
            Map.of("Posts", "OwnerUserId", "Comments", "UserId", "Badges", "UserId");
    private static final long SEED = 2017;
    private static final int PEOPLE = 10;

    @TempDir
    static Path folder;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    static boolean dumpIsThere() {
        return Files.isDirectory(DUMP);
    }

    @DynamicPropertySource
    static void loadTheDump(DynamicPropertyRegistry settings) {
        settings.add("themis.dev.lake-dir", DUMP::toString);
        settings.add("themis.dev.users-csv", () -> usersCsv().toString());
    }

    @Test
    void tenRealPeopleGetExactlyTheirRows() throws Exception {
        Map<String, Source> lake = StackExchangeRows.filesIn(DUMP);
        List<ExpectedPackage> expected = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            expected.add(ExpectedPackage.of(address(i), services.users(), lake));
            ids.add(themis.ask(address(i)));
        }
        assertThat(expected.get(1).rows()).as("rows of the busiest").isGreaterThan(300);
        assertThat(expected.get(2).rows())
                .as("rows of who has an account alone")
                .isOne();

        for (int i = 0; i < PEOPLE; i++) {
            Map<String, byte[]> files = themis.awaitPackage(ids.get(i), address(i));
            expected.get(i).isHeldBy(files);
        }
    }

    private static Path usersCsv() {
        try {
            StringBuilder csv =
                    new StringBuilder("emailAddress,displayName,firstName,lastName,country,city,street,accountId\n");
            List<Map<String, String>> people = tenPeople();
            for (int i = 0; i < PEOPLE; i++) {
                csv.append(address(i))
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

    private static String address(int person) {
        return "person-" + person + "@example.org";
    }

    /** One of seven namesakes, who owns most, who owns nothing, and seven others. */
    private static List<Map<String, String>> tenPeople() throws IOException, XMLStreamException {
        Map<String, Source> lake = StackExchangeRows.filesIn(DUMP);
        String site = lake.keySet().iterator().next().replaceAll("/.*", "");
        List<Map<String, String>> users = StackExchangeRows.of(lake.get(site + "/Users.xml")).stream()
                .filter(user ->
                        user.containsKey("AccountId") && !user.get("AccountId").equals("-1"))
                .toList();
        Map<String, Integer> owned = rowsByUser(lake, site);
        List<Map<String, String>> namesakes = users.stream()
                .filter(user -> user.get("DisplayName").equals("David"))
                .toList();
        assertThat(namesakes).as("people called David").hasSize(7);

        Set<Map<String, String>> chosen = new LinkedHashSet<>();
        chosen.add(Collections.max(namesakes, byRows(owned)));
        chosen.add(users.stream()
                .filter(user -> !chosen.contains(user))
                .max(byRows(owned))
                .orElseThrow());
        chosen.add(users.stream()
                .filter(user -> !owned.containsKey(user.get("Id")))
                .findFirst()
                .orElseThrow());
        List<Map<String, String>> others = new ArrayList<>(users);
        Collections.shuffle(others, new Random(SEED));
        others.forEach(other -> {
            if (chosen.size() < PEOPLE) {
                chosen.add(other);
            }
        });
        return List.copyOf(chosen);
    }

    private static Comparator<Map<String, String>> byRows(Map<String, Integer> owned) {
        return Comparator.comparing(user -> owned.getOrDefault(user.get("Id"), 0));
    }

    private static Map<String, Integer> rowsByUser(Map<String, Source> lake, String site)
            throws IOException, XMLStreamException {
        Map<String, Integer> owned = new HashMap<>();
        for (Map.Entry<String, String> table : OWNER.entrySet()) {
            for (Map<String, String> row : StackExchangeRows.of(lake.get(site + "/" + table.getKey() + ".xml"))) {
                if (row.containsKey(table.getValue())) {
                    owned.merge(row.get(table.getValue()), 1, Integer::sum);
                }
            }
        }
        return owned;
    }
}
