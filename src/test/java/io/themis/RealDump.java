package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A real Stack Exchange dump, which stays where it is: nothing of it is in this repository, and no message names anybody of it. */
final class RealDump {

    static final Path FOLDER = Path.of("../shared/data/stackexchange");
    static final String WHERE = "There is no folder ../shared/data/stackexchange with a real dump, <site>/<Table>.xml";
    static final int PEOPLE = 10;

    private static final Map<String, String> OWNER =
            Map.of("Posts", "OwnerUserId", "Comments", "UserId", "Badges", "UserId");
    private static final long SEED = 2017;

    private RealDump() {}

    static boolean isThere() {
        return Files.isDirectory(FOLDER);
    }

    /** By {@code <site>/<Table>.xml}. */
    static Map<String, Source> files() throws IOException {
        return StackExchangeRows.filesIn(FOLDER);
    }

    static String address(int person) {
        return "person-" + person + "@example.org";
    }

    /** One of seven namesakes, who owns most, who owns nothing, and seven others. */
    static List<Map<String, String>> people() throws IOException, XMLStreamException {
        Map<String, Source> lake = files();
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
