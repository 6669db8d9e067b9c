package io.themis.erasure;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure;
import io.themis.enrichment.DataSources;
import io.themis.enrichment.Datasets;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.request.DataSubjectRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.ColumnMapRowMapper;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * Erases rows of SQL datasets by the statements of the data map: those of one data source in one transaction, datasets that depend on
 * others' keys before those that provide them. It is committed only if the statements have changed as many rows as the plan says, and
 * the query of each dataset then finds none but those that stay.
 */
@Component
public class SqlErasures {

    private final DataMap map;
    private final Datasets datasets;
    private final DataSources dataSources;
    private final Pseudonyms pseudonyms;

    SqlErasures(DataMap map, Datasets datasets, DataSources dataSources, Pseudonyms pseudonyms) {
        this.map = map;
        this.datasets = datasets;
        this.dataSources = dataSources;
        this.pseudonyms = pseudonyms;
    }

    /** What the dataset's own query finds. */
    DatasetPlan survey(DataSubjectRequest request, Dataset dataset, List<String> problems) throws SQLException {
        try (Connection connection = dataSources.forErasure(dataset.dataSource())) {
            DatasetPlan plan = count(request, dataset, connection, problems);
            connection.rollback();
            return plan;
        }
    }

    private DatasetPlan count(
            DataSubjectRequest request, Dataset dataset, Connection connection, List<String> problems) {
        RowCounts counts = new RowCounts(dataset, new RowErasure(dataset, null, datasets.keys(request), pseudonyms));
        ColumnMapRowMapper rows = new ColumnMapRowMapper();
        RowCallbackHandler each = row -> counts.of(rows.mapRow(row, 0));
        for (Map<String, String> keys : datasets.parameters(request, dataset.name())) {
            on(connection).query(named(dataset.query()), keys, each);
        }
        boolean isMask = dataset.erasure().action() == Erasure.Action.MASK;
        long theirs = counts.deleted() + counts.masked();
        return new DatasetPlan(
                dataset.name(), isMask ? 0 : theirs, isMask ? theirs : 0, counts.kept(), List.of(), problems);
    }

    /** Those with something to erase. */
    public List<String> dataSources(DataSubjectRequest request) {
        return inOrder().stream().map(Dataset::dataSource).distinct().toList();
    }

    /**
     * Runs the statements of one data source. Nothing is done if it was done before.
     *
     * @throws PlanOutdatedException if there are other rows than the plan has; nothing is changed then
     */
    public void erase(DataSubjectRequest request, String dataSource) throws SQLException {
        List<Dataset> order = inOrder().stream()
                .filter(dataset -> dataset.dataSource().equals(dataSource))
                .toList();
        try (Connection connection = dataSources.forErasure(dataSource)) {
            List<DatasetPlan> now = new ArrayList<>();
            for (Dataset dataset : order) {
                now.add(count(request, dataset, connection, List.of()));
            }
            if (now.stream().noneMatch(DatasetPlan::changesAnything)) {
                // An attempt before this one has committed, or there was nothing
                connection.rollback();
            } else {
                for (Dataset dataset : order) {
                    run(request, dataset, connection);
                }
                requireGone(request, order, connection);
                connection.commit();
            }
        }
    }

    private static void requirePlanned(ErasurePlan plan, DatasetPlan found) {
        boolean isPlanned = plan.datasets().stream()
                .filter(dataset -> dataset.dataset().equals(found.dataset()))
                .anyMatch(dataset -> dataset.delete() == found.delete() && dataset.mask() == found.mask());
        if (!isPlanned) {
            throw new PlanOutdatedException(
                    "dataset %s has other rows of the person than the plan".formatted(found.dataset()));
        }
    }

    private void run(DataSubjectRequest request, Dataset dataset, Connection connection) {
        for (Map<String, String> keys : datasets.parameters(request, dataset.name())) {
            for (String statement : dataset.erasure().statements()) {
                on(connection).update(named(statement), keys);
            }
        }
    }

    private void requireGone(DataSubjectRequest request, List<Dataset> order, Connection connection) {
        for (Dataset dataset : order) {
            DatasetPlan left = count(request, dataset, connection, List.of());
            if (left.changesAnything()) {
                throw new IllegalStateException(
                        "the statements of dataset %s leave %d rows of the person, so nothing was changed; mend the data map"
                                .formatted(dataset.name(), left.delete() + left.mask()));
            }
        }
    }

    /** Those that need keys first, as rows may refer to those of their providers. */
    private List<Dataset> inOrder() {
        List<Dataset> order = new ArrayList<>(map.datasets().stream()
                .filter(dataset -> dataset.kind() == Kind.SQL
                        && dataset.erasure().action() != Erasure.Action.KEEP)
                .toList());
        Collections.reverse(order);
        return order;
    }

    private static NamedParameterJdbcTemplate on(Connection connection) {
        return new NamedParameterJdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    /** Camel's parameters as Spring's. */
    private static String named(String statement) {
        return statement.replace(":#", ":");
    }
}
