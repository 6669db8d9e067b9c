package io.themis.datamap;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which datasets wait for which: a dataset needs all that provide one of its keys where it can use it. */
record Dependencies(List<Dataset> datasets) {

    /** The datasets that may know a value of a key which this one needs. */
    List<Dataset> providersOf(Dataset user) {
        return datasets.stream()
                .filter(provider -> provider.provides().keySet().stream().anyMatch(user.keys()::contains))
                .filter(provider -> provider.reaches(user))
                .toList();
    }

    /** The datasets that need each other's keys and this one's, with itself; empty if it is in no such circle. */
    Set<Dataset> circleOf(Dataset dataset) {
        Set<Dataset> circle = new LinkedHashSet<>();
        for (Dataset other : neededBy(dataset)) {
            if (neededBy(other).contains(dataset)) {
                circle.add(other);
            }
        }
        return circle;
    }

    boolean isInCircle(Dataset dataset) {
        return neededBy(dataset).contains(dataset);
    }

    /** However far up. */
    private Set<Dataset> neededBy(Dataset user) {
        Set<Dataset> needed = new LinkedHashSet<>();
        add(user, needed);
        return needed;
    }

    private void add(Dataset user, Set<Dataset> needed) {
        for (Dataset provider : providersOf(user)) {
            if (needed.add(provider)) {
                add(provider, needed);
            }
        }
    }
}
