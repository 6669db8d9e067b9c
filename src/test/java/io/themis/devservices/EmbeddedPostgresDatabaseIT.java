package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresDatabaseIT {

    @Test
    void keepsItsDataAndPortWhileItIsStoppedAndLosesItAtTheEnd() throws Exception {
        EmbeddedPostgresDatabase database = EmbeddedPostgresDatabase.start(Port.free());
        Path data;
        try (database) {
            String url = database.url();
            try (Connection connection = connect(database)) {
                connection.createStatement().execute("CREATE TABLE kept AS SELECT 42 AS answer");
                var folder = connection.createStatement().executeQuery("SHOW data_directory");
                folder.next();
                data = Path.of(folder.getString(1));
            }

            database.stop();
            assertThatThrownBy(() -> connect(database)).isInstanceOf(SQLException.class);
            database.start();

            assertThat(database.url()).isEqualTo(url);
            try (Connection connection = connect(database)) {
                var kept = connection.createStatement().executeQuery("SELECT answer FROM kept");
                kept.next();
                assertThat(kept.getInt(1)).isEqualTo(42);
            }
        }
        assertThat(Files.exists(data)).isFalse();
    }

    private static Connection connect(EmbeddedPostgresDatabase database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.username(), database.password());
    }
}
