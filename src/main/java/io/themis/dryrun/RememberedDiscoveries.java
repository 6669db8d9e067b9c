package io.themis.dryrun;

import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.Discoveries;
import io.themis.request.RequestStatus;
import io.themis.request.SubjectKey;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the one request of a dry run finds; has what the routes call the request tables for. */
final class RememberedDiscoveries implements Discoveries {

    private final Map<String, DatasetFindings> findings = new LinkedHashMap<>();
    private final Map<String, Set<SubjectKey>> keys = new LinkedHashMap<>();

    @Override
    public synchronized Set<SubjectKey> keys(UUID id) {
        return keys.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    }

    @Override
    public synchronized List<DatasetFindings> findings(UUID id) {
        return List.copyOf(findings.values());
    }

    @Override
    public synchronized void record(DataSubjectRequest request, DatasetFindings answer, Collection<SubjectKey> found) {
        findings.put(answer.dataset(), answer);
        keys.computeIfAbsent(answer.dataset(), dataset -> new HashSet<>()).addAll(found);
    }

    /** Null if the dataset was not asked. */
    synchronized DatasetFindings findingsOf(String dataset) {
        return findings.get(dataset);
    }

    synchronized Set<SubjectKey> keysFrom(String dataset) {
        return Set.copyOf(keys.getOrDefault(dataset, Set.of()));
    }

    @Override
    public void greet(UUID id, String greeting) {
        // Nobody is mailed.
    }

    /** Called by a route. */
    public void advance(UUID id, RequestStatus status) {
        // Nobody asks where a dry run stands.
    }

    /** Called by a route. */
    public Instant endOfUnknown(DataSubjectRequest request) {
        return request.receivedAt();
    }

    /** Called by a route. */
    public void close(UUID id, RequestStatus status) {
        // The findings say that nobody is known.
    }
}
