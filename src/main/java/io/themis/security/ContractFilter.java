package io.themis.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Lets through the operations of the REST contract and nothing else. Camel's REST support would answer the rest by itself,
 * without any route, and sends back all headers and the body of the request: through a gateway, its key would go out.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class ContractFilter extends OncePerRequestFilter {

    private static final String CONTRACT = "openapi/themis.yaml";

    private final Map<PathPattern, Set<String>> methods = new LinkedHashMap<>();

    private final boolean hasPage;

    ContractFilter(Environment environment) throws IOException {
        this.hasPage = WithPage.HasClient.isIn(environment);
        try (InputStream contract = new ClassPathResource(CONTRACT).getInputStream()) {
            Map<String, Map<String, Map<String, Object>>> document =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(contract);
            document.get("paths")
                    .forEach((path, operations) ->
                            methods.put(PathPatternParser.defaultInstance.parse(path), upperCase(operations.keySet())));
        }
    }

    /**
     * The path as Camel understands it: the most literal one counts alone, so that {@code /requests/search} is no request called
     * search, and what the contract writes plainly is not found in another spelling, such as {@code /%72equests}.
     */
    private Optional<PathPattern> pathOfTheContract(String uri) {
        PathContainer path = PathContainer.parsePath(uri);
        return methods.keySet().stream()
                .filter(pattern -> pattern.matches(path))
                .min(Comparator.naturalOrder())
                .filter(pattern -> isWrittenPlainly(pattern.getPatternString().split("/"), uri.split("/")));
    }

    private static boolean isWrittenPlainly(String[] pattern, String[] written) {
        return IntStream.range(0, pattern.length)
                .allMatch(i -> pattern[i].startsWith("{") || pattern[i].equals(written[i]));
    }

    private static Set<String> upperCase(Set<String> operations) {
        return operations.stream()
                .map(operation -> operation.toUpperCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The page is no operation of the contract; it calls them. */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return hasPage && PageAddress.isAskedFor(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<PathPattern> path = pathOfTheContract(request.getRequestURI());
        if (path.isEmpty()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        Set<String> allowed = methods.get(path.get());
        boolean isAllowed = allowed.contains(request.getMethod());
        if (!isAllowed || request.getMethod().equals("OPTIONS")) {
            // Without this an answer to OPTIONS would name every method that a servlet can have.
            response.setHeader(HttpHeaders.ALLOW, allowed.stream().sorted().collect(Collectors.joining(", ")));
        }
        if (isAllowed) {
            chain.doFilter(request, response);
        } else {
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
    }
}
