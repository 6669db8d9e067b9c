package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.models.AccessTier;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Invoices as Parquet files, by year, from the request to the package. */
@ThemisTest
@TestPropertySource(properties = "themis.data-map=classpath:datamap/shop-invoices.yaml")
class ParquetLakeIT {

    /** Three row groups; every thousandth invoice is the person's. */
    private static final String INVOICES = """
            COPY (SELECT i AS number,
                         {'id': CASE WHEN i %% 1000 = 7 THEN %d ELSE 5 END, 'name': 'name ' || i} AS customer,
                         (i / 100.0)::DECIMAL(12,2) AS total,
                         TIMESTAMPTZ '2024-01-01 00:00:00.000001+00' + to_hours(i) AS written,
                         ['item ' || i, NULL] AS items
                  FROM range(6000) t(i))
            TO '%s' (FORMAT parquet, CODEC 'zstd', ROW_GROUP_SIZE 2048)""";

    @TempDir
    Path folder;

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String address = "person-" + UUID.randomUUID() + "@example.org";

    @BeforeEach
    void fill() {
        services.users().load(List.of(new DevUser(address, "Ada", "Ada", "Test", null, null, null, account)));
        lake.empty("");
    }

    private byte[] invoices() throws SQLException, IOException {
        Path file = folder.resolve(UUID.randomUUID() + ".parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute(INVOICES.formatted(account, file));
        }
        return Files.readAllBytes(file);
    }

    @Test
    void thePersonsRowsOfEveryRowGroupAreInThePackageAsTheyAreInTheFile() throws Exception {
        byte[] file = invoices();
        lake.put("invoices/2024.parquet", file);

        Map<String, byte[]> files = themis.packageOf(address);

        assertThat(new String(files.get("data/invoices/2024.jsonl"), StandardCharsets.UTF_8))
                .isEqualTo("""
                {"number":7,"customer":{"id":%1$d,"name":"name 7"},"total":0.07,"written":"2024-01-01T07:00:00.000001Z","items":["item 7",null]}
                {"number":1007,"customer":{"id":%1$d,"name":"name 1007"},"total":10.07,"written":"2024-02-11T23:00:00.000001Z","items":["item 1007",null]}
                {"number":2007,"customer":{"id":%1$d,"name":"name 2007"},"total":20.07,"written":"2024-03-24T15:00:00.000001Z","items":["item 2007",null]}
                {"number":3007,"customer":{"id":%1$d,"name":"name 3007"},"total":30.07,"written":"2024-05-05T07:00:00.000001Z","items":["item 3007",null]}
                {"number":4007,"customer":{"id":%1$d,"name":"name 4007"},"total":40.07,"written":"2024-06-15T23:00:00.000001Z","items":["item 4007",null]}
                {"number":5007,"customer":{"id":%1$d,"name":"name 5007"},"total":50.07,"written":"2024-07-27T15:00:00.000001Z","items":["item 5007",null]}
                """.formatted(account));
        JsonNode invoices = Themis.dataset(files, "invoices");
        assertThat(invoices.path("status").asText()).isEqualTo("complete");
        assertThat(invoices.path("searched").path("files").asInt()).isEqualTo(1);
        assertThat(invoices.path("searched").path("bytes").asInt()).isEqualTo(file.length);
    }

    @Test
    void filesThatCannotBeReadAreNamedWithTheReasonAndTheOthersAreSearched() throws Exception {
        byte[] file = invoices();
        lake.put("invoices/2021.parquet", file);
        lake.file("invoices/2021.parquet").setAccessTier(AccessTier.ARCHIVE);
        lake.put("invoices/2022.parquet", Arrays.copyOf(file, file.length / 2));
        lake.put("invoices/2023.parquet", "number,customer\n1,Ada\n".getBytes(StandardCharsets.UTF_8));
        lake.put("invoices/2024.parquet", file);

        Map<String, byte[]> files = themis.packageOf(address);

        JsonNode invoices = Themis.dataset(files, "invoices");
        assertThat(invoices.path("status").asText()).isEqualTo("partial");
        assertThat(invoices.path("reasons").toString())
                .contains(
                        "invoices/2021.parquet: the lake refused to hand out this file (HTTP 409)",
                        "invoices/2022.parquet: the file does not end as a Parquet file does",
                        "invoices/2023.parquet: the file does not end as a Parquet file does");
        assertThat(new String(files.get("data/invoices/2024.jsonl"), StandardCharsets.UTF_8).lines())
                .hasSize(6);
        assertThat(invoices.path("searched").path("files").asInt()).isEqualTo(1);
    }
}
