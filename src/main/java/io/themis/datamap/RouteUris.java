package io.themis.datamap;

import java.util.Collection;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Checks, at start-up, that there is a route behind each {@code direct:} uri of the data map. */
public final class RouteUris {

    private RouteUris() {}

    /**
     * @param begins whether a route begins with a uri that starts with {@code direct:}
     * @param own what the company's routes begin with, for whoever mistyped it
     * @throws DataMapException with every dataset that no route answers
     */
    public static void check(DataMap map, Predicate<String> begins, Collection<String> own) {
        Problems problems = new Problems(map.source());
        for (Dataset dataset : map.datasets()) {
            // Its own, and that which erases
            Stream.of(dataset.uri(), dataset.erasure().uri())
                    .filter(uri -> uri != null && uri.startsWith("direct:") && !begins.test(uri))
                    .map(uri -> uri.replaceFirst("\\?.*", ""))
                    .forEach(route -> problems.add(
                            dataset,
                            ("there is no route that begins with %s%s; write its file behind a comma into"
                                            + " camel.main.routes-include-pattern, such as"
                                            + " classpath:routes/*.camel.yaml,file:/etc/themis/routes/*.camel.yaml")
                                    .formatted(route, Suggestion.of(route, own))));
        }
        problems.throwIfAny();
    }
}
