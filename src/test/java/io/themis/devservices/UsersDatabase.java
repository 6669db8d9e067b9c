package io.themis.devservices;

import java.net.InetAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.UUID;
import org.h2.tools.Server;

/**
 * The company's users database: H2, which speaks like SQL Server here, in the memory of this JVM and served over TCP on
 * the loopback address. Schema {@code dbo} has the table {@code users} and the table function
 * {@code GetUserInformation(emailAddress)}. The rows outlive {@link #stop()}.
 */
public final class UsersDatabase implements AutoCloseable {

    static {
        // H2 would listen on every address; it reads this once, when its first class is loaded.
        System.setProperty("h2.bindAddress", InetAddress.getLoopbackAddress().getHostAddress());
    }

    // Names keep the case they are written in and are found in any, as in SQL Server.
    private static final String MODE = ";MODE=MSSQLServer;DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";

    private static final String SCHEMA = """
            CREATE SCHEMA dbo;
            CREATE TABLE dbo.users (
              account_id BIGINT,
              email_address VARCHAR_IGNORECASE(320) NOT NULL UNIQUE,
              display_name NVARCHAR(200),
              first_name NVARCHAR(200),
              last_name NVARCHAR(200),
              country NVARCHAR(200),
              city NVARCHAR(200),
              street NVARCHAR(200),
              UNIQUE NULLS DISTINCT (account_id)
            );
            CREATE ALIAS dbo.GetUserInformation FOR "%s.rows";
            CREATE USER "%s" PASSWORD '%s';
            GRANT SELECT, UPDATE, DELETE ON dbo.users TO "%s";
            """;

    private static final String INSERT = """
            INSERT INTO dbo.users
              (account_id, email_address, display_name, first_name, last_name, country, city, street)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";

    private final String name = "users-" + UUID.randomUUID();
    private final String password = UUID.randomUUID().toString();
    private final Connection owner;
    private Port port;
    private Server server;

    private UsersDatabase(Port port) throws SQLException {
        this.port = port;
        // While this connection is open, the database lives.
        owner = DriverManager.getConnection(
                "jdbc:h2:mem:" + name + MODE, "owner", UUID.randomUUID().toString());
        try (Statement statement = owner.createStatement()) {
            statement.execute(SCHEMA.formatted(GetUserInformation.class.getName(), username(), password, username()));
        }
        start();
    }

    /** @throws PortTakenException when the port is in use */
    public static UsersDatabase start(Port port) {
        try {
            return new UsersDatabase(port);
        } catch (SQLException e) {
            throw new IllegalStateException("The users database did not start", e);
        }
    }

    /** Serves the database again, on the same port and with the rows it had. */
    public void start() throws SQLException {
        port.requireFree();
        server = Server.createTcpServer("-tcpPort", Integer.toString(port.number()))
                .start();
        port = new Port(port.setting(), server.getPort());
    }

    /** Ends every connection and takes no more. */
    public void stop() {
        server.stop();
    }

    public String url() {
        return "jdbc:h2:tcp://127.0.0.1:%d/mem:%s%s;SCHEMA=dbo".formatted(port.number(), name, MODE);
    }

    public String username() {
        return "themis";
    }

    public String password() {
        return password;
    }

    /**
     * Adds people, all or none.
     *
     * @throws DevServicesException when two have the same e-mail address, upper and lower case alike, or account
     */
    public void load(Iterable<DevUser> users) {
        try {
            owner.setAutoCommit(false);
            try (PreparedStatement insert = owner.prepareStatement(INSERT)) {
                for (DevUser user : users) {
                    insert(insert, user);
                }
                owner.commit();
            } catch (SQLException e) {
                // The database's own message quotes the row.
                throw new DevServicesException(
                        "The users can't be loaded: an e-mail address or an accountId occurs twice, or a value is too"
                                + " long (SQL state " + e.getSQLState() + ").");
            } finally {
                owner.rollback();
                owner.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The users database does not answer", e);
        }
    }

    private static void insert(PreparedStatement insert, DevUser user) throws SQLException {
        insert.setObject(1, user.accountId(), Types.BIGINT);
        insert.setString(2, user.emailAddress());
        insert.setString(3, user.displayName());
        insert.setString(4, user.firstName());
        insert.setString(5, user.lastName());
        insert.setString(6, user.country());
        insert.setString(7, user.city());
        insert.setString(8, user.street());
        insert.executeUpdate();
    }

    /**
     * Adds the people of a CSV file, all or none; see {@link UsersCsv}.
     *
     * @return the people, in the order of the file
     * @throws DevServicesException naming the file and the line of a bad row
     */
    public List<DevUser> loadCsv(Path file) {
        List<DevUser> users = UsersCsv.read(file);
        load(users);
        return users;
    }

    @Override
    public void close() {
        stop();
        try {
            owner.close();
        } catch (SQLException e) {
            throw new IllegalStateException("The users database did not stop", e);
        }
    }
}
