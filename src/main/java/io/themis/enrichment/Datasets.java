package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Discoveries;
import io.themis.request.Part;
import io.themis.request.SubjectKey;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Searches datasets for one request and keeps what they answered. */
@Component
public class Datasets {

    private static final Logger LOG = LoggerFactory.getLogger(Datasets.class);

    private final DataMap map;
    private final Discoveries requests;
    private final PartSink staging;
    private final FindingsObserver observer;

    Datasets(DataMap map, Discoveries requests, PartSink staging, FindingsObserver observer) {
        this.map = map;
        this.requests = requests;
        this.staging = staging;
        this.observer = observer;
    }

    /** @throws IllegalArgumentException if the data map has no such dataset */
    public Dataset get(String name) {
        return map.datasets().stream()
                .filter(dataset -> dataset.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no dataset " + name));
    }

    /** False if an earlier attempt has got the dataset's answer already. */
    public boolean isUnanswered(DataSubjectRequest request, String dataset) {
        return requests.findings(request.id()).stream()
                .noneMatch(findings -> findings.dataset().equals(dataset));
    }

    /** The parameters of each query that finds the person's rows: usually one, none if a key is missing. */
    public List<Map<String, String>> parameters(DataSubjectRequest request, String dataset) {
        return keys(request).parameters(get(dataset));
    }

    /** All that is known to name the person: what the request brought, and what datasets brought to light. */
    Keys keys(DataSubjectRequest request) {
        Set<SubjectKey> known = new HashSet<>(requests.keys(request.id()));
        known.add(new SubjectKey(map.subjectKey(), null, request.emailAddress().value()));
        return new Keys(known);
    }

    /** Where not all that names the person may be known. */
    MissingKeys missingKeys(DataSubjectRequest request) {
        return new MissingKeys(map, keys(request), requests.findings(request.id()));
    }

    /**
     * Stages the records that a query or a route answered with. Rows that are not the person's are left out.
     *
     * @param answer a list or an iterator of records, each a map of columns
     * @throws IllegalStateException if it is anything else: what a route of somebody's own meant to say can't be guessed,
     *     least of all that there is nothing
     */
    public SearchResult stage(DataSubjectRequest request, String dataset, int query, Object answer) throws IOException {
        FoundRows found =
                new FoundRows(staging, Staging.name(request, dataset, String.valueOf(query)), get(dataset), null);
        Keys keys = keys(request);
        long others = 0;
        if (get(dataset).kind() == Kind.SQL && !(answer instanceof Iterator)) {
            throw new IllegalStateException(("dataset \"%s\": the query answers with a count of rows and no rows."
                            + " In a procedure of SQL Server write SET NOCOUNT ON first;"
                            + " a procedure of PostgreSQL has no rows, so make it a function and write SELECT * FROM it")
                    .formatted(dataset));
        }
        for (Iterator<?> records = records(dataset, answer); records.hasNext(); ) {
            Map<String, ?> record = record(dataset, records.next());
            if (keys.own(get(dataset), map.subjectKey(), record)) {
                found.add(record);
            } else {
                others++;
            }
        }
        if (others == 0) {
            return found.finish(0, 0, null);
        }
        LOG.warn(
                "request {} dataset {}: left out {} rows; the query finds more than it is asked for",
                request.id(),
                dataset,
                others);
        // Another address is another person's. Another spelling of a number may be this one's: somebody has to look.
        boolean isCertain = get(dataset).match().values().stream().allMatch(map.subjectKey()::equals);
        return found.finish(
                0,
                0,
                isCertain ? null : "%d rows were left out, as their key is not written just so".formatted(others));
    }

    private static Iterator<?> records(String dataset, Object answer) {
        if (answer instanceof Iterator<?> records) {
            return records;
        }
        if (answer instanceof Iterable<?> records) {
            return records.iterator();
        }
        throw noRecords(dataset, answer);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> record(String dataset, Object record) {
        if (record instanceof Map<?, ?>) {
            return (Map<String, ?>) record;
        }
        throw noRecords(dataset, record);
    }

    private static IllegalStateException noRecords(String dataset, Object found) {
        return new IllegalStateException(
                "dataset \"%s\": its route must answer with a list or an iterator of maps, but there was %s"
                        .formatted(
                                dataset,
                                found == null
                                        ? "nothing"
                                        : "a " + found.getClass().getName()));
    }

    /** Adds up the queries of a dataset and keeps its answer, which is partial if keys may be missing. */
    public DatasetFindings record(DataSubjectRequest request, String dataset, List<SearchResult> searches) {
        return record(request, dataset, searches, missingKeys(request).reasons(get(dataset), null));
    }

    /** @param gaps why rows may have been missed, apart from the searches' own problems */
    DatasetFindings record(
            DataSubjectRequest request, String dataset, List<SearchResult> searches, Collection<String> gaps) {
        Set<String> reasons = new LinkedHashSet<>();
        searches.forEach(search -> reasons.addAll(search.problems()));
        reasons.addAll(gaps);
        List<Part> parts =
                searches.stream().flatMap(search -> search.parts().stream()).toList();
        Set<SubjectKey> keys = new HashSet<>();
        searches.forEach(search -> keys.addAll(search.keys()));
        Status status = !reasons.isEmpty() ? Status.PARTIAL : parts.isEmpty() ? Status.NOTHING_FOUND : Status.COMPLETE;
        DatasetFindings findings = new DatasetFindings(
                dataset,
                status,
                List.copyOf(reasons),
                searches.stream().mapToLong(SearchResult::files).sum(),
                searches.stream().mapToLong(SearchResult::bytes).sum(),
                parts.stream().mapToLong(Part::rows).sum(),
                searches.stream()
                        .flatMap(search -> search.readPartitions().stream())
                        .collect(Collectors.toSet()),
                parts);
        requests.record(request, findings, keys);
        observer.recorded(findings);
        return findings;
    }
}
