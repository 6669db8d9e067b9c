package io.themis.devservices;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** The shop's database, in the memory of this JVM: {@code customers}, {@code orders}, and the procedure {@code GetOrders}. */
public final class ShopDatabase implements AutoCloseable {

    private static final String SCHEMA = """
            CREATE TABLE customers (
              id BIGINT PRIMARY KEY,
              email VARCHAR(320) NOT NULL UNIQUE,
              first_name NVARCHAR(200),
              last_name NVARCHAR(200),
              city NVARCHAR(200),
              since DATE
            );
            CREATE TABLE orders (
              number BIGINT PRIMARY KEY,
              customer BIGINT NOT NULL REFERENCES customers,
              ordered_at TIMESTAMP NOT NULL,
              total DECIMAL(12, 2) NOT NULL,
              note NVARCHAR(1000)
            );
            CREATE ALIAS GetOrders FOR "%s.orders";
            CREATE USER themis PASSWORD '%s';
            GRANT SELECT, UPDATE, DELETE ON customers TO themis;
            GRANT SELECT, UPDATE, DELETE ON orders TO themis;
            """;

    private final String url =
            "jdbc:h2:mem:shop-%s;MODE=MSSQLServer;DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"
                    .formatted(UUID.randomUUID());
    private final String password = UUID.randomUUID().toString();
    private final Connection owner;

    ShopDatabase(SampleShop shop) {
        try {
            // While this connection is open, the database lives.
            owner = DriverManager.getConnection(url, "owner", UUID.randomUUID().toString());
            try (Statement statement = owner.createStatement()) {
                statement.execute(SCHEMA.formatted(ShopDatabase.class.getName(), password));
            }
            fill(shop);
        } catch (SQLException e) {
            throw new IllegalStateException("The shop's database did not start", e);
        }
    }

    private void fill(SampleShop shop) throws SQLException {
        try (PreparedStatement insert = owner.prepareStatement("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)")) {
            for (SampleShop.Customer customer : shop.customers()) {
                insert.setLong(1, customer.id());
                insert.setString(2, customer.email());
                insert.setString(3, customer.firstName());
                insert.setString(4, customer.lastName());
                insert.setString(5, customer.city());
                insert.setObject(6, customer.since());
                insert.executeUpdate();
            }
        }
        try (PreparedStatement insert = owner.prepareStatement("INSERT INTO orders VALUES (?, ?, ?, ?, ?)")) {
            for (SampleShop.Order order : shop.orders()) {
                insert.setLong(1, order.number());
                insert.setLong(2, order.customer());
                insert.setObject(3, order.orderedAt());
                insert.setBigDecimal(4, order.total());
                insert.setString(5, order.note());
                insert.executeUpdate();
            }
        }
    }

    /** The procedure: a customer's orders. H2 calls it without a number to learn the columns. */
    public static ResultSet orders(Connection connection, Long customer) throws SQLException {
        PreparedStatement query =
                connection.prepareStatement("SELECT * FROM orders WHERE customer = ? ORDER BY number");
        query.closeOnCompletion();
        query.setObject(1, customer);
        return query.executeQuery();
    }

    String url() {
        return url;
    }

    String username() {
        return "themis";
    }

    String password() {
        return password;
    }

    @Override
    public void close() {
        try {
            owner.close();
        } catch (SQLException e) {
            throw new IllegalStateException("The shop's database did not stop", e);
        }
    }
}
