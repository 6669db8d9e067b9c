package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.RowOwner;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Shortfall;
import java.io.IOException;
import java.util.Map;

/** What one query of a dataset, or a route of the company's own, answers, page by page. Memory holds one page. */
public final class DatasetAnswer {

    /** Exchange variable that a route sets while it has more. */
    static final String NEXT = "next";

    /** No person has as many, and a route that counts for ever is stopped. */
    private static final int MOST_PAGES = 100_000;

    private final DataSubjectRequest request;
    private final Dataset dataset;
    private final RowOwner owner;
    private final FoundRows found;
    private long leftOut;
    private int pages;
    private Object next;

    /** @param owner tells which of its rows are the person's */
    DatasetAnswer(DataSubjectRequest request, Dataset dataset, RowOwner owner, FoundRows found) {
        this.request = request;
        this.dataset = dataset;
        this.owner = owner;
        this.found = found;
    }

    DataSubjectRequest request() {
        return request;
    }

    Dataset dataset() {
        return dataset;
    }

    RowOwner owner() {
        return owner;
    }

    /** Whether there is a page that has not been taken. */
    public boolean isUnfinished() {
        return pages == 0 || next != null;
    }

    void add(Map<String, ?> record) throws IOException {
        found.add(record);
    }

    void leaveOut() {
        leftOut++;
    }

    long leftOut() {
        return leftOut;
    }

    /** @throws IllegalStateException if the route would never end */
    void endPage(Object following) {
        pages++;
        if (following != null && following.equals(next)) {
            throw new IllegalStateException(
                    "dataset \"%s\": its route set the variable \"next\" to the same value twice and would never end; remove it after the last page"
                            .formatted(dataset.name()));
        }
        if (following != null && pages == MOST_PAGES) {
            throw new IllegalStateException(
                    "dataset \"%s\": its route set the variable \"next\" %d times and seems never to end"
                            .formatted(dataset.name(), MOST_PAGES));
        }
        next = following;
    }

    SearchResult finish(Shortfall problem) throws IOException {
        return found.finish(0, 0, problem);
    }
}
