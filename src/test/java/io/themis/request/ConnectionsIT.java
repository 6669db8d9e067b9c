package io.themis.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.themis.OneApplicationTest;
import io.themis.Themis;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@OneApplicationTest
class ConnectionsIT {

    @Autowired
    Themis themis;

    @Autowired
    HikariDataSource database;

    @Test
    void aRequestGivesBackItsConnectionsToTheDatabase() {
        themis.await(themis.ask("na.li@example.com"), "delivered");

        assertThat(database.getHikariPoolMXBean().getTotalConnections()).isPositive();
        Awaitility.await().until(() -> database.getHikariPoolMXBean().getActiveConnections() == 0);
    }
}
