package io.themis.devservices;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.h2.tools.SimpleResultSet;

/** What the original has as a table function of Azure SQL: {@code SELECT * FROM GetUserInformation(?)}. */
public final class GetUserInformation {

    private GetUserInformation() {}

    /** The person's row of {@code users}, found by e-mail address, upper and lower case alike; or no row. */
    public static ResultSet rows(Connection connection, String emailAddress) throws SQLException {
        // Preparing a statement, H2 asks for the columns only, over a connection that says so by its URL.
        if (connection.getMetaData().getURL().equals("jdbc:columnlist:connection")) {
            return columns();
        }
        PreparedStatement query = connection.prepareStatement("""
                SELECT account_id, email_address, display_name, first_name, last_name, country, city, street
                FROM dbo.users WHERE email_address = ?""");
        query.closeOnCompletion();
        query.setString(1, emailAddress);
        return query.executeQuery();
    }

    private static ResultSet columns() {
        SimpleResultSet columns = new SimpleResultSet();
        columns.addColumn("account_id", Types.BIGINT, 19, 0);
        columns.addColumn("email_address", Types.VARCHAR, 320, 0);
        for (String name : new String[] {"display_name", "first_name", "last_name", "country", "city", "street"}) {
            columns.addColumn(name, Types.NVARCHAR, 200, 0);
        }
        return columns;
    }
}
