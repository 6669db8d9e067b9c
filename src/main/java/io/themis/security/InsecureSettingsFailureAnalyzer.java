package io.themis.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows the refusal as a message instead of a stack trace. */
class InsecureSettingsFailureAnalyzer extends AbstractFailureAnalyzer<InsecureSettingsException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InsecureSettingsException cause) {
        return new FailureAnalysis(
                "These settings are missing or not secure:" + System.lineSeparator() + cause.getMessage(),
                "Set each of them (as a property, or as an environment variable such as THEMIS_GATEWAYKEY for "
                        + "themis.gateway-key) and start again.",
                cause);
    }
}
