package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Discoveries;
import io.themis.request.SubjectKey;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Whether the company knows a person, and how to address them. */
@Component
public class Identification {

    private final DataMap map;
    private final Discoveries requests;

    Identification(DataMap map, Discoveries requests) {
        this.map = map;
        this.requests = requests;
    }

    /** The dataset that says who is known. */
    public String knownBy() {
        return map.knownBy();
    }

    /** A partial answer without rows is not a "no": such a request goes on and its package says what is missing. */
    public boolean isKnown(DataSubjectRequest request) {
        return requests.isIdentified(request)
                || requests.findings(request.id()).stream()
                        .filter(findings -> findings.dataset().equals(map.knownBy()))
                        .noneMatch(findings -> findings.status() == Status.NOTHING_FOUND);
    }

    /** Keeps the name for the mails, which outlives the keys. */
    public void greet(DataSubjectRequest request) {
        Set<SubjectKey> keys = requests.keys(request.id());
        value(keys, "firstName")
                .or(() -> value(keys, "displayName"))
                .ifPresent(name -> requests.greet(request.id(), name));
    }

    private static Optional<String> value(Set<SubjectKey> keys, String name) {
        return keys.stream()
                .filter(key -> key.name().equals(name))
                .map(SubjectKey::value)
                .sorted()
                .findFirst();
    }
}
