package io.themis.request;

import java.util.UUID;

/** Does one step of a request. Is called again after a failure or a crash, so doing it twice must change nothing. */
@FunctionalInterface
public interface StepHandler {

    /** @param part what is behind the first dot of the step's name; null if there is none */
    void run(UUID requestId, String part) throws Exception;
}
