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
 * of them may know a value that the others do not. Datasets that need each other's keys come together.
 */
final class Levels {

    private final String subjectKey;
    private final List<Dataset> datasets;
    private final Dependencies dependencies;
    private final ToIntFunction<Dataset> lineOfKeys;
    private final Problems problems;
    private final Map<Dataset, Integer> levels = new HashMap<>();

    private Levels(String subjectKey, List<Dataset> datasets, ToIntFunction<Dataset> lineOfKeys, Problems problems) {
        this.subjectKey = subjectKey;
        this.datasets = datasets;
        this.dependencies = new Dependencies(datasets);
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
        checkStart();
        List<List<Dataset>> order = new ArrayList<>();
        for (Dataset dataset : datasets) {
            int level = level(dataset);
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
                                        advice(dataset)));
            }
        }
    }

    private static String advice(Dataset dataset) {
        if (dataset.format() == Dataset.Format.FILE) {
            return "a dataset of files can't use it";
        }
        return dataset.kind() == Dataset.Kind.LAKE
                ? "use the same placeholders in this path"
                : "only a lake dataset with the same placeholders can use it";
    }

    private List<Dataset> providers(String key) {
        return datasets.stream()
                .filter(dataset -> dataset.provides().containsKey(key))
                .toList();
    }

    /** One more than that of the last provider outside of the dataset's own circle. */
    private int level(Dataset dataset) {
        if (levels.containsKey(dataset)) {
            return levels.get(dataset);
        }
        Set<Dataset> together = new LinkedHashSet<>(dependencies.circleOf(dataset));
        together.add(dataset);
        int level = 0;
        for (Dataset member : together) {
            for (Dataset provider : dependencies.providersOf(member)) {
                if (!together.contains(provider)) {
                    level = Math.max(level, 1 + level(provider));
                }
            }
        }
        for (Dataset member : together) {
            levels.put(member, level);
        }
        return level;
    }

    /** A circle can go on for long, but something outside of it must start it. */
    private void checkStart() {
        Set<Dataset> started = new LinkedHashSet<>();
        while (started.addAll(
                datasets.stream().filter(dataset -> canStart(dataset, started)).toList())) {
            // Each dataset that can be asked may let others be asked.
        }
        Set<Dataset> told = new LinkedHashSet<>();
        for (Dataset dataset : datasets) {
            Set<Dataset> circle = dependencies.circleOf(dataset);
            if (!started.contains(dataset) && !told.contains(dataset) && isStuckByItself(circle, started)) {
                told.addAll(circle);
                problems.add(lineOfKeys.applyAsInt(dataset), dataset, neverStarts(dataset, circle));
            }
        }
    }

    private boolean canStart(Dataset dataset, Set<Dataset> started) {
        return dataset.kind() == Dataset.Kind.LAKE
                ? dataset.keys().stream().anyMatch(key -> isReached(key, dataset, started))
                : dataset.keys().stream().allMatch(key -> isReached(key, dataset, started));
    }

    private boolean isReached(String key, Dataset dataset, Set<Dataset> started) {
        return key.equals(subjectKey)
                || started.stream()
                        .anyMatch(provider -> provider.provides().containsKey(key) && provider.reaches(dataset));
    }

    /** Otherwise there is another mistake further up, which has been told. */
    private boolean isStuckByItself(Set<Dataset> circle, Set<Dataset> started) {
        return !circle.isEmpty()
                && circle.stream()
                        .allMatch(member -> dependencies.providersOf(member).stream()
                                        .allMatch(provider -> circle.contains(provider) || started.contains(provider))
                                && member.keys().stream()
                                        .allMatch(key -> isReached(key, member, Set.copyOf(datasets))));
    }

    private String neverStarts(Dataset start, Set<Dataset> circle) {
        List<String> needs = new ArrayList<>();
        Set<Dataset> seen = new LinkedHashSet<>();
        for (Dataset user = start; seen.add(user); ) {
            Dataset provider = dependencies.providersOf(user).stream()
                    .filter(circle::contains)
                    .findFirst()
                    .orElseThrow();
            String keys = user.keys().stream()
                    .filter(provider.provides()::containsKey)
                    .collect(Collectors.joining(" and "));
            needs.add("%s needs %s from %s".formatted(user.name(), keys, provider.name()));
            user = provider;
        }
        return "can never be asked: %s; let a dataset that is asked with \"%s\" provide one of these keys"
                .formatted(String.join(", ", needs), subjectKey);
    }
}
