package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.datamap.RowOwner;
import io.themis.request.EmailAddress;
import io.themis.request.SubjectKey;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** A user's profile, as the original's Users API shows it: the columns of the users database in camel case. */
@Component
public class Profiles {

    private final DataMap map;

    Profiles(DataMap map) {
        this.map = map;
    }

    public Map<String, String> parameters(EmailAddress emailAddress) {
        return Map.of(map.subjectKey(), emailAddress.value());
    }

    /** The profile in the first of the rows that are this person's; null if there is none. */
    public Map<String, Object> view(EmailAddress emailAddress, Iterable<Map<String, Object>> rows) {
        Keys keys = new Keys(Set.of(new SubjectKey(map.subjectKey(), null, emailAddress.value())), map.normalForms());
        Dataset dataset = map.dataset(map.knownBy());
        RowOwner owner = new RowOwner(dataset, null, keys);
        for (Map<String, Object> row : rows) {
            if (owner.isWhollyPersons(row)) {
                Map<String, Object> profile = new LinkedHashMap<>();
                row.forEach((column, value) -> profile.put(camelCase(column), value));
                return profile;
            }
        }
        return null;
    }

    private static String camelCase(String column) {
        String[] words = column.toLowerCase(Locale.ROOT).split("_");
        return words[0]
                + Stream.of(words)
                        .skip(1)
                        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining());
    }
}
