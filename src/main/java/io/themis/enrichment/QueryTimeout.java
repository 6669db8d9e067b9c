package io.themis.enrichment;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/** Has the database end a query that takes too long. Camel's own option for it is not applied to streamed answers. */
final class QueryTimeout extends DefaultSqlPrepareStatementStrategy {

    private final Duration timeout;

    QueryTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> values, int expected) throws SQLException {
        statement.setQueryTimeout(Math.toIntExact(timeout.toSeconds()));
        super.populateStatement(statement, values, expected);
    }
}
