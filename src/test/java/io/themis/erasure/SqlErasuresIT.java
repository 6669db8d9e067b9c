package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.WarmJvm;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Kind;
import io.themis.devservices.DevUser;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import io.themis.devservices.TcpProxy;
import io.themis.devservices.UsersDatabase;
import io.themis.enrichment.CompanyDatabases;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.erasure.SqlErasures.Erased;
import io.themis.request.DataSubjectRequest;
import io.themis.request.HopelessException;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ServerSocketFactory;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exactly the approved rows are erased from a company's database, or nothing is; on two real databases. */
@WarmJvm
class SqlErasuresIT {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String ADA = "Ada@example.org";

    private static final Set<SubjectKey> KEYS = Set.of(
            new SubjectKey("customerId", null, "1"),
            new SubjectKey("orderNo", null, "10"),
            new SubjectKey("orderNo", null, "11"),
            new SubjectKey("orderNo", null, "12"));

    private static final String SCHEMA = """
            DROP SCHEMA public CASCADE;
            CREATE SCHEMA public;
            CREATE TABLE customers (id BIGINT PRIMARY KEY, email TEXT, name TEXT);
            CREATE TABLE orders (no BIGINT PRIMARY KEY, customer BIGINT NOT NULL REFERENCES customers, status CHAR(9));
            CREATE TABLE lines (order_no BIGINT NOT NULL REFERENCES orders, item TEXT);
            CREATE TABLE visits (email TEXT, page TEXT);
            INSERT INTO customers VALUES (1, 'ada@example.org', 'Ada'), (2, 'ben@example.org', 'Ben');
            INSERT INTO orders VALUES (10, 1, 'paid'), (11, 1, 'unpaid'), (12, 1, 'paid'), (20, 2, 'paid'), (21, 2, 'open');
            INSERT INTO lines VALUES (10, 'tea'), (10, 'pot'), (11, 'cup'), (12, 'cup'), (20, 'tea'), (21, 'jug');
            INSERT INTO visits VALUES ('ada@example.org', '/'), ('ADA@example.org', '/tea'), ('ben@example.org', '/');
            """;

    private static final String CUSTOMERS = """
            customers | SELECT * FROM customers WHERE lower(email) = lower(:#mail) | match: {email: mail}, provides: {customerId: id},""";
    private static final String DELETE_CUSTOMERS =
            CUSTOMERS + " | action: delete, statements: [DELETE FROM customers WHERE lower(email) = lower(:#mail)]";
    private static final String ORDERS = """
            orders | SELECT * FROM orders WHERE customer = CAST(:#customerId AS bigint) | provides: {orderNo: no},""";
    private static final String DELETE_ORDERS = ORDERS
            + " | action: delete, statements: [DELETE FROM orders WHERE customer = CAST(:#customerId AS bigint)]";
    private static final String DELETE_LINES = """
            lines | SELECT * FROM lines WHERE order_no = CAST(:#orderNo AS bigint) | \
            | action: delete, statements: ["DELETE FROM lines /* it''s */ WHERE order_no = CAST(:#orderNo AS bigint) AND 'a' <> '-- b'"]""";
    private static final String MASK_VISITS = """
            visits | SELECT * FROM visits WHERE lower(email) = lower(:#mail) | match: {email: mail}, \
            | action: mask, statements: [UPDATE visits SET email = NULL WHERE lower(email) = lower(:#mail)]""";
    private static final String KEEP_UNPAID =
            "keep: [{when: {status: [unpaid, open]}, article: 17(3)(e), ground: We claim it, until: it is paid}]";
    private static final String DELETE_PAID = ORDERS + " | action: delete, " + KEEP_UNPAID
            + ", statements: [DELETE FROM orders WHERE customer = CAST(:#customerId AS bigint) AND status = 'paid']";

    private static EmbeddedPostgresDatabase postgres;

    private final DataSubjectRequest request = CompanyDatabases.requestOf(ADA);
    private final List<CompanyDatabases> opened = new ArrayList<>();
    private Connection owner;

    @BeforeAll
    static void startPostgres() {
        // Whether a pooled connection lives is asked each time, as it is in a pool that was idle
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "0");
        postgres = EmbeddedPostgresDatabase.start(Port.free());
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
        System.clearProperty("com.zaxxer.hikari.aliveBypassWindowMs");
    }

    @BeforeEach
    void fill() throws SQLException {
        owner = DriverManager.getConnection(postgres.url(), postgres.username(), postgres.password());
        execute(SCHEMA);
    }

    @AfterEach
    void close() throws SQLException {
        opened.forEach(CompanyDatabases::close);
        owner.close();
    }

    @Test
    void whatRefersToOtherRowsGoesBeforeThemWhateverTheOrderOfTheFile() throws Exception {
        DataMap map = map(DELETE_CUSTOMERS, DELETE_ORDERS, DELETE_LINES, MASK_VISITS);
        List<String> others = rows(
                "SELECT c::text FROM customers c WHERE id <> 1",
                "SELECT o::text FROM orders o WHERE customer <> 1",
                "SELECT l::text FROM lines l JOIN orders o ON o.no = order_no WHERE customer <> 1",
                "SELECT v::text FROM visits v WHERE email = 'ben@example.org'");
        SqlErasures erasures = erasures(map);

        List<Erased> erased = erasures.erase(request, "shop", plan(erasures, map));

        assertThat(erased)
                .containsExactlyInAnyOrder(
                        new Erased("lines", 4, 0, List.of(4L)),
                        new Erased("orders", 3, 0, List.of(3L)),
                        new Erased("customers", 1, 0, List.of(1L)),
                        new Erased("visits", 0, 2, List.of(2L)));
        assertThat(rows(
                        "SELECT c::text FROM customers c",
                        "SELECT o::text FROM orders o",
                        "SELECT l::text FROM lines l",
                        "SELECT v::text FROM visits v WHERE email IS NOT NULL"))
                .isEqualTo(others);
        assertThat(rows("SELECT page FROM visits WHERE email IS NULL")).containsExactly("/", "/tea");
    }

    @Test
    void aSurveyCountsWhatTheQueriesFindAndChangesNothing() throws Exception {
        DataMap map = map(DELETE_CUSTOMERS, DELETE_PAID, DELETE_LINES, MASK_VISITS);
        List<String> before = everything();
        SqlErasures erasures = erasures(map);

        assertThat(erasures.survey(request, map.dataset("orders"), List.of("a reason")))
                .isEqualTo(new DatasetPlan(
                        "orders",
                        count("orders WHERE customer = 1 AND status <> 'unpaid'"),
                        0,
                        List.of(new Kept(
                                count("orders WHERE customer = 1 AND status = 'unpaid'"),
                                "Art. 17(3)(e): We claim it",
                                "it is paid")),
                        List.of(),
                        List.of("a reason")));
        assertThat(erasures.survey(request, map.dataset("visits"), List.of()).mask())
                .isEqualTo(count("visits WHERE lower(email) = 'ada@example.org'"));
        assertThat(erasures.survey(request, map.dataset("lines"), List.of()).delete())
                .isEqualTo(count("lines WHERE order_no IN (10, 11, 12)"));
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aQueryThatWritesIsRefusedInASurvey() throws Exception {
        execute("CREATE FUNCTION peek(who TEXT) RETURNS SETOF customers LANGUAGE sql AS"
                + " 'DELETE FROM visits; SELECT * FROM customers WHERE email = who'");
        DataMap map = map("customers | SELECT * FROM peek(:#mail) | provides: {customerId: id}, | action: delete, "
                + "statements: [DELETE FROM customers WHERE email = :#mail]");

        assertThatThrownBy(() -> plan(erasures(map), map)).hasMessageContaining("read-only transaction");
        assertThat(count("visits")).isEqualTo(3);
    }

    @Test
    void unpaidOrdersStayWithTheirLinesAndTheCustomerIsMasked() throws Exception {
        String lines = "lines | SELECT l.*, o.status FROM lines l JOIN orders o ON o.no = l.order_no"
                + " WHERE l.order_no = CAST(:#orderNo AS bigint) | | action: delete, " + KEEP_UNPAID
                + ", statements: [\"DELETE FROM lines l USING orders o WHERE o.no = l.order_no"
                + " AND l.order_no = CAST(:#orderNo AS bigint) AND o.status = 'paid'\"]";
        String customers =
                CUSTOMERS + " | action: mask, statements: [\"UPDATE customers SET email = 'erased-' || id, name = NULL"
                        + " WHERE lower(email) = lower(:#mail)\"]";
        DataMap map = map(customers, DELETE_PAID, lines);
        SqlErasures erasures = erasures(map);

        assertThat(erasures.erase(request, "shop", plan(erasures, map)))
                .containsExactly(
                        new Erased("lines", 3, 0, List.of(3L)),
                        new Erased("orders", 2, 0, List.of(2L)),
                        new Erased("customers", 0, 1, List.of(1L)));
        assertThat(rows("SELECT no FROM orders")).containsExactly("11", "20", "21");
        assertThat(rows("SELECT item FROM lines WHERE order_no = 11")).containsExactly("cup");
        assertThat(rows("SELECT email || coalesce(name, '-') FROM customers"))
                .containsExactly("ben@example.orgBen", "erased-1-");
    }

    @Test
    void aSecondErasureChangesNothing() throws Exception {
        DataMap map = map(DELETE_CUSTOMERS, DELETE_ORDERS, DELETE_LINES, MASK_VISITS);
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);
        erasures.erase(request, "shop", plan);
        List<String> before = everything();

        assertThat(erasures.erase(request, "shop", plan))
                .containsExactlyInAnyOrder(
                        new Erased("lines", 0, 0, List.of()),
                        new Erased("orders", 0, 0, List.of()),
                        new Erased("customers", 0, 0, List.of()),
                        new Erased("visits", 0, 0, List.of()));
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aConnectionOnlyReadsAgainWhenItHasErasedOrFailed() throws Exception {
        DataMap map = map(MASK_VISITS);
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);
        for (int i = 0; i < 2; i++) {
            erasures.erase(request, "shop", plan);
            try (Connection connection =
                            opened.get(0).sources().byName().get("shop").getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(connection.isReadOnly()).isTrue();
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThatThrownBy(() -> statement.execute("DELETE FROM visits"))
                        .hasMessageContaining("read-only transaction");
            }
        }
        assertThat(count("visits")).isEqualTo(3);
    }

    @Test
    void aStatementThatIsTooWideChangesNothing() throws Exception {
        String wide = ORDERS + " | action: delete, statements: [DELETE FROM orders WHERE :#customerId IS NOT NULL]";

        assertThatNothingChanges(map(
                        wide,
                        DELETE_LINES.replace("order_no = CAST(:#orderNo AS bigint) AND", "length(:#orderNo) = 2 AND")))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining(
                        "dataset \"lines\": statement 1 of its erasure changes 6 rows where the query finds 4");
        execute("DELETE FROM lines");
        assertThatNothingChanges(map(wide))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining(
                        "dataset \"orders\": statement 1 of its erasure changes 5 rows where the query finds 3");
    }

    @Test
    void aStatementThatTakesWhatStaysChangesNothing() throws Exception {
        execute("DELETE FROM lines");

        assertThatNothingChanges(map(DELETE_PAID.replace("AND status = 'paid'", "")))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining("changes 3 rows where the query finds 2");
        assertThatNothingChanges(map(DELETE_PAID.replace("AND status = 'paid'", "AND no <> 10")))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining("leave 1 of 2 rows");
    }

    @Test
    void aStatementThatLeavesSomethingChangesNothing() throws Exception {
        assertThatNothingChanges(map(MASK_VISITS.replace(
                        "SET email = NULL WHERE lower(email)", "SET email = NULL WHERE upper(email)")))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining(
                        "dataset \"visits\": the statements of its erasure leave 2 of 2 rows of the person");
        assertThatNothingChanges(map(MASK_VISITS.replace("SET email = NULL", "SET page = NULL")))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining("leave 2 of 2 rows");
    }

    @Test
    void aCascadeThatTakesRowsOfAKeptDatasetChangesNothing() throws Exception {
        execute("""
                CREATE TABLE invoices (no BIGINT, customer BIGINT REFERENCES customers ON DELETE CASCADE);
                INSERT INTO invoices VALUES (1, 1), (2, 2);
                DELETE FROM lines; DELETE FROM orders;""");

        assertThatNothingChanges(map(
                        DELETE_CUSTOMERS,
                        "invoices | SELECT * FROM invoices WHERE customer = CAST(:#customerId AS bigint) | |"
                                + " action: keep, article: 17(3)(b), ground: Tax law, until: ten years"))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining("dataset \"invoices\": its query finds 0 rows after the erasure where 1 stay");
        assertThat(count("invoices")).isEqualTo(2);
    }

    @Test
    void otherRowsThanThoseOfThePlanChangeNothing() throws Exception {
        DataMap map = map(DELETE_PAID);
        execute("DELETE FROM lines");
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);

        for (String meanwhile : List.of(
                "INSERT INTO orders VALUES (13, 1, 'paid')",
                "UPDATE orders SET no = no WHERE no = 13; DELETE FROM orders WHERE no IN (13, 11)",
                "DELETE FROM orders WHERE no = 12",
                "INSERT INTO orders VALUES (11, 1, 'unpaid'), (12, 1, 'open')")) {
            execute(meanwhile);
            List<String> before = everything();
            assertThatThrownBy(() -> erasures.erase(request, "shop", plan))
                    .as(meanwhile)
                    .isInstanceOf(PlanOutdatedException.class)
                    .hasMessage("dataset \"orders\" has other rows of the person than the plan");
            assertThat(everything()).isEqualTo(before);
        }
        assertThatThrownBy(() -> erasures.erase(request, "shop", new ErasurePlan(request.id(), 1, List.of(), 0, 0)))
                .isInstanceOf(PlanOutdatedException.class);
    }

    @Test
    void aRowThatComesBetweenTheCountAndTheStatementStaysAndIsNotCounted() throws Exception {
        DataMap map = map(MASK_VISITS);
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);

        CompletableFuture<List<Erased>> erased = whileItWaitsFor(
                "SELECT * FROM visits FOR UPDATE",
                erasures,
                plan,
                "INSERT INTO visits VALUES ('ada@example.org', '/late')");

        assertThat(erased.get()).containsExactly(new Erased("visits", 0, 2, List.of(2L)));
        assertThat(rows("SELECT email || page FROM visits WHERE email IS NOT NULL"))
                .containsExactly("ada@example.org/late", "ben@example.org/");
    }

    @Test
    void aRowThatChangesBetweenTheCountAndTheStatementEndsTheAttempt() throws Exception {
        execute("DELETE FROM lines");
        DataMap map = map(DELETE_PAID);
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);

        CompletableFuture<List<Erased>> erased = whileItWaitsFor(
                "SELECT * FROM orders FOR UPDATE", erasures, plan, "UPDATE orders SET status = 'open' WHERE no = 12");

        assertThatThrownBy(erased::get)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
        assertThat(count("orders")).isEqualTo(5);
        assertThatThrownBy(() -> erasures.erase(request, "shop", plan)).isInstanceOf(PlanOutdatedException.class);

        erasures.erase(request, "shop", plan(erasures, map(DELETE_PAID)));
        assertThat(rows("SELECT no FROM orders")).containsExactly("11", "12", "20", "21");
    }

    @Test
    void aConnectionThatEndsBeforeTheCommitChangesNothingAndTheNextAttemptDoes() throws Exception {
        DataMap map = map(DELETE_CUSTOMERS, DELETE_ORDERS, DELETE_LINES, MASK_VISITS);
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);
        List<String> before = everything();
        execute("""
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                  'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER die AFTER DELETE ON customers DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW EXECUTE FUNCTION die();""");

        assertThatThrownBy(() -> erasures.erase(request, "shop", plan)).isInstanceOf(SQLException.class);
        assertThat(everything()).isEqualTo(before);

        execute("DROP TRIGGER die ON customers");
        erasures.erase(request, "shop", plan);
        assertThat(rows("SELECT id FROM customers")).containsExactly("2");
        assertThat(rows("SELECT no FROM orders")).containsExactly("20", "21");
    }

    @Test
    void aCommitOfWhichNothingIsHeardIsSeenByTheNextAttempt() throws Exception {
        DataMap map = map(MASK_VISITS);
        SqlErasures direct = erasures(map);
        ErasurePlan plan = plan(direct, map);
        int port = Integer.parseInt(postgres.url().replaceAll(".*:(\\d+)/.*", "$1"));
        try (DeafAfterCommit proxy = new DeafAfterCommit(port)) {
            SqlErasures erasures =
                    erasures(map, postgres.url().replace(":" + port, ":" + proxy.port()), postgres.username(), LONG);
            assertThatThrownBy(() -> erasures.erase(request, "shop", plan)).isInstanceOf(SQLException.class);
        }
        await("SELECT count(*) = 2 FROM visits WHERE email IS NULL");

        assertThat(direct.erase(request, "shop", plan)).containsExactly(new Erased("visits", 0, 0, List.of()));
        assertThat(rows("SELECT email FROM visits WHERE email IS NOT NULL")).containsExactly("ben@example.org");
    }

    @Test
    void aUserWhoMayOnlyReadChangesNothingAndTheErrorSaysSo() throws Exception {
        execute("""
                DROP ROLE IF EXISTS reader;
                CREATE ROLE reader LOGIN;
                GRANT USAGE ON SCHEMA public TO reader;
                GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;""");
        DataMap map = map(MASK_VISITS);
        SqlErasures erasures = erasures(map, postgres.url(), "reader", LONG);
        ErasurePlan plan = plan(erasures, map);

        for (ThrowingCallable attempt : List.<ThrowingCallable>of(
                () -> erasures.rehearse(request, plan), () -> erasures.erase(request, "shop", plan))) {
            assertThatThrownBy(attempt)
                    .isInstanceOf(HopelessException.class)
                    .hasMessageContaining("dataset \"visits\": statement 1 of its erasure can't be run")
                    .hasMessageContaining("permission denied for table visits");
        }
        assertThat(count("visits WHERE email IS NOT NULL")).isEqualTo(3);
    }

    @Test
    void aStatementThatTakesTooLongIsEndedAndChangesNothing() throws Exception {
        DataMap map = map(MASK_VISITS);
        SqlErasures erasures = erasures(map, postgres.url(), postgres.username(), Duration.ofSeconds(1));
        ErasurePlan plan = plan(erasures, map);
        owner.setAutoCommit(false);
        execute("SELECT * FROM visits FOR UPDATE");

        assertThatThrownBy(() -> erasures.erase(request, "shop", plan))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("canceling statement");
        owner.rollback();
        owner.setAutoCommit(true);
        assertThat(count("visits WHERE email IS NOT NULL")).isEqualTo(3);
    }

    @Test
    void aStatementThatAnswersWithRowsIsRefusedAsNobodyToldHowManyItChanged() throws Exception {
        assertThatNothingChanges(map(MASK_VISITS.replace("lower(:#mail)]", "lower(:#mail) RETURNING page]")))
                .hasMessageContaining("the statement answers with rows");
    }

    @Test
    void aProcedureIsHeldToWhatTheQueryFindsAfterIt() throws Exception {
        execute("""
                CREATE PROCEDURE forget(who TEXT, part BOOLEAN) LANGUAGE sql AS
                  'UPDATE visits SET email = NULL WHERE lower(email) = lower(who) AND (NOT part OR page = ''/'')'""");
        String call = "lower(email) = lower(:#mail)]";
        assertThatNothingChanges(map(MASK_VISITS.replace(
                        "UPDATE visits SET email = NULL WHERE " + call, "\"CALL forget(:#mail, true)\"]")))
                .hasMessageContaining("leave 1 of 2 rows");
        DataMap map = map(
                MASK_VISITS.replace("UPDATE visits SET email = NULL WHERE " + call, "\"CALL forget(:#mail, false)\"]"));
        SqlErasures erasures = erasures(map);

        assertThat(erasures.erase(request, "shop", plan(erasures, map)))
                .containsExactly(new Erased("visits", 0, 2, List.of(0L)));
        assertThat(rows("SELECT email FROM visits WHERE email IS NOT NULL")).containsExactly("ben@example.org");
    }

    @Test
    void aRehearsalChangesNothingAndFindsWhatWouldFailLater() throws Exception {
        List<String> before = everything();
        rehearse(map(DELETE_CUSTOMERS, DELETE_ORDERS, DELETE_LINES, MASK_VISITS));
        assertThat(everything()).isEqualTo(before);

        assertThatThrownBy(() -> rehearse(map(MASK_VISITS.replace("SET email", "SET e_mail"))))
                .isInstanceOf(HopelessException.class)
                .hasMessageContaining("column \"e_mail\" of relation \"visits\" does not exist");
        assertThatThrownBy(() -> rehearse(map(DELETE_CUSTOMERS)))
                .as("orders refer to customers")
                .isInstanceOf(SQLException.class);
        assertThat(everything()).isEqualTo(before);
    }

    /** It could commit. */
    @Test
    void aProcedureIsNotRehearsed() throws Exception {
        execute("CREATE PROCEDURE forget(who TEXT) LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''called''; END'");
        rehearse(map(MASK_VISITS.replace(
                "UPDATE visits SET email = NULL WHERE lower(email) = lower(:#mail)]", "\"CALL forget(:#mail)\"]")));
    }

    private void rehearse(DataMap map) throws SQLException {
        SqlErasures erasures = erasures(map);
        erasures.rehearse(request, plan(erasures, map));
    }

    @Test
    void everyKeyOfThePersonIsErasedAndSourcesWithoutOneAreLeftOut() throws Exception {
        DataMap map = map(MASK_VISITS, DELETE_LINES);
        Set<SubjectKey> both = Set.of(new SubjectKey("mail", null, "ben@example.org"));
        SqlErasures erasures = erasures(map, both);

        assertThat(erasures.erase(request, "shop", plan(erasures, map)))
                .contains(new Erased("visits", 0, 3, List.of(3L)));
        assertThat(count("visits WHERE email IS NULL")).isEqualTo(3);
        assertThat(erasures(map, Set.of()).dataSources(request)).containsExactly("shop");
        assertThat(erasures(map(DELETE_ORDERS), Set.of()).dataSources(request)).isEmpty();
    }

    @Test
    void onH2APersonIsDeletedAndNobodyElse() throws Exception {
        try (UsersDatabase users = UsersDatabase.start(Port.free())) {
            users.load(List.of(user(1L, "ada@example.org"), user(2L, "ben@example.org"), user(3L, "adá@example.org")));
            String query =
                    "users | SELECT * FROM GetUserInformation(:#mail) | match: {email_address: mail}, provides: {customerId: account_id}, | ";
            try (Connection reader = DriverManager.getConnection(users.url(), users.username(), users.password())) {
                DataMap wide = map(query + "action: delete, statements: [\"DELETE FROM users WHERE :#mail <> ''\"]");
                SqlErasures tooWide = h2(wide, users);
                assertThatThrownBy(() -> tooWide.erase(request, "shop", plan(tooWide, wide)))
                        .isInstanceOf(HopelessException.class)
                        .hasMessageContaining("changes 3 rows where the query finds 1");
                assertThat(column(reader, "SELECT account_id FROM users ORDER BY 1"))
                        .containsExactly("1", "2", "3");

                DataMap map = map(query
                        + "action: delete, statements: [DELETE FROM users WHERE LOWER(email_address) = LOWER(:#mail)]");
                SqlErasures erasures = h2(map, users);
                ErasurePlan plan = plan(erasures, map);
                assertThat(erasures.erase(request, "shop", plan))
                        .containsExactly(new Erased("users", 1, 0, List.of(1L)));
                assertThat(column(reader, "SELECT account_id FROM users ORDER BY 1"))
                        .containsExactly("2", "3");
                assertThat(erasures.erase(request, "shop", plan)).containsExactly(new Erased("users", 0, 0, List.of()));
            }
        }
    }

    @Test
    void onH2APersonIsMasked() throws Exception {
        try (UsersDatabase users = UsersDatabase.start(Port.free())) {
            users.load(List.of(user(1L, "ada@example.org"), user(2L, "ben@example.org")));
            DataMap map = map(
                    "users | SELECT * FROM users WHERE email_address = :#mail | | action: mask, statements: ["
                            + "\"UPDATE users SET email_address = 'erased-' || account_id, city = NULL WHERE email_address = :#mail\"]");
            SqlErasures erasures = h2(map, users);

            assertThat(erasures.erase(request, "shop", plan(erasures, map)))
                    .containsExactly(new Erased("users", 0, 1, List.of(1L)));
            try (Connection reader = DriverManager.getConnection(users.url(), users.username(), users.password())) {
                assertThat(column(reader, "SELECT email_address || coalesce(city, '-') FROM users ORDER BY 1"))
                        .containsExactly("ben@example.orgCity", "erased-1-");
            }
        }
    }

    private static DevUser user(long id, String emailAddress) {
        return new DevUser(emailAddress, "Name", "First", "Last", "Country", "City", "Street", id);
    }

    /** Passes on everything until a transaction is committed, and no answer from then on. */
    private static final class DeafAfterCommit extends TcpProxy {

        private volatile boolean isDeaf;

        DeafAfterCommit(int target) {
            super(target, ServerSocketFactory.getDefault());
        }

        @Override
        protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
            byte[] chunk = new byte[8192];
            for (int read = client.read(chunk); read >= 0; read = client.read(chunk)) {
                isDeaf |= new String(chunk, 0, read, StandardCharsets.ISO_8859_1).contains("COMMIT");
                upstream.write(chunk, 0, read);
                upstream.flush();
            }
        }

        @Override
        protected void passAnswers(InputStream upstream, OutputStream client) throws IOException {
            byte[] chunk = new byte[8192];
            for (int read = upstream.read(chunk); read >= 0 && !isDeaf; read = upstream.read(chunk)) {
                client.write(chunk, 0, read);
                client.flush();
            }
        }
    }

    /** Lets an erasure run until it waits for a lock, does something in the transaction that has the lock, and lets it go on. */
    private CompletableFuture<List<Erased>> whileItWaitsFor(
            String lock, SqlErasures erasures, ErasurePlan plan, String meanwhile) throws Exception {
        try (Connection other = DriverManager.getConnection(postgres.url(), postgres.username(), postgres.password());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(lock);
            CompletableFuture<List<Erased>> erased = CompletableFuture.supplyAsync(() -> {
                try {
                    return erasures.erase(request, "shop", plan);
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            await("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
            statement.execute(meanwhile);
            other.commit();
            try {
                erased.get();
            } catch (ExecutionException e) {
                // The test looks at it
            }
            return erased;
        }
    }

    private void await(String condition) throws SQLException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!rows(condition).equals(List.of("t"))) {
            assertThat(System.nanoTime()).as(condition).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatNothingChanges(DataMap map) throws Exception {
        List<String> before = everything();
        SqlErasures erasures = erasures(map);
        ErasurePlan plan = plan(erasures, map);
        Throwable failure = null;
        try {
            erasures.erase(request, "shop", plan);
        } catch (Exception e) {
            failure = e;
        }
        assertThat(everything()).isEqualTo(before);
        return assertThat(failure).isNotNull();
    }

    private ErasurePlan plan(SqlErasures erasures, DataMap map) throws SQLException {
        List<DatasetPlan> datasets = new ArrayList<>();
        for (Dataset dataset : map.datasets()) {
            if (dataset.kind() == Kind.SQL) {
                datasets.add(erasures.survey(request, dataset, List.of()));
            }
        }
        return new ErasurePlan(request.id(), 1, datasets, 0, 0);
    }

    private SqlErasures erasures(DataMap map) {
        return erasures(map, postgres.url(), postgres.username(), LONG);
    }

    private SqlErasures erasures(DataMap map, String url, String username, Duration timeout) {
        return erasures(map, new CompanyDatabases("shop", url, username, "postgres", timeout), KEYS);
    }

    private SqlErasures erasures(DataMap map, Set<SubjectKey> known) {
        return erasures(
                map,
                new CompanyDatabases("shop", postgres.url(), postgres.username(), postgres.password(), LONG),
                known);
    }

    private SqlErasures h2(DataMap map, UsersDatabase users) {
        return erasures(map, new CompanyDatabases("shop", users.url(), users.username(), users.password(), LONG), KEYS);
    }

    private SqlErasures erasures(DataMap map, CompanyDatabases databases, Set<SubjectKey> known) {
        opened.add(databases);
        return new SqlErasures(
                map,
                CompanyDatabases.datasets(map, known, List.of()),
                databases.sources(),
                new Pseudonyms("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
                null,
                null);
    }

    /** @param datasets name | query | more properties | erasure; after them comes one that provides every key */
    private static DataMap map(String... datasets) throws IOException {
        StringBuilder yaml = new StringBuilder("subject: {key: mail}\ndatasets:\n");
        String article15 = "article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}";
        for (String dataset : datasets) {
            String[] parts = Arrays.stream(dataset.split(" \\|(?= )", 4))
                    .map(String::strip)
                    .toArray(String[]::new);
            yaml.append("  - {name: %s, title: t, kind: sql, dataSource: shop, query: \"%s\", %s %s, erasure: {%s}}\n"
                    .formatted(parts[0], parts[1], parts[2], article15, parts[3]));
        }
        yaml.append("  - {name: keys, title: t, kind: lake, path: keys, format: csv, match: {m: mail}, "
                + "provides: {customerId: a, orderNo: b}, %s, erasure: {action: delete}}".formatted(article15));
        return DataMapLoader.load(
                "map.yaml", new ByteArrayInputStream(yaml.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> everything() throws SQLException {
        return rows(
                "SELECT c::text FROM customers c",
                "SELECT o::text FROM orders o",
                "SELECT l::text FROM lines l",
                "SELECT v::text FROM visits v");
    }

    /** The first column of each query, sorted for each. */
    private List<String> rows(String... queries) throws SQLException {
        List<String> all = new ArrayList<>();
        for (String query : queries) {
            column(owner, query).stream().sorted().forEach(all::add);
        }
        return all;
    }

    private long count(String from) throws SQLException {
        return Long.parseLong(rows("SELECT count(*) FROM " + from).get(0));
    }

    private static List<String> column(Connection connection, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }
}
