package io.themis.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What alerts and dashboard ask Prometheus, as it stands in the files; no kustomize is needed. */
public final class Monitoring {

    static final Path FOLDER = Manifests.FOLDER.resolve("components/monitoring");

    /** Texts, then whatever stands in braces, brackets, or behind a word that takes labels. */
    private static final Pattern NO_NAMES =
            Pattern.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(?:by|on|without|ignoring) ?\\([^)]*\\)");

    /** What no parenthesis follows, and so is no function. */
    private static final Pattern NAME = Pattern.compile("(?<![\\w.])[a-zA-Z_]\\w*+(?! *\\()");

    private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "Inf");

    /** Made by Prometheus itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");

    private Monitoring() {}

    static List<Rule> alerts() {
        return ((PrometheusRule) Manifests.parse(read("prometheus-rule.yaml")))
                .getSpec().getGroups().stream()
                        .flatMap(group -> group.getRules().stream())
                        .toList();
    }

    static JsonNode dashboard() {
        return read("dashboard.json");
    }

    /** The panels of the dashboard that show something: no headings of rows. */
    static List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        dashboard().path("panels").forEach(panel -> {
            if (!panel.path("type").asText().equals("row")) {
                panels.add(panel);
            }
        });
        return panels;
    }

    /** What a panel asks, for the namespace {@code themis} and with the rates of five minutes. */
    static List<String> expressions(JsonNode panel) {
        return panel.path("targets").findValuesAsText("expr").stream()
                .map(expression -> expression.replace("$__rate_interval", "5m").replace("$namespace", "themis"))
                .toList();
    }

    static List<String> expressions() {
        return Stream.concat(
                        alerts().stream().map(alert -> alert.getExpr().getStrVal()),
                        panels().stream().flatMap(panel -> expressions(panel).stream()))
                .toList();
    }

    /** The names of all metrics that anything asks for, as Themis has to show them. */
    public static Set<String> metrics() {
        Set<String> names = new TreeSet<>();
        for (String expression : expressions()) {
            NAME.matcher(NO_NAMES.matcher(expression).replaceAll(" "))
                    .results()
                    .map(MatchResult::group)
                    .filter(name -> !WORDS.contains(name) && !OF_PROMETHEUS.contains(name))
                    .forEach(names::add);
        }
        return names;
    }

    static JsonNode read(String file) {
        try {
            return Manifests.tree(Files.readString(FOLDER.resolve(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
