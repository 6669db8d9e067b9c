package io.themis.step;

import org.apache.camel.CamelException;
import org.apache.camel.RuntimeCamelException;

/** What went wrong in a route, without Camel's wrappers, which only say where. */
public final class RouteFailure {

    private RouteFailure() {}

    public static Throwable cause(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CamelException || inner instanceof RuntimeCamelException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }
}
