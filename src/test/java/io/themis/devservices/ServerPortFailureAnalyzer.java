package io.themis.devservices;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which setting chose the taken port; Spring Boot's own analyzer says the port only. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class ServerPortFailureAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

    private final Environment environment;

    ServerPortFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
        boolean management = environment.getProperty("management.server.port", Integer.class, -1) == cause.getPort();
        String setting = management ? "management.server.port" : "server.port";
        return new FailureAnalysis(new PortTakenException(cause.getPort(), setting, cause).getMessage(), null, cause);
    }
}
