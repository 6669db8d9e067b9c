package io.themis.enrichment;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;

/** A pool of connections that are given up when the database says nothing for longer than a query may take. */
final class CompanyDatabase extends HikariDataSource {

    /** For the database to cancel a query and to say so. */
    private static final Duration CANCELLING = Duration.ofSeconds(5);

    private final int silenceMs;

    CompanyDatabase(Duration queryTimeout) {
        silenceMs = Math.toIntExact(queryTimeout.plus(CANCELLING).toMillis());
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        try {
            // The pool takes it back when the connection is returned.
            connection.setNetworkTimeout(Runnable::run, silenceMs);
            return CompleteResults.of(connection);
        } catch (SQLFeatureNotSupportedException e) {
            // A driver that reads files, for one, has no network.
            return CompleteResults.of(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
