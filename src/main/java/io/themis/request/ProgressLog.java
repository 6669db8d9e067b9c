package io.themis.request;

import java.util.List;

/** Where the progress of searches is noted, for whoever asks and whichever replica is asked. */
public interface ProgressLog {

    /** Replaces what is noted of the dataset, unless that is of a later search or further on. */
    void note(SearchProgress progress);

    /** The searches of all open requests that are not done, also those that nobody is at. */
    List<SearchProgress> unfinished();
}
