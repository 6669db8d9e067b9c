package io.themis.step;

import io.themis.request.Requests;
import io.themis.request.StepRunner;
import io.themis.request.Steps;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Expression;
import org.apache.camel.support.DefaultComponent;
import org.springframework.stereotype.Component;

/**
 * {@code step:name}. A route that starts with it finds the {@link io.themis.request.DataSubjectRequest} in the
 * variable {@value #REQUEST} and in the body; the step is done when the route ends without an exception. A route that
 * sends to it has the request in that variable, and may name {@code notBefore}: a simple expression that gives the
 * {@link java.time.Instant} before which the step does not run. A step that was started before is left alone, unless {@code again=true}
 * says that it is to be done once more. A name may have more behind a dot, as {@code search-lake.posts.3}, which the route of
 * {@code step:search-lake} finds in the variable {@value #PART}.
 */
@Component("step")
public class StepComponent extends DefaultComponent {

    /** Exchange variable that holds the request. Messages from outside can set headers, but not variables. */
    public static final String REQUEST = "request";

    /** Exchange variable with what is behind the first dot of the step's name; null if there is none. */
    public static final String PART = "part";

    private final Requests requests;
    private final Steps steps;
    private final StepRunner runner;

    public StepComponent(Requests requests, Steps steps, StepRunner runner) {
        this.requests = requests;
        this.steps = steps;
        this.runner = runner;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
        String notBefore = getAndRemoveParameter(parameters, "notBefore", String.class);
        Expression time = notBefore == null
                ? null
                : getCamelContext().resolveLanguage("simple").createExpression(notBefore);
        boolean again = getAndRemoveParameter(parameters, "again", boolean.class, false);
        return new StepEndpoint(uri, name, time, again, this, requests, steps, runner);
    }
}
