package io.themis.dryrun;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.enrichment.LakeFiles;
import io.themis.enrichment.LakeListing;
import io.themis.request.ReadableError;
import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;

/** Says of a data map that works where each dataset gets its keys, and what the lake has of it. */
final class Check {

    private final ApplicationContext context;
    private final DataMap map;
    private final PrintStream out;
    private boolean isLakeSilent;

    /** @throws RuntimeException with a DataMapException inside if the map does not work */
    Check(ApplicationContext context, PrintStream out) {
        this.context = context;
        this.map = context.getBean(DataMap.class);
        this.out = out;
    }

    /** Always true: a map with a mistake does not come so far. */
    boolean print() {
        out.printf(
                "The data map %s works. Datasets: %d; \"%s\" says who is known.%n",
                map.source(), map.datasets().size(), map.knownBy());
        for (Dataset dataset : map.datasets()) {
            out.printf("%n%s (%s)%n", dataset.name(), place(dataset));
            for (String key : dataset.keys()) {
                out.printf("  %s from %s%n", key, origin(dataset, key));
            }
            out.println("  erasure: " + dataset.erasure().action().name().toLowerCase(Locale.ROOT));
            if (dataset.kind() == Kind.LAKE) {
                out.println("  " + files(dataset));
            }
        }
        return true;
    }

    private static String place(Dataset dataset) {
        return switch (dataset.kind()) {
            case SQL -> "sql, " + dataset.dataSource();
            case LAKE -> "lake, " + dataset.path();
            case ROUTE -> "route, " + dataset.uri();
        };
    }

    private String origin(Dataset dataset, String key) {
        Stream<String> request = key.equals(map.subjectKey()) ? Stream.of("the request") : Stream.of();
        Stream<String> providers = map.providersFor(dataset).stream()
                .filter(provider -> provider.provides().containsKey(key))
                .map(Dataset::name);
        return Stream.concat(request, providers).collect(Collectors.joining(" and "));
    }

    private String files(Dataset dataset) {
        if (!context.getEnvironment().containsProperty("themis.lake.endpoint")) {
            return "files not counted, themis.lake.endpoint is not set";
        }
        if (isLakeSilent) {
            return "files not counted, as above";
        }
        LakeListing lake = context.getBean(LakeListing.class);
        try {
            LakeFiles files = lake.files(dataset);
            return "files: %d, %,d bytes%s"
                    .formatted(
                            files.files(),
                            files.bytes(),
                            files.files() == 0 ? "; does the path begin at the top of the container?" : "");
        } catch (RuntimeException e) {
            // Whatever the store's client throws: it has no type of its own for a store that is away.
            isLakeSilent = true;
            return "files not counted, the lake gives no list: " + ReadableError.of(e);
        }
    }
}
