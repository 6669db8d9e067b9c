package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.datamap.RowOwner;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.Discoveries;
import io.themis.request.Part;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Searches datasets for one request and keeps what they answered. */
@Component
public class Datasets {

    /** How often a dataset is asked for one request. Real chains of keys are short; one without an end must not go on. */
    static final int MOST_ROUNDS = 10;

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
        return map.dataset(name);
    }

    /**
     * Whether there is something to ask the dataset: it has not answered yet, in this attempt or an earlier one, or keys
     * have come to light that it has not been asked with.
     */
    public boolean isUnanswered(DataSubjectRequest request, String dataset) {
        Asked last = lastAsked(request, dataset);
        return last == null
                || last.round() < MOST_ROUNDS
                        && !last.keys().equals(keys(request).count(get(dataset)));
    }

    /**
     * What the dataset is about to be asked with. To be called before it is asked: a key that comes to light in the
     * meantime may have been used or not, and so must be asked with again.
     */
    public Asked asked(DataSubjectRequest request, String dataset) {
        Asked last = lastAsked(request, dataset);
        return new Asked(last == null ? 1 : last.round() + 1, keys(request).count(get(dataset)));
    }

    private Asked lastAsked(DataSubjectRequest request, String dataset) {
        return requests.findings(request.id()).stream()
                .filter(findings -> findings.dataset().equals(dataset))
                .map(DatasetFindings::asked)
                .findFirst()
                .orElse(null);
    }

    /** The parameters of each query that finds the person's rows: usually one, none if a key is missing. */
    public List<Map<String, String>> parameters(DataSubjectRequest request, String dataset) {
        return keys(request).parameters(get(dataset));
    }

    /** All that is known to name the person: what the request brought, and what datasets brought to light. */
    public Keys keys(DataSubjectRequest request) {
        Set<SubjectKey> known = new LinkedHashSet<>();
        known.add(new SubjectKey(map.subjectKey(), null, request.emailAddress().value()));
        // In the same order in every attempt, since the first of those with the same normal form is asked with.
        requests.keys(request.id()).stream()
                .sorted(Comparator.comparing(SubjectKey::value))
                .forEach(known::add);
        return new Keys(known, map.normalForms());
    }

    /** Where found rows go. An erasure asks for what is there and for the keys; the rows themselves nobody will see. */
    PartSink sink(DataSubjectRequest request) {
        return request.isErasure() ? part -> OutputStream.nullOutputStream() : staging;
    }

    /** Where not all that names the person may be known. */
    MissingKeys missingKeys(DataSubjectRequest request) {
        return new MissingKeys(map, keys(request), requests.findings(request.id()));
    }

    /**
     * The answer to one query, to be taken page by page.
     *
     * @param query number of the query in its dataset, the same in every attempt
     */
    public DatasetAnswer begin(DataSubjectRequest request, String dataset, int query) {
        Dataset asked = get(dataset);
        Keys keys = keys(request);
        return new DatasetAnswer(
                request,
                asked,
                new RowOwner(asked, null, keys),
                new FoundRows(
                        sink(request),
                        Staging.name(request, dataset, String.valueOf(query)),
                        asked,
                        null,
                        new Masking(asked, null, keys)));
    }

    /**
     * Stages the records that a query or a route answered with. Rows that are not the person's are left out.
     *
     * @param page a list or an iterator of records, each a map of columns
     * @param next what a route asks to be called again with, since there is more; null if this page is the last
     * @throws IllegalStateException if the page is anything else: what a route of somebody's own meant to say can't be
     *     guessed, least of all that there is nothing; or if the route would never end
     */
    public void take(
            @Variable("answer") DatasetAnswer answer, @Body Object page, @Variable(DatasetAnswer.NEXT) Object next)
            throws IOException {
        Dataset dataset = answer.dataset();
        for (Iterator<?> records = records(dataset, page); records.hasNext(); ) {
            Map<String, ?> record = record(dataset.name(), records.next());
            if (answer.owner().isWhollyPersons(record)) {
                answer.add(record);
            } else {
                answer.leaveOut();
            }
        }
        answer.endPage(next);
    }

    /** What all pages of an answer brought. */
    public SearchResult finish(DatasetAnswer answer) throws IOException {
        long others = answer.leftOut();
        if (others == 0) {
            return answer.finish(null);
        }
        LOG.warn(
                "request {} dataset {}: left out {} rows; the query finds more than it is asked for",
                answer.request().id(),
                answer.dataset().name(),
                others);
        // Another address is another person's. Another spelling of a number may be this one's: somebody has to look.
        boolean isCertain = answer.dataset().match().values().stream().allMatch(map.subjectKey()::equals);
        return answer.finish(
                isCertain
                        ? null
                        : new Shortfall(
                                Shortfall.Kind.UNCERTAIN,
                                "rows were left out, as their key is not written just so: %d".formatted(others)));
    }

    private static Iterator<?> records(Dataset dataset, Object page) {
        if (page instanceof Iterator<?> records) {
            return records;
        }
        if (dataset.kind() == Kind.SQL) {
            throw new IllegalStateException(("dataset \"%s\": the query answers with a count of rows and no rows."
                            + " In a procedure of SQL Server write SET NOCOUNT ON first;"
                            + " a procedure of PostgreSQL has no rows, so make it a function and write SELECT * FROM it")
                    .formatted(dataset.name()));
        }
        // No other Iterable: a JSON object is one too, of its values.
        if (page instanceof Collection<?> records) {
            return records.iterator();
        }
        throw noRecords(dataset.name(), page);
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
    public DatasetFindings record(
            DataSubjectRequest request, String dataset, Asked asked, List<SearchResult> searches) {
        return record(request, dataset, asked, searches, missingKeys(request).reasons(get(dataset), null));
    }

    /** @param gaps why rows may have been missed, apart from the searches' own problems */
    DatasetFindings record(
            DataSubjectRequest request,
            String dataset,
            Asked asked,
            List<SearchResult> searches,
            Collection<Shortfall> gaps) {
        Set<Shortfall> reasons = new LinkedHashSet<>();
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
                parts,
                asked,
                Review.sum(searches.stream().map(SearchResult::review).toList()));
        requests.record(request, findings, keys);
        warnOfMasks(request, findings);
        observer.recorded(findings);
        return findings;
    }

    /** A column that a row may lack may also be misspelt, and then others' data is handed out. */
    private void warnOfMasks(DataSubjectRequest request, DatasetFindings findings) {
        if (findings.rows() == 0) {
            return;
        }
        for (String column : get(findings.dataset()).maskedColumns()) {
            if (findings.parts().stream().noneMatch(part -> part.hidden().containsKey(column))) {
                LOG.warn(
                        "request {} dataset {}: none of the rows has the masked column {}; is it called so?",
                        request.id(),
                        findings.dataset(),
                        column);
            }
        }
    }
}
