package io.themis.request;

import java.util.UUID;

/** Does one step of a request. Is called again after a failure or a crash, so doing it twice must change nothing. */
@FunctionalInterface
public interface StepHandler {

    void run(UUID requestId) throws Exception;
}
