package io.themis.datamap;

import io.themis.datamap.Dataset.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks, at start-up, that the databases understand the data map's queries and answer with the columns it names. */
public final class SqlColumns {

    private static final Logger LOG = LoggerFactory.getLogger(SqlColumns.class);

    private static final int VALID_WITHIN_SECONDS = 5;

    private SqlColumns() {}

    /**
     * Prepares each query without running it. A database that can't be reached leaves its datasets unchecked, with a
     * warning: that is no fault of the map, and readiness tells it.
     *
     * @param dataSources by the name that the data map calls them
     * @throws DataMapException with every query that can't work
     */
    public static void check(DataMap map, Map<String, DataSource> dataSources) {
        Problems problems = new Problems(map.source());
        Map<String, List<Dataset>> byDataSource = map.datasets().stream()
                .filter(dataset -> dataset.kind() == Kind.SQL)
                .collect(Collectors.groupingBy(Dataset::dataSource));
        byDataSource.forEach((name, datasets) -> {
            DataSource dataSource = dataSources.get(name);
            if (dataSource != null) {
                check(name, dataSource, datasets, problems);
                return;
            }
            for (Dataset dataset : datasets) {
                problems.add(
                        dataset,
                        "there is no data source \"%s\"%s; set themis.data-sources.%s.url%s"
                                .formatted(
                                        name,
                                        Suggestion.of(name, dataSources.keySet()),
                                        name,
                                        dataSources.isEmpty()
                                                ? ""
                                                : ", or write one of those that are set: "
                                                        + String.join(", ", new TreeSet<>(dataSources.keySet()))));
            }
        });
        problems.throwIfAny();
    }

    private static void check(String name, DataSource dataSource, List<Dataset> datasets, Problems problems) {
        try (Connection connection = dataSource.getConnection()) {
            for (Dataset dataset : datasets) {
                checkQuery(connection, dataset, problems);
                checkErasure(connection, dataset, problems);
            }
        } catch (SQLException e) {
            // Only the type: a driver's message may hold the URL, and that a password.
            LOG.warn(
                    "The queries on data source {} are not checked: it can't be reached ({})",
                    name,
                    e.getClass().getSimpleName());
        }
    }

    private static void checkQuery(Connection connection, Dataset dataset, Problems problems) throws SQLException {
        NamedQuery query = NamedQuery.of(dataset.query());
        try (PreparedStatement statement = connection.prepareStatement(query.prepared())) {
            ResultSetMetaData metaData = statement.getMetaData();
            if (metaData != null) {
                checkColumns(dataset, metaData, problems);
            } else if (query.isCall()) {
                leaveForTheAnswer(dataset, "the data source does not say them before");
            } else {
                problems.add(dataset, "\"query\" answers with no rows; write a SELECT");
            }
        } catch (SQLException e) {
            requireAnswer(connection, e);
            if (query.isCall() && !saysThatTheQueryIsWrong(e)) {
                leaveForTheAnswer(dataset, "the data source can't tell them before: " + firstLine(e));
                return;
            }
            problems.add(
                    dataset,
                    "the data source \"%s\" does not take \"query\"; it says: %s"
                            .formatted(dataset.dataSource(), firstLine(e)));
        } finally {
            rollBack(connection);
        }
    }

    /** Drivers disagree on the error codes; a connection that still lives tells that the statement is wrong. */
    private static void requireAnswer(Connection connection, SQLException e) throws SQLException {
        if (e instanceof SQLTransientException || !connection.isValid(VALID_WITHIN_SECONDS)) {
            throw e;
        }
    }

    /** What failed would fail the next one too, in a transaction of PostgreSQL. */
    private static void rollBack(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    /** Nothing is run. */
    private static void checkErasure(Connection connection, Dataset dataset, Problems problems) throws SQLException {
        List<String> statements = dataset.erasure().statements();
        for (int i = 0; i < statements.size(); i++) {
            try (PreparedStatement statement =
                    connection.prepareStatement(NamedQuery.of(statements.get(i)).prepared())) {
                statement.getMetaData();
            } catch (SQLException e) {
                requireAnswer(connection, e);
                if (saysThatTheQueryIsWrong(e)) {
                    problems.add(
                            dataset,
                            "the data source \"%s\" does not take statement %d of the erasure; it says: %s"
                                    .formatted(dataset.dataSource(), i + 1, firstLine(e)));
                }
            } finally {
                rollBack(connection);
            }
        }
    }

    /** SQL Server can't describe a procedure that fills a temporary table; class 42 is a mistake in the statement. */
    private static boolean saysThatTheQueryIsWrong(SQLException e) {
        return e.getSQLState() != null && e.getSQLState().startsWith("42");
    }

    private static void leaveForTheAnswer(Dataset dataset, String reason) {
        LOG.warn("dataset {}: the columns of its procedure are checked when it answers; {}", dataset.name(), reason);
    }

    /**
     * Checks what a query answers with, for what could not be checked at start-up.
     *
     * @throws IllegalStateException with everything that is wrong with the columns, and the name of the dataset
     */
    public static void checkAnswer(Dataset dataset, ResultSetMetaData metaData) throws SQLException {
        Problems problems = new Problems("data map");
        checkColumns(dataset, metaData, problems);
        try {
            problems.throwIfAny();
        } catch (DataMapException e) {
            throw new IllegalStateException(String.join("; ", e.problems()));
        }
    }

    private static void checkColumns(Dataset dataset, ResultSetMetaData metaData, Problems problems)
            throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            columns.add(metaData.getColumnLabel(i));
            if (metaData.getColumnType(i) == Types.REF_CURSOR) {
                problems.add(
                        dataset,
                        "the column \"%s\" is a cursor, which is no row; have the function return a table"
                                .formatted(metaData.getColumnLabel(i)));
            }
        }
        Set<String> once = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        columns.stream()
                .filter(column -> !once.add(column))
                .forEach(column -> problems.add(
                        dataset,
                        "the query gives the column \"%s\" twice, and only one could be kept; name each of them with AS"
                                .formatted(column)));
        dataset.provides()
                .forEach((key, column) ->
                        checkColumn(dataset, "provides \"%s\" from".formatted(key), column, columns, problems));
        dataset.match()
                .forEach((column, key) ->
                        checkColumn(dataset, "matches \"%s\" with".formatted(key), column, columns, problems));
        // A column that is not there would keep nothing
        dataset.erasure().keep().stream()
                .flatMap(exemption -> exemption.when().keySet().stream())
                .forEach(column -> checkColumn(dataset, "keeps rows of an erasure by", column, columns, problems));
        dataset.columns().forEach((column, described) -> {
            checkColumn(dataset, "describes", column, columns, problems);
            if (described.mask() != null) {
                described
                        .mask()
                        .unless()
                        .keySet()
                        .forEach(own ->
                                checkColumn(dataset, "masks \"%s\" unless".formatted(column), own, columns, problems));
            }
        });
    }

    private static void checkColumn(
            Dataset dataset, String use, String column, List<String> columns, Problems problems) {
        if (columns.stream().noneMatch(column::equalsIgnoreCase)) {
            problems.add(
                    dataset,
                    "%s the column \"%s\", which the query does not give%s; it gives %s"
                            .formatted(use, column, Suggestion.of(column, columns), String.join(", ", columns)));
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
