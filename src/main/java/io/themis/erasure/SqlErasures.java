package io.themis.erasure;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure.Action;
import io.themis.datamap.NamedQuery;
import io.themis.enrichment.CompanyTransaction;
import io.themis.enrichment.DataSources;
import io.themis.enrichment.Datasets;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.HopelessException;
import io.themis.request.ReadableError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Erases rows of SQL datasets by the statements of the data map: those of one data source in one transaction, datasets that need
 * others' keys before those that provide them, as their rows may refer to those. It is committed only if the rows are those of the
 * plan, no statement has changed more rows than the query of its dataset had found, and the queries then find none but the rows that
 * stay.
 */
@Component
public class SqlErasures {

    /** Class of the SQL standard: syntax error or access rule violation. */
    private static final String WRONG_OR_NOT_ALLOWED = "42";

    private final DataMap map;
    private final Datasets datasets;
    private final DataSources dataSources;
    private final Pseudonyms pseudonyms;
    private final StoredPlans plans;
    private final ErasedDatasets progress;

    SqlErasures(
            DataMap map,
            Datasets datasets,
            DataSources dataSources,
            Pseudonyms pseudonyms,
            StoredPlans plans,
            ErasedDatasets progress) {
        this.map = map;
        this.datasets = datasets;
        this.dataSources = dataSources;
        this.pseudonyms = pseudonyms;
        this.plans = plans;
        this.progress = progress;
    }

    /**
     * What was erased in one dataset.
     *
     * @param deleted rows that its query had found, and does not find any more
     * @param masked rows that its query had found, and does not find as the person's any more
     * @param changed how many rows each statement has changed, as far as the database tells
     */
    public record Erased(String dataset, long deleted, long masked, List<Long> changed) {}

    /** What the dataset's own query finds. */
    DatasetPlan survey(DataSubjectRequest request, Dataset dataset, List<String> problems) throws SQLException {
        try (CompanyTransaction transaction = dataSources.forReading(dataset.dataSource())) {
            return plan(dataset, count(request, dataset, transaction), problems);
        }
    }

    /**
     * Those in which something could be erased for the person, in the order in which it is. The one that says who is known comes last:
     * without it nobody is found any more.
     */
    public List<String> dataSources(DataSubjectRequest request) {
        return inOrder().stream()
                .filter(SqlErasures::isErased)
                .filter(dataset -> !datasets.parameters(request, dataset.name()).isEmpty())
                .map(Dataset::dataSource)
                .distinct()
                .sorted(Comparator.comparing(this::saysWhoIsKnown))
                .toList();
    }

    private boolean saysWhoIsKnown(String dataSource) {
        return dataSource.equals(datasets.get(map.knownBy()).dataSource());
    }

    /**
     * Whether a data source can be erased from now: the one that says who is known has to wait until everything else is done, or the
     * person could not even ask any more for what is left.
     */
    public boolean isDue(DataSubjectRequest request, String dataSource) {
        return !saysWhoIsKnown(dataSource) || progress.isAllDoneBut(request, dataSource);
    }

    /**
     * Runs the statements of all data sources and takes everything back, so that a missing right or a wrong statement comes to light while
     * nothing is destroyed yet. A procedure may commit by itself, so data sources with a call are not tried.
     *
     * @throws PlanOutdatedException if there are other rows than the plan has
     * @throws HopelessException if a statement can't be run, changes too much, or all of them too little
     * @throws SQLException if a database refuses, and may not the next time
     */
    public void rehearse(DataSubjectRequest request) throws SQLException {
        rehearse(request, plans.of(request).orElseThrow());
    }

    void rehearse(DataSubjectRequest request, ErasurePlan plan) throws SQLException {
        for (String dataSource : dataSources(request)) {
            if (!hasCall(dataSource)) {
                try (CompanyTransaction transaction = dataSources.forErasure(dataSource)) {
                    run(request, dataSource, plan, transaction);
                }
            }
        }
    }

    private boolean hasCall(String dataSource) {
        return inOrder().stream()
                .filter(dataset -> dataset.dataSource().equals(dataSource))
                .flatMap(dataset -> dataset.erasure().statements().stream())
                .anyMatch(statement -> NamedQuery.of(statement).isCall());
    }

    /**
     * Runs the statements of one data source, all or none; those of a dataset without a row to erase are left out.
     *
     * @return by dataset; all zeros if nothing was there to erase, as after an attempt that has committed what the plan says
     * @throws PlanOutdatedException if there are other rows than the plan has
     * @throws HopelessException if a statement changes too much, or all of them too little
     * @throws SQLException if the database refuses. To be tried again: another transaction may have been in the way, and if it has
     *     not told the outcome, the next attempt sees it
     */
    public List<Erased> erase(DataSubjectRequest request, String dataSource) throws SQLException {
        return erase(request, dataSource, plans.of(request).orElseThrow());
    }

    List<Erased> erase(DataSubjectRequest request, String dataSource, ErasurePlan plan) throws SQLException {
        try (CompanyTransaction transaction = dataSources.forErasure(dataSource)) {
            List<Erased> erased = run(request, dataSource, plan, transaction);
            transaction.commit();
            return erased;
        }
    }

    private List<Erased> run(
            DataSubjectRequest request, String dataSource, ErasurePlan plan, CompanyTransaction transaction)
            throws SQLException {
        Map<Dataset, RowCounts> before = counts(request, dataSource, transaction);
        boolean isThereAny = before.values().stream().anyMatch(counts -> counts.erased() > 0);
        if (isThereAny) {
            before.forEach((dataset, found) -> requirePlanned(plan, dataset, found));
        }
        List<Erased> erased = new ArrayList<>();
        for (Map.Entry<Dataset, RowCounts> each : before.entrySet()) {
            Dataset dataset = each.getKey();
            RowCounts found = each.getValue();
            if (isErased(dataset)) {
                List<Long> changed = found.erased() > 0 ? change(request, dataset, found, transaction) : List.of();
                erased.add(new Erased(dataset.name(), found.deleted(), found.masked(), changed));
            }
        }
        if (isThereAny) {
            Map<Dataset, RowCounts> after = counts(request, dataSource, transaction);
            before.forEach((dataset, found) -> requireGone(dataset, found, after.get(dataset)));
        }
        return erased;
    }

    /** In the order of the erasure. Datasets that are kept are counted too, since a cascade could take their rows. */
    private Map<Dataset, RowCounts> counts(
            DataSubjectRequest request, String dataSource, CompanyTransaction transaction) throws SQLException {
        Map<Dataset, RowCounts> counts = new LinkedHashMap<>();
        for (Dataset dataset : inOrder()) {
            if (dataset.dataSource().equals(dataSource)) {
                counts.put(dataset, count(request, dataset, transaction));
            }
        }
        return counts;
    }

    private RowCounts count(DataSubjectRequest request, Dataset dataset, CompanyTransaction transaction)
            throws SQLException {
        RowCounts counts = new RowCounts(dataset, new RowErasure(dataset, null, datasets.keys(request), pseudonyms));
        for (Map<String, String> keys : datasets.parameters(request, dataset.name())) {
            transaction.forEachRow(dataset, keys, counts::of);
        }
        return counts;
    }

    private static DatasetPlan plan(Dataset dataset, RowCounts counts, List<String> problems) {
        return new DatasetPlan(
                dataset.name(), counts.deleted(), counts.masked(), counts.kept(), List.of(), List.copyOf(problems));
    }

    private static void requirePlanned(ErasurePlan plan, Dataset dataset, RowCounts found) {
        boolean isPlanned = plan.datasets().stream()
                .filter(planned -> planned.dataset().equals(dataset.name()))
                .anyMatch(planned -> planned.delete() == found.deleted()
                        && planned.mask() == found.masked()
                        && planned.kept().equals(found.kept()));
        if (isErased(dataset) && !isPlanned) {
            throw new PlanOutdatedException(
                    "dataset \"%s\" has other rows of the person than the plan".formatted(dataset.name()));
        }
    }

    private List<Long> change(
            DataSubjectRequest request, Dataset dataset, RowCounts found, CompanyTransaction transaction)
            throws SQLException {
        List<Long> changed = new ArrayList<>();
        for (String statement : dataset.erasure().statements()) {
            long rows = 0;
            for (Map<String, String> keys : datasets.parameters(request, dataset.name())) {
                try {
                    rows += transaction.change(statement, keys);
                } catch (SQLException e) {
                    if (e.getSQLState() == null || !e.getSQLState().startsWith(WRONG_OR_NOT_ALLOWED)) {
                        throw e;
                    }
                    throw new HopelessException(
                            "dataset \"%s\": statement %d of its erasure can't be run; nothing was changed in its database: %s"
                                    .formatted(dataset.name(), changed.size() + 1, ReadableError.of(e)));
                }
            }
            changed.add(rows);
            // What a procedure tells is of several tables, or nothing
            if (rows > found.erased() && !NamedQuery.of(statement).isCall()) {
                throw new HopelessException(
                        ("dataset \"%s\": statement %d of its erasure changes %d rows where the query finds %d to erase, so nothing"
                                        + " was changed; it is too wide, or its table needs a dataset of its own")
                                .formatted(dataset.name(), changed.size(), rows, found.erased()));
            }
        }
        return changed;
    }

    private static void requireGone(Dataset dataset, RowCounts before, RowCounts after) {
        if (after.erased() > 0) {
            throw new HopelessException(
                    "dataset \"%s\": the statements of its erasure leave %d of %d rows of the person, so nothing was changed; mend them"
                            .formatted(dataset.name(), after.erased(), before.erased()));
        }
        if (!after.kept().equals(before.kept())) {
            throw new HopelessException(
                    ("dataset \"%s\": its query finds %d rows after the erasure where %d stay, so nothing was changed; a statement or"
                                    + " a cascade takes them, or the query goes by what is erased")
                            .formatted(dataset.name(), after.keptRows(), before.keptRows()));
        }
    }

    private static boolean isErased(Dataset dataset) {
        return dataset.erasure().action() != Action.KEEP;
    }

    /** Those that need keys first, as the levels of the map are by providers; of one level the last of the file. */
    private List<Dataset> inOrder() {
        List<Dataset> order = new ArrayList<>(map.datasets().stream()
                .filter(dataset -> dataset.kind() == Kind.SQL)
                .toList());
        Collections.reverse(order);
        return order;
    }
}
