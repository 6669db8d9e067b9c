package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.WarmJvm;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapException;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.SqlColumns;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import io.themis.request.ReadableError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.h2.tools.SimpleResultSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A query that calls a procedure, through the routes, on the two databases that have some here. */
@WarmJvm
@ExtendWith(OutputCaptureExtension.class)
public class StoredProceduresIT {

    private static final String H2 =
            "jdbc:h2:mem:procedures;MODE=MSSQLServer;DATABASE_TO_UPPER=FALSE;" + "CASE_INSENSITIVE_IDENTIFIERS=TRUE";

    private static EmbeddedPostgresDatabase postgres;
    private static Connection keepsH2;

    private OneDataset.Outcome outcome;
    private DataSources sources;

    @BeforeAll
    static void makeDatabases() throws SQLException {
        postgres = EmbeddedPostgresDatabase.start(Port.free());
        try (Connection connection =
                DriverManager.getConnection(postgres.url(), postgres.username(), postgres.password())) {
            connection.createStatement().execute("""
                    CREATE TABLE orders (number INT, customer TEXT, total NUMERIC(10,2));
                    INSERT INTO orders VALUES (1, 'ada@example.org', 9.90), (2, 'bob@example.org', 1),
                        (3, 'ada@example.org', 100.05);
                    CREATE FUNCTION get_orders(who TEXT) RETURNS TABLE (number INT, total NUMERIC) LANGUAGE sql AS
                        'SELECT number, total FROM orders WHERE customer = who ORDER BY number';
                    CREATE FUNCTION orders_cursor(who TEXT) RETURNS refcursor LANGUAGE plpgsql AS
                        $$DECLARE c refcursor; BEGIN OPEN c FOR SELECT * FROM orders; RETURN c; END$$;
                    CREATE PROCEDURE count_orders(who TEXT, INOUT orders BIGINT) LANGUAGE plpgsql AS
                        $$BEGIN SELECT count(*) INTO orders FROM orders o WHERE o.customer = who; END$$;
                    CREATE PROCEDURE say_nothing(who TEXT) LANGUAGE plpgsql AS $$BEGIN PERFORM 1; END$$;
                    CREATE PROCEDURE note_query(who TEXT, INOUT noted INT) LANGUAGE plpgsql AS
                        $$BEGIN INSERT INTO orders VALUES (9, who, 0); noted := 1; END$$;
                    """);
        }
        keepsH2 = DriverManager.getConnection(H2, "owner", "owner");
        keepsH2.createStatement().execute("""
                CREATE TABLE orders (number INT, customer VARCHAR(100), total DECIMAL(10,2));
                INSERT INTO orders VALUES (1, 'ada@example.org', 9.90), (2, 'bob@example.org', 1),
                    (3, 'ada@example.org', 100.05);
                CREATE ALIAS GetOrders FOR "%1$s.orders";
                CREATE ALIAS GetLateColumns FOR "%1$s.lateColumns";
                """.formatted(StoredProceduresIT.class.getName()));
    }

    @AfterAll
    static void close() throws SQLException {
        postgres.close();
        keepsH2.close();
    }

    @AfterEach
    void closePools() {
        if (sources != null) {
            sources.close();
        }
    }

    /** H2 calls it without an argument to learn the columns. */
    public static ResultSet orders(Connection connection, String customer) throws SQLException {
        PreparedStatement query =
                connection.prepareStatement("SELECT number, total FROM orders WHERE customer = ? ORDER BY number");
        query.setString(1, customer);
        return query.executeQuery();
    }

    /** Has other columns when it runs than it said it would. */
    public static ResultSet lateColumns(Connection connection, String customer) {
        SimpleResultSet rows = new SimpleResultSet();
        rows.addColumn(customer == null ? "number" : "order_number", java.sql.Types.INTEGER, 10, 0);
        rows.addRow(1);
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"CALL GetOrders(:#mail)", "{call GetOrders(:#mail)}", "SELECT * FROM GetOrders(:#mail)"})
    void procedureOnH2AnswersWithThePersonsRows(String query) throws Exception {
        assertThat(ask(h2(), query, "number")).isNull();

        assertThat(outcome.rows()).isEqualTo("{\"number\":1,\"total\":9.90}\n{\"number\":3,\"total\":100.05}\n");
    }

    @Test
    void functionOnPostgresAnswersWithThePersonsRows() throws Exception {
        assertThat(ask(postgres(), "SELECT * FROM get_orders(:#mail)", "number"))
                .isNull();

        assertThat(outcome.rows()).isEqualTo("{\"number\":1,\"total\":9.90}\n{\"number\":3,\"total\":100.05}\n");
    }

    @Test
    void procedureOnPostgresAnswersWithWhatItGivesOut() throws Exception {
        assertThat(ask(postgres(), "CALL count_orders(:#mail, NULL)", "orders")).isNull();

        assertThat(outcome.rows()).isEqualTo("{\"orders\":2}\n");
    }

    @Test
    void procedureThatAnswersWithNoRowsFailsAndSaysWhatToDo() throws Exception {
        Throwable failure = ask(postgres(), "CALL say_nothing(:#mail)", null);

        assertThat(ReadableError.of(failure))
                .contains("dataset \"orders\": the query answers with a count of rows and no rows.")
                .contains("SET NOCOUNT ON");
        assertThat(outcome.findings()).isNull();
    }

    @Test
    void secondSetOfRowsIsNeverLost() throws Exception {
        String query = "SELECT number FROM orders WHERE customer = :#mail; SELECT total FROM orders";

        Throwable failure = ask(postgres(), query, null);

        assertThat(ReadableError.of(failure)).contains("more than one set of rows");
        assertThat(outcome.findings()).isNull();
    }

    @Test
    void procedureThatWritesFails() throws Exception {
        Throwable failure = ask(postgres(), "CALL note_query(:#mail, NULL)", "noted");

        assertThat(ReadableError.of(failure)).contains("read-only transaction");
    }

    @Test
    void columnThatOnlyTheAnswerShowsToBeMissingIsNamedWithTheDataset() throws Exception {
        Throwable failure = ask(h2(), "CALL GetLateColumns(:#mail)", "number");

        assertThat(ReadableError.of(failure))
                .contains("dataset \"orders\": provides \"orderKey\" from the column \"number\", which the query does"
                        + " not give; it gives order_number");
        assertThat(outcome.findings()).isNull();
    }

    @Test
    void checkTakesAProcedureWhoseColumnsAreNotKnownBefore(CapturedOutput output) throws Exception {
        DataMap map = map("CALL say_nothing(:#mail)", "number");

        SqlColumns.check(map, sources(postgres()).byName());

        assertThat(output).contains("dataset orders: the columns of its procedure are checked when it answers");
    }

    /** H2 has EXEC and finds no procedure with it, in words that say nothing of the statement; SQL Server has it too. */
    @Test
    void checkLeavesToTheAnswerWhatTheDatabaseCannotTell(CapturedOutput output) throws Exception {
        SqlColumns.check(map("EXEC GetOrders :#mail", "number"), sources(h2()).byName());

        assertThat(output).contains("dataset orders: the columns of its procedure are checked when it answers");
    }

    @Test
    void checkTellsOfEachWrongCall() throws Exception {
        assertThat(problem(h2(), "CALL GetOrders(:#mail)", "order_no"))
                .contains("provides \"orderKey\" from the column \"order_no\", which the query does not give")
                .contains("it gives number, total");
        assertThat(problem(postgres(), "CALL no_such_procedure(:#mail)", null))
                .contains("does not take \"query\"")
                .contains("no_such_procedure");
        assertThat(problem(postgres(), "SELECT orders_cursor(:#mail) AS orders", null))
                .contains("the column \"orders\" is a cursor, which is no row; have the function return a table");
    }

    private static DataSourceSettings.Connection h2() {
        return new DataSourceSettings.Connection(H2, "owner", "owner", Duration.ofMinutes(1));
    }

    private static DataSourceSettings.Connection postgres() {
        return new DataSourceSettings.Connection(
                postgres.url(), postgres.username(), postgres.password(), Duration.ofMinutes(1));
    }

    private DataSources sources(DataSourceSettings.Connection connection) {
        sources = new DataSources(new DataSourceSettings(Map.of("shop", connection)));
        return sources;
    }

    private String problem(DataSourceSettings.Connection connection, String query, String column) throws IOException {
        try {
            SqlColumns.check(map(query, column), sources(connection).byName());
            throw new AssertionError("nothing is wrong");
        } catch (DataMapException e) {
            assertThat(e.problems()).hasSize(1);
            return e.problems().get(0);
        } finally {
            sources.close();
        }
    }

    private static DataMap map(String query, String column) throws IOException {
        String yaml = """
                subject: {key: mail}
                datasets:
                  - name: orders
                    title: Your orders
                    kind: sql
                    dataSource: shop
                    query: "%s"
                    %s
                    article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                    erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
                """.formatted(query, column == null ? "" : "provides: {orderKey: %s}".formatted(column));
        return DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    }

    /** Asks the dataset for Ada, through its routes; what comes back is why it failed, or null. */
    private Throwable ask(DataSourceSettings.Connection connection, String query, String column) throws Exception {
        try (OneDataset dataset =
                new OneDataset(map(query, column), "orders", sources(connection), List.of(), Map.of())) {
            outcome = dataset.ask("ada@example.org", Map.of(), Map.of());
            return outcome.failure();
        }
    }
}
