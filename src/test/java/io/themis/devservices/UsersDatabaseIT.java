package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsersDatabaseIT {

    private UsersDatabase database;

    @BeforeEach
    void start() {
        database = UsersDatabase.start(Port.free());
        database.load(List.of(
                new DevUser("Ann@Example.com", "ann", "Ann", "Lee", "Norway", "Oslo", "Storgata 1", 11L),
                new DevUser("ann@example.org", "ann", "Ann", "Lee", "Norway", "Oslo", "Storgata 2", 12L),
                new DevUser("bo@example.com", "bo", "Bo", "Ek", "Sweden", "Malmö", "Storgatan 3", null)));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void getUserInformationFindsExactlyOnePersonInAnyCase() throws Exception {
        for (String query : List.of(
                "SELECT * FROM GetUserInformation(?)",
                "SELECT * FROM dbo.getuserinformation(?)",
                "SELECT * FROM users WHERE LOWER(email_address) = LOWER(?)")) {
            assertThat(rows(query, "aNN@exAMple.com"))
                    .as(query)
                    .containsExactly(
                            List.of("11", "Ann@Example.com", "ann", "Ann", "Lee", "Norway", "Oslo", "Storgata 1"));
            assertThat(rows(query, "nobody@example.com")).as(query).isEmpty();
        }
    }

    @Test
    void namesItsColumnsAsTheOriginalDoes() throws Exception {
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement("SELECT * FROM GetUserInformation(?)")) {
            query.setString(1, "bo@example.com");
            try (ResultSet row = query.executeQuery()) {
                List<String> names = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    names.add(row.getMetaData().getColumnLabel(i));
                }
                assertThat(names)
                        .containsExactly(
                                "account_id",
                                "email_address",
                                "display_name",
                                "first_name",
                                "last_name",
                                "country",
                                "city",
                                "street");
                assertThat(row.next()).isTrue();
                assertThat(row.getObject("account_id")).isNull();
                assertThat(row.getString("city")).isEqualTo("Malmö");
            }
        }
    }

    @Test
    void refusesASecondPersonWithTheSameAddressInAnotherCase() throws Exception {
        List<DevUser> users = List.of(
                new DevUser("new@example.com", "new", "New", "One", "", "", "", 13L),
                new DevUser("BO@example.com", "bo2", "Bo", "Ek", "", "", "", 14L));

        assertThatThrownBy(() -> database.load(users))
                .hasMessageContaining("occurs twice")
                .hasMessageNotContaining("BO@example.com")
                .hasNoCause();
        assertThat(rows("SELECT * FROM users WHERE email_address = ?", "new@example.com"))
                .isEmpty();
    }

    @Test
    void isAwayWhileStoppedAndKeepsItsRows() throws Exception {
        String url = database.url();
        try (Connection before = connect()) {
            database.stop();

            assertThatThrownBy(() -> before.prepareStatement("SELECT 1").executeQuery())
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(this::connect).isInstanceOf(SQLException.class);
        }
        database.start();

        assertThat(database.url()).isEqualTo(url);
        assertThat(rows("SELECT * FROM GetUserInformation(?)", "bo@example.com"))
                .hasSize(1);
    }

    @Test
    void namesThePortAndTheSettingWhenThePortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Port port = new Port("themis.dev.users-db-port", other.getLocalPort());

            assertThatThrownBy(() -> UsersDatabase.start(port))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessageContaining("Port " + other.getLocalPort())
                    .hasMessageContaining("themis.dev.users-db-port");
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.url(), database.username(), database.password());
    }

    private List<List<String>> rows(String sql, String emailAddress) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, emailAddress);
            List<List<String>> rows = new ArrayList<>();
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(result.getString(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        }
    }
}
