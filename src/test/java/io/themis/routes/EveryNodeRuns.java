package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * Fails a class of route tests after which a node of its {@link RouteFile} has not run. Camel's own route coverage
 * counts too, but leaves it to people to look, and its Maven report finds no routes in YAML.
 */
final class EveryNodeRuns implements BeforeEachCallback, AfterAllCallback {

    private static final Map<String, Nodes> FILES = new ConcurrentHashMap<>();

    private final Set<String> testsRun = ConcurrentHashMap.newKeySet();

    /** To be added to a context before its routes. */
    static InterceptStrategy of(String file) {
        return FILES.computeIfAbsent(file, Nodes::new);
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        testsRun.add(test.getRequiredTestMethod().getName());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Class<?> tests = context.getRequiredTestClass();
        boolean isWholeClass =
                AnnotationSupport.findAnnotatedMethods(tests, Test.class, HierarchyTraversalMode.TOP_DOWN).stream()
                        .allMatch(method -> testsRun.contains(method.getName()));
        if (isWholeClass && context.getExecutionException().isEmpty()) {
            Nodes nodes = FILES.get(tests.getAnnotation(RouteFile.class).value());
            assertThat(nodes.hasRun)
                    .as("nodes of %s, and whether a test of %s ran them", nodes.file, tests.getSimpleName())
                    .isNotEmpty()
                    .doesNotContainValue(false);
        }
    }

    private static final class Nodes implements InterceptStrategy {

        private final String file;
        private final Map<String, Boolean> hasRun = new TreeMap<>();

        Nodes(String name) {
            this.file = name + ".camel.yaml";
        }

        @Override
        public Processor wrapProcessorInInterceptors(
                CamelContext context, NamedNode node, Processor target, Processor next) {
            if (node.getLocation() == null || !node.getLocation().endsWith(file)) {
                return target;
            }
            String name = "line %3d: %s".formatted(node.getLineNumber(), node.getShortName());
            note(name, false);
            return new DelegateAsyncProcessor(target) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    note(name, true);
                    return super.process(exchange, callback);
                }
            };
        }

        private synchronized void note(String node, boolean ran) {
            hasRun.merge(node, ran, Boolean::logicalOr);
        }
    }
}
