package io.themis.enrichment;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.stereotype.Component;

/**
 * Pools of connections to the company's databases, known to the routes by name. They are no Spring beans: the request
 * database is the only one that Spring's own transactions and tables may use.
 */
@Component
public class DataSources implements CamelContextConfiguration {

    private static final long CONNECT_TIMEOUT_MS = 10_000;

    private final Map<String, HikariDataSource> pools = new TreeMap<>();
    private final Map<String, StreamedQuery> queries = new TreeMap<>();

    DataSources(DataSourceSettings settings) {
        settings.dataSources().forEach((name, connection) -> {
            HikariDataSource pool = new CompanyDatabase(connection.queryTimeout());
            pool.setPoolName("data-source-" + name);
            pool.setJdbcUrl(connection.url());
            pool.setUsername(connection.username());
            pool.setPassword(connection.password());
            pool.setReadOnly(true);
            // PostgreSQL sends portions in a transaction only. It is rolled back in the end: only an erasure writes.
            pool.setAutoCommit(false);
            pool.setConnectionTimeout(CONNECT_TIMEOUT_MS);
            // A database that is away must not stop the application: its steps wait for it.
            pool.setInitializationFailTimeout(-1);
            pool.setMinimumIdle(0);
            pools.put(name, pool);
            queries.put(name, new StreamedQuery(connection.queryTimeout()));
        });
    }

    public Map<String, DataSource> byName() {
        return Map.copyOf(pools);
    }

    /**
     * A transaction that reads.
     *
     * @throws SQLException if the database is away
     */
    public CompanyTransaction forReading(String name) throws SQLException {
        return new CompanyTransaction(pools.get(name).getConnection(), queries.get(name));
    }

    /**
     * A transaction in which an erasure counts, writes and counts again. It is serializable: a row that comes to be in the meantime is
     * neither counted nor changed, or the database ends one of the two.
     *
     * @throws SQLException if the database is away, or has no such transactions
     */
    public CompanyTransaction forErasure(String name) throws SQLException {
        Connection connection = pools.get(name).getConnection();
        try {
            // The pool may have asked whether the connection lives, and that begins a transaction.
            connection.rollback();
            connection.setReadOnly(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            return new CompanyTransaction(connection, queries.get(name));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void beforeApplicationStart(CamelContext context) {
        pools.forEach((name, pool) -> context.getRegistry().bind(name, DataSource.class, pool));
        queries.forEach((name, query) -> context.getRegistry().bind(name + "-query", query));
    }

    @Override
    public void afterApplicationStart(CamelContext context) {
        // Nothing: the pools are there from the start.
    }

    @PreDestroy
    void close() {
        pools.values().forEach(HikariDataSource::close);
    }
}
