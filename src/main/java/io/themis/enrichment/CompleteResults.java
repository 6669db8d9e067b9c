package io.themis.enrichment;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Sees to it that nothing of what a query or a procedure answers is lost. It may have several sets of rows, of which the
 * sql component reads the first, and it may fail after the first.
 */
final class CompleteResults {

    private interface Call {
        Object apply(Object result) throws SQLException;
    }

    private CompleteResults() {}

    /** Rows read over this connection end with an {@link SQLException} if more rows follow in another set. */
    static Connection of(Connection connection) {
        return watched(
                Connection.class, connection, "prepareStatement", statement -> watched((PreparedStatement) statement));
    }

    private static PreparedStatement watched(PreparedStatement statement) {
        return watched(
                PreparedStatement.class,
                statement,
                "getResultSet",
                rows -> rows == null ? null : watched((ResultSet) rows, statement));
    }

    private static ResultSet watched(ResultSet rows, Statement statement) {
        return watched(ResultSet.class, rows, "next", hasNext -> {
            if (!(boolean) hasNext) {
                requireNoMore(statement);
            }
            return hasNext;
        });
    }

    private static void requireNoMore(Statement statement) throws SQLException {
        // Counts of changed rows may follow; to ask for them brings a late failure to light.
        do {
            if (statement.getMoreResults()) {
                throw new SQLException(
                        "the query answers with more than one set of rows, and the sets would be one table;"
                                + " write a dataset for each");
            }
        } while (statement.getUpdateCount() != -1);
    }

    private static <T> T watched(Class<T> type, T target, String method, Call then) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    try {
                        Object result = called.invoke(target, arguments);
                        return called.getName().equals(method) ? then.apply(result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
