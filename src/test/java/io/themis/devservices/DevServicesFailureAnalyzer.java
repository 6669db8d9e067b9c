package io.themis.devservices;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a part does not start as a message instead of a stack trace. */
class DevServicesFailureAnalyzer extends AbstractFailureAnalyzer<DevServicesException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DevServicesException cause) {
        return new FailureAnalysis(cause.getMessage(), null, cause);
    }
}
