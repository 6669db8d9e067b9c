package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.NamedQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.jdbc.core.RowMapper;

/**
 * One transaction on a company's database, by whoever counts rows or erases them. What is not committed is rolled back in the end.
 * Each statement may take as long as a query of that database.
 */
public final class CompanyTransaction implements AutoCloseable {

    private final Connection connection;
    private final StreamedQuery limits;

    CompanyTransaction(Connection connection, StreamedQuery limits) {
        this.connection = connection;
        this.limits = limits;
    }

    /**
     * Asks a dataset once. Rows come in portions, so that memory holds few of them.
     *
     * @param keys a value for each parameter of its query
     * @param each is handed every row as the query gives it: column in any case to value
     */
    public void forEachRow(Dataset dataset, Map<String, String> keys, Consumer<Map<String, Object>> each)
            throws SQLException {
        RowMapper<Map<String, Object>> mapper = new DatasetRows(dataset).newColumnRowMapper();
        try (PreparedStatement query = prepare(NamedQuery.of(dataset.query()), keys)) {
            if (!query.execute()) {
                throw new IllegalStateException(
                        "dataset \"%s\": the query answers with no rows".formatted(dataset.name()));
            }
            // By way of this method all of them are known to be read
            try (ResultSet rows = query.getResultSet()) {
                for (int number = 0; rows.next(); number++) {
                    each.accept(mapper.mapRow(rows, number));
                }
            }
        }
    }

    /**
     * Runs a statement that changes rows.
     *
     * @param keys a value for each of its parameters, and maybe others
     * @return how many rows were changed, as far as the database tells; it need not tell of a procedure, a trigger or a cascade
     * @throws IllegalStateException if it answers with rows and is no call, as then nobody tells how many were changed
     */
    public long change(String statement, Map<String, String> keys) throws SQLException {
        NamedQuery named = NamedQuery.of(statement);
        long changed = 0;
        try (PreparedStatement change = prepare(named, keys)) {
            boolean isRows = change.execute();
            while (isRows || change.getUpdateCount() != -1) {
                if (!isRows) {
                    changed += change.getUpdateCount();
                } else if (!named.isCall()) {
                    throw new IllegalStateException(
                            "the statement answers with rows, so that it can't be told how many it changes; take RETURNING or OUTPUT out of it");
                }
                isRows = change.getMoreResults();
            }
        }
        return changed;
    }

    private PreparedStatement prepare(NamedQuery named, Map<String, String> keys) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(named.prepared());
        try {
            limits.apply(statement);
            for (int i = 0; i < named.bound().size(); i++) {
                statement.setString(i + 1, keys.get(named.bound().get(i)));
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** @throws SQLException if it is not known to be committed, which can be seen from what is there afterwards */
    public void commit() throws SQLException {
        connection.commit();
    }

    /** The pool rolls back what was not committed, and has the connection only read again. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
