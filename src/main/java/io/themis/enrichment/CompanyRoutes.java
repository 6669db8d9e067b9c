package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapException;
import io.themis.datamap.RouteUris;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.stereotype.Component;

/**
 * Refuses to start with routes of the company's own that would change what Themis' routes promise: an entry from outside
 * without their guards, or an error handling that would be that of all routes. Refuses to start without a route that the
 * data map asks, too: each request would wait for it in vain.
 */
@Component
class CompanyRoutes implements CamelContextConfiguration {

    private final DataMap map;

    CompanyRoutes(DataMap map) {
        this.map = map;
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
        try {
            // Called before any route takes a message; what it throws ends the start.
            context.addStartupListener((camel, alreadyStarted) -> {
                check(camel);
                checkUris(camel);
            });
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
    }

    @Override
    public void afterApplicationStart(CamelContext context) {
        // Nothing: it is too late to refuse, an exception here would only be logged.
    }

    /** @throws IllegalStateException that says what to write, and names the file of a route */
    private static void check(CamelContext context) {
        ModelCamelContext model = (ModelCamelContext) context;
        for (RouteDefinition route : model.getRouteDefinitions()) {
            if (isTheCompanys(route.getResource()) && !route.getEndpointUrl().startsWith("direct:")) {
                throw new IllegalStateException(
                        "%s: the route \"%s\" begins with %s; routes of your own begin with direct: and are asked by a dataset of kind route"
                                .formatted(route.getResource().getLocation(), route.getId(), scheme(route)));
            }
        }
        if (model.getRouteConfigurationDefinitions().stream().anyMatch(CompanyRoutes::changesEveryRoute)) {
            throw new IllegalStateException(
                    "a file with routes of your own has a routeConfiguration without an id, which is"
                            + " that of every route; give it an id, and your routes that as routeConfigurationId");
        }
    }

    /** @throws DataMapException with every dataset that no route answers */
    private void checkUris(CamelContext context) {
        Set<String> all = begins(context, route -> true);
        Set<String> own = begins(context, route -> isTheCompanys(route.getSourceResource()));
        RouteUris.check(map, uri -> all.contains(path(context.getEndpoint(uri))), own);
    }

    private static Set<String> begins(CamelContext context, Predicate<Route> which) {
        return context.getRoutes().stream()
                .filter(which)
                .map(route -> path(route.getEndpoint()))
                .collect(Collectors.toSet());
    }

    /** As a data map has it, without options: {@code direct:my-crm}. */
    private static String path(Endpoint endpoint) {
        return endpoint.getEndpointBaseUri().replaceFirst("://", ":");
    }

    /** Camel makes one of all that have no id; that of Themis has nothing but this error handler. */
    private static boolean changesEveryRoute(RouteConfigurationDefinition configuration) {
        return configuration.getId() == null
                && !(configuration.getOnExceptions().isEmpty()
                        && configuration.getOnCompletions().isEmpty()
                        && configuration.getIntercepts().isEmpty()
                        && configuration.getInterceptFroms().isEmpty()
                        && configuration.getInterceptSendTos().isEmpty()
                        && configuration.getErrorHandler().getErrorHandlerType() instanceof NoErrorHandlerDefinition);
    }

    private static String scheme(RouteDefinition route) {
        return route.getEndpointUrl().replaceAll(":.*", ":");
    }

    /** Those of Themis come from the jar, or the folder of its classes, or are made by it. */
    private static boolean isTheCompanys(Resource file) {
        return file != null
                && file.getScheme().equals("file")
                && !file.getLocation()
                        .startsWith(CompanyRoutes.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString());
    }
}
