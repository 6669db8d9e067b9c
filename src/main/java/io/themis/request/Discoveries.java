package io.themis.request;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What has come to light about the person of a request, while datasets are asked. */
public interface Discoveries {

    Set<SubjectKey> keys(UUID id);

    /**
     * Whether it is known who the person is, whatever the company's databases say by now: an erasure that has begun before, or is done
     * again, has the keys from then.
     */
    default boolean isIdentified(DataSubjectRequest request) {
        return false;
    }

    /** What has been answered so far, in no particular order. */
    List<DatasetFindings> findings(UUID id);

    /**
     * Keeps what a dataset answered and the keys that it brought to light, both or neither.
     *
     * @throws IllegalStateException if the request has begun again or ended, or its package is whole: a search that an attempt left
     *     behind when it failed can end as late as that
     */
    void record(DataSubjectRequest request, DatasetFindings findings, Collection<SubjectKey> keys);

    /** Notes what the mails call the person. */
    void greet(UUID id, String greeting);
}
