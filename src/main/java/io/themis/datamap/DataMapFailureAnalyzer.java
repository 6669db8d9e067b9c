package io.themis.datamap;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong with a data map in place of a stack trace. Registered in {@code META-INF/spring.factories}. */
class DataMapFailureAnalyzer extends AbstractFailureAnalyzer<DataMapException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DataMapException cause) {
        return new FailureAnalysis(cause.getMessage(), "Mend these lines of the data map and start again.", cause);
    }
}
