package io.themis.datamap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Puts datasets in the order of their keys: a dataset comes after <em>all</em> that provide a key it needs, since each
 * of them may know a value that the others do not.
 */
final class Levels {

    private final String subjectKey;
    private final List<Dataset> datasets;
    private final ToIntFunction<Dataset> lineOfKeys;
    private final Problems problems;
    private final Map<Dataset, Integer> levels = new HashMap<>();

    private Levels(String subjectKey, List<Dataset> datasets, ToIntFunction<Dataset> lineOfKeys, Problems problems) {
        this.subjectKey = subjectKey;
        this.datasets = datasets;
        this.lineOfKeys = lineOfKeys;
        this.problems = problems;
    }

    /**
     * The levels, each in the order of the file; without meaning if there are problems.
     *
     * @param lineOfKeys where a dataset tells which keys it needs
     */
    static List<List<Dataset>> of(
            String subjectKey, List<Dataset> datasets, ToIntFunction<Dataset> lineOfKeys, Problems problems) {
        return new Levels(subjectKey, datasets, lineOfKeys, problems).order();
    }

    private List<List<Dataset>> order() {
        datasets.forEach(this::checkKeys);
        List<List<Dataset>> order = new ArrayList<>();
        for (Dataset dataset : datasets) {
            int level = level(dataset, new LinkedHashSet<>());
            while (order.size() <= level) {
                order.add(new ArrayList<>());
            }
            order.get(level).add(dataset);
        }
        return order.stream().map(List::copyOf).toList();
    }

    private void checkKeys(Dataset dataset) {
        for (String key : dataset.keys()) {
            if (DataMap.PERSON_NAMES.contains(key)) {
                // The reader has refused it already, for a better reason than that nobody provides it.
                continue;
            }
            List<Dataset> providers = providers(key);
            if (key.equals(subjectKey) || providers.stream().anyMatch(provider -> provider.reaches(dataset))) {
                continue;
            }
            if (providers.isEmpty()) {
                Set<String> known = new TreeSet<>();
                known.add(subjectKey);
                datasets.forEach(other -> known.addAll(other.provides().keySet()));
                known.removeAll(DataMap.PERSON_NAMES);
                problems.add(
                        lineOfKeys.applyAsInt(dataset),
                        dataset,
                        "needs the key \"%s\", which nobody provides%s; there are %s"
                                .formatted(key, Suggestion.of(key, known), String.join(", ", known)));
            } else {
                Dataset provider = providers.get(0);
                problems.add(
                        lineOfKeys.applyAsInt(dataset),
                        dataset,
                        "needs the key \"%s\", which \"%s\" finds for each %s and which holds only there; %s"
                                .formatted(
                                        key,
                                        provider.name(),
                                        String.join(" and ", provider.placeholders()),
                                        dataset.kind() == Dataset.Kind.LAKE
                                                ? "use the same placeholders in this path"
                                                : "only a lake dataset with the same placeholders can use it"));
            }
        }
    }

    private List<Dataset> providers(String key) {
        return datasets.stream()
                .filter(dataset -> dataset.provides().containsKey(key))
                .toList();
    }

    private int level(Dataset dataset, LinkedHashSet<Dataset> waiting) {
        if (levels.containsKey(dataset)) {
            return levels.get(dataset);
        }
        if (!waiting.add(dataset)) {
            problems.add(lineOfKeys.applyAsInt(dataset), dataset, cycle(dataset, waiting));
            return 0;
        }
        int level = 0;
        for (String key : dataset.keys()) {
            for (Dataset provider : providers(key)) {
                level = Math.max(level, 1 + level(provider, waiting));
            }
        }
        waiting.remove(dataset);
        levels.put(dataset, level);
        return level;
    }

    private static String cycle(Dataset start, Set<Dataset> waiting) {
        List<Dataset> circle = new ArrayList<>(
                waiting.stream().dropWhile(dataset -> !dataset.equals(start)).toList());
        circle.add(start);
        List<String> needs = new ArrayList<>();
        for (int i = 0; i + 1 < circle.size(); i++) {
            Dataset user = circle.get(i);
            Dataset provider = circle.get(i + 1);
            String keys = user.keys().stream()
                    .filter(provider.provides()::containsKey)
                    .collect(Collectors.joining(" and "));
            needs.add("%s needs %s from %s".formatted(user.name(), keys, provider.name()));
        }
        return "waits for itself: %s; take one of these keys from another dataset".formatted(String.join(", ", needs));
    }
}
