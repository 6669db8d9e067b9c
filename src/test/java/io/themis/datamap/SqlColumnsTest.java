package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Public, since H2 calls a function of it. */
@ExtendWith(OutputCaptureExtension.class)
public class SqlColumnsTest {

    private final JdbcDataSource users = new JdbcDataSource();
    private Connection keepsTheDatabase;

    @BeforeEach
    void createUsers() throws SQLException {
        users.setURL("jdbc:h2:mem:%s;MODE=MSSQLServer".formatted(UUID.randomUUID()));
        keepsTheDatabase = users.getConnection();
        keepsTheDatabase.createStatement().execute("""
                        CREATE TABLE users (email_address VARCHAR(320), display_name VARCHAR(100), first_name VARCHAR(100),
                            last_name VARCHAR(100), country VARCHAR(100), city VARCHAR(100), street VARCHAR(100),
                            account_id BIGINT);
                        CREATE ALIAS GetUserInformation FOR 'io.themis.datamap.SqlColumnsTest.getUserInformation';
                        """);
    }

    @AfterEach
    void dropUsers() throws SQLException {
        keepsTheDatabase.close();
    }

    /** What a table-valued function of SQL Server is on H2. */
    public static ResultSet getUserInformation(Connection connection, String emailAddress) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM users WHERE LOWER(email_address) = LOWER(?)");
        statement.setString(1, emailAddress);
        return statement.executeQuery();
    }

    @Test
    void sampleMapFitsTheSampleDatabase() throws IOException {
        try (InputStream yaml = getClass().getResourceAsStream("/datamap.yaml")) {
            DataMap map = DataMapLoader.load("datamap.yaml", yaml);

            assertThatNoException().isThrownBy(() -> SqlColumns.check(map, Map.of("users", users)));
        }
    }

    @Test
    void missingColumnIsNamedWithTheLineAndTheColumnsThereAre() {
        assertThat(problems("SELECT email_address, account_id AS account FROM users WHERE email_address = :#mail"))
                .containsExactly(
                        "map.yaml:3: dataset \"profile\": provides \"accountId\" from the column \"account_id\", which"
                                + " the query does not give (did you mean \"ACCOUNT\"?); it gives EMAIL_ADDRESS, ACCOUNT");
    }

    @Test
    void missingColumnToMatchOnIsNamedToo() {
        DataMap map =
                map("SELECT account_id, city FROM users WHERE email_address = :#mail", "match: {email_address: mail}");

        DataMapException refusal =
                catchThrowableOfType(DataMapException.class, () -> SqlColumns.check(map, Map.of("users", users)));

        assertThat(refusal.problems())
                .containsExactly(
                        "map.yaml:3: dataset \"profile\": matches \"mail\" with the column \"email_address\", which the"
                                + " query does not give; it gives ACCOUNT_ID, CITY");
    }

    @Test
    void missingColumnsThatAreDescribedOrMaskedAreNamedToo() {
        DataMap map = map(
                "SELECT account_id, city FROM users WHERE email_address = :#mail",
                "columns: {CITY: {title: City, mask: {unless: {mail: mail}}}, town: {title: Town}}");

        DataMapException refusal =
                catchThrowableOfType(DataMapException.class, () -> SqlColumns.check(map, Map.of("users", users)));

        assertThat(refusal.problems())
                .containsExactly(
                        "map.yaml:3: dataset \"profile\": masks \"CITY\" unless the column \"mail\", which the query does"
                                + " not give; it gives ACCOUNT_ID, CITY",
                        "map.yaml:3: dataset \"profile\": describes the column \"town\", which the query does not give;"
                                + " it gives ACCOUNT_ID, CITY");
    }

    @Test
    void queryThatTheDatabaseDoesNotUnderstandIsAProblem() {
        assertThat(problems("SELECT account_id FROM user_list WHERE email_address = :#mail"))
                .singleElement()
                .asString()
                .startsWith(
                        "map.yaml:3: dataset \"profile\": the data source \"users\" does not take \"query\"; it says: ")
                .contains("USER_LIST");
    }

    @Test
    void statementOfAnErasureThatTheDatabaseDoesNotUnderstandIsAProblemAndNoneIsRun() throws SQLException {
        keepsTheDatabase.createStatement().execute("INSERT INTO users (email_address) VALUES ('a@example.org')");
        String query = "SELECT account_id FROM users WHERE email_address = :#mail";
        String erasure =
                "{action: delete, statements: [\"DELETE FROM users WHERE email_address = :#mail\", \"UPDATE users SET town = 'x' WHERE email_address = :#mail\"]}";

        assertThat(catchThrowableOfType(
                                DataMapException.class,
                                () -> SqlColumns.check(map(query, "", erasure), Map.of("users", users)))
                        .problems())
                .singleElement()
                .asString()
                .startsWith(
                        "map.yaml:3: dataset \"profile\": the data source \"users\" does not take statement 2 of the erasure; it says: ")
                .contains("TOWN");
        try (ResultSet count = keepsTheDatabase.createStatement().executeQuery("SELECT COUNT(*) FROM users")) {
            count.next();
            assertThat(count.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void statementThatChangesDataIsAProblemAndDoesNotRun() throws SQLException {
        keepsTheDatabase.createStatement().execute("INSERT INTO users (email_address) VALUES ('a@example.org')");

        assertThat(problems("DELETE FROM users WHERE email_address <> :#mail"))
                .containsExactly("map.yaml:3: dataset \"profile\": \"query\" answers with no rows; write a SELECT");
        try (ResultSet count = keepsTheDatabase.createStatement().executeQuery("SELECT COUNT(*) FROM users")) {
            count.next();
            assertThat(count.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void unknownDataSourceIsNamedWithThoseThereAre() {
        DataMap map = map("SELECT account_id FROM users WHERE email_address = :#mail");

        DataMapException refusal = catchThrowableOfType(
                DataMapException.class, () -> SqlColumns.check(map, Map.of("user", users, "billing", users)));

        assertThat(refusal.problems())
                .containsExactly(
                        "map.yaml:3: dataset \"profile\": there is no data source \"users\" (did you mean \"user\"?);"
                                + " set themis.data-sources.users.url, or write one of those that are set: billing, user");
    }

    @Test
    void dataSourceOfAnInstallationWithoutAnyIsAskedForByItsSetting() {
        DataMap map = map("SELECT account_id FROM users WHERE email_address = :#mail");

        assertThat(catchThrowableOfType(DataMapException.class, () -> SqlColumns.check(map, Map.of()))
                        .problems())
                .containsExactly("map.yaml:3: dataset \"profile\": there is no data source \"users\"; set"
                        + " themis.data-sources.users.url");
    }

    @Test
    void databaseThatIsDownIsAWarningWithoutItsUrl(CapturedOutput output) {
        JdbcDataSource down = new JdbcDataSource();
        down.setURL("jdbc:h2:mem:gone;IFEXISTS=TRUE;PASSWORD=s3cret");
        DataMap map = map("SELECT account_id FROM users WHERE email_address = :#mail");

        assertThatNoException().isThrownBy(() -> SqlColumns.check(map, Map.of("users", down)));

        assertThat(output)
                .containsOnlyOnce("The queries on data source users are not checked: it can't be reached")
                .doesNotContain("jdbc:")
                .doesNotContain("s3cret");
    }

    @Test
    void databaseThatGoesDownDuringTheCheckIsAWarning(CapturedOutput output) {
        DataSource dying = new DelegatingDataSource(users) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                connection.close();
                return connection;
            }
        };
        DataMap map = map("SELECT account_id FROM users WHERE email_address = :#mail");

        assertThatNoException().isThrownBy(() -> SqlColumns.check(map, Map.of("users", dying)));

        assertThat(output).containsOnlyOnce("The queries on data source users are not checked");
    }

    @Test
    void columnByWhichAnErasureKeepsRowsMustBeThere() {
        DataMap map = map(
                "SELECT account_id FROM users WHERE email_address = :#mail",
                "",
                "{action: delete, statements: [DELETE FROM users WHERE email_address = :#mail],"
                        + " keep: [{when: {acount_id: 1}, article: 17(3)(e), ground: g, until: u}]}");

        assertThat(catchThrowableOfType(DataMapException.class, () -> SqlColumns.check(map, Map.of("users", users)))
                        .problems())
                .singleElement()
                .asString()
                .containsIgnoringCase(
                        "keeps rows of an erasure by the column \"acount_id\", which the query does not give"
                                + " (did you mean \"account_id\"?)");
    }

    private List<String> problems(String query) {
        DataSource dataSource = users;
        return catchThrowableOfType(
                        DataMapException.class, () -> SqlColumns.check(map(query), Map.of("users", dataSource)))
                .problems();
    }

    private static DataMap map(String query) {
        return map(query, "");
    }

    private static DataMap map(String query, String match) {
        return map(query, match, "{action: keep, article: 17(3)(b), ground: tests, until: for ever}");
    }

    private static DataMap map(String query, String match, String erasure) {
        String yaml = """
                subject: {key: mail}
                datasets:
                  - name: profile
                    title: Your profile
                    kind: sql
                    dataSource: users
                    query: "%s"
                    provides: {accountId: account_id}
                    %s
                    article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                    erasure: %s
                """.formatted(query, match, erasure);
        try {
            return DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
