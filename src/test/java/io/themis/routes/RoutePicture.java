package io.themis.routes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/**
 * Draws the routes as a Mermaid flow chart: a box a route, a frame a stage, a thick arrow for a durable {@code step:}, a
 * thin one for a {@code direct:} call, a rounded box for what is outside.
 */
final class RoutePicture {

    /** What is outside, by the beginning of its address, in the words of a reader. */
    private static final Map<String, String> OUTSIDE = Map.of(
            "jms:queue:themis.requests.dead", "dead letters",
            "jms:", "queue",
            "sql", "company database",
            "azure-storage-datalake", "data lake",
            "azure-storage-blob", "packages in Blob storage",
            "azure-eventgrid", "Event Grid topic",
            "platform-http:", "Event Grid",
            "{{themis.mail", "mail server",
            "timer:", "clock",
            "{{uri}}", "a route of yours");

    private final Map<String, List<String>> stages = new LinkedHashMap<>();
    private final Set<String> arrows = new LinkedHashSet<>();
    private final Set<String> outside = new LinkedHashSet<>();

    RoutePicture(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                read(new Yaml().load(Files.readString(file)));
            }
        }
    }

    String mermaid() {
        StringBuilder picture = new StringBuilder("flowchart LR\n");
        stages.forEach((stage, routes) -> {
            picture.append("  subgraph ").append(stage).append('\n');
            routes.forEach(route -> picture.append("    ").append(route).append('\n'));
            picture.append("  end\n");
        });
        outside.forEach(name -> picture.append("  ")
                .append(node(name))
                .append("([")
                .append(name)
                .append("])\n"));
        arrows.forEach(arrow -> picture.append("  ").append(arrow).append('\n'));
        return picture.toString();
    }

    private void read(Object document) {
        for (Object item : (List<?>) document) {
            Map<?, ?> entry = (Map<?, ?>) item;
            if (entry.get("route") instanceof Map<?, ?> route) {
                add((String) route.get("id"), route);
            } else if (entry.get("routeTemplate") instanceof Map<?, ?> template
                    && template.get("route") instanceof Map<?, ?> route) {
                Map<?, ?> from = (Map<?, ?>) route.get("from");
                add(name((String) from.get("uri")), route);
            }
        }
    }

    private void add(String id, Map<?, ?> route) {
        List<String> stage = stages.computeIfAbsent((String) route.get("group"), group -> new ArrayList<>());
        if (!stage.contains(id)) {
            stage.add(id);
        }
        Map<?, ?> from = (Map<?, ?>) route.get("from");
        String uri = (String) from.get("uri");
        if (!uri.startsWith("direct:") && !uri.startsWith("step:")) {
            arrows.add(node(outside(uri)) + " --> " + id);
        }
        walk(id, from.get("steps"));
    }

    private void walk(String id, Object part) {
        if (part instanceof List<?> list) {
            list.forEach(item -> walk(id, item));
        } else if (part instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if ("to".equals(key) || "toD".equals(key)) {
                    send(id, value instanceof Map<?, ?> endpoint ? (String) endpoint.get("uri") : (String) value);
                } else {
                    walk(id, value);
                }
            });
        }
    }

    private void send(String id, String uri) {
        if (uri.equals("{{uri}}")) {
            // Of a dataset: its query, or the route that the data map names.
            send(id, "direct:query-{{dataset}}");
        }
        if (uri.startsWith("step:")) {
            // What is behind a dot is the part of the work.
            arrows.add(id + " ==> " + name(uri.replaceFirst("\\..*", "")));
        } else if (uri.startsWith("direct:")) {
            arrows.add(id + " --> " + name(uri));
        } else if (!uri.startsWith("freemarker:")) {
            arrows.add(id + " --> " + node(outside(uri)));
        }
    }

    /** The name of a route; one that is made for each dataset ends in NAME. */
    private static String name(String uri) {
        String name = uri.substring(uri.indexOf(':') + 1);
        int variable = Math.max(name.indexOf("{{"), name.indexOf("${"));
        return variable < 0 ? name : name.substring(0, variable) + "NAME";
    }

    private String outside(String uri) {
        String name = OUTSIDE.entrySet().stream()
                .filter(entry -> uri.startsWith(entry.getKey()))
                .max(Map.Entry.comparingByKey((a, b) -> Integer.compare(a.length(), b.length())))
                .orElseThrow(() -> new IllegalStateException("no words for " + uri))
                .getValue();
        outside.add(name);
        return name;
    }

    private static String node(String name) {
        return name.replace(' ', '_');
    }
}
