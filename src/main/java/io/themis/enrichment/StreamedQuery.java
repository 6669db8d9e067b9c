package io.themis.enrichment;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/**
 * Has the database end a query that takes too long, and send the rows in portions: PostgreSQL's driver would hold all of
 * them. Camel's own options for both are not applied to streamed answers.
 */
final class StreamedQuery extends DefaultSqlPrepareStatementStrategy {

    private static final int PORTION = 1_000;

    private final Duration timeout;

    StreamedQuery(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> values, int expected) throws SQLException {
        apply(statement);
        super.populateStatement(statement, values, expected);
    }

    void apply(PreparedStatement statement) throws SQLException {
        statement.setQueryTimeout(Math.toIntExact(timeout.toSeconds()));
        statement.setFetchSize(PORTION);
    }
}
