package io.themis.erasure;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.request.DataSubjectRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Tells which datasets routes of the company's own erase; each has a route {@code direct:erase-<dataset>} that calls its own. */
@Component
public class RouteErasures {

    private final DataMap map;
    private final StoredPlans plans;

    RouteErasures(DataMap map, StoredPlans plans) {
        this.map = map;
        this.plans = plans;
    }

    /**
     * Names of those with something to erase by the request's plan: datasets that need others' keys before those that provide them.
     * The same in every attempt, since a route that was called may have failed in the middle.
     */
    public List<String> datasets(DataSubjectRequest request) {
        Set<String> planned = plans.of(request).orElseThrow().datasets().stream()
                .filter(DatasetPlan::changesAnything)
                .map(DatasetPlan::dataset)
                .collect(Collectors.toSet());
        List<String> names = new ArrayList<>(map.datasets().stream()
                .filter(dataset -> dataset.kind() == Kind.ROUTE)
                .map(Dataset::name)
                .filter(planned::contains)
                .toList());
        Collections.reverse(names);
        return names;
    }
}
