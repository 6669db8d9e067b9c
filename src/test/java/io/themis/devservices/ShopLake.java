package io.themis.devservices;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** The shop's lake: {@code clicks/DAY.jsonl.gz} and {@code invoices/YEAR.parquet}, the latter written by DuckDB. */
final class ShopLake {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SampleShop shop;

    ShopLake(SampleShop shop) {
        this.shop = shop;
    }

    /** Path to content. */
    Map<String, byte[]> files() {
        try {
            Map<String, byte[]> files = new TreeMap<>();
            for (LocalDate day : shop.days()) {
                files.put("clicks/" + day + ".jsonl.gz", clicks(day));
            }
            for (int year : shop.years()) {
                files.put("invoices/" + year + ".parquet", invoices(year));
            }
            return files;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("The shop's lake can't be written", e);
        }
    }

    private byte[] clicks(LocalDate day) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            for (SampleShop.Click click : shop.clicks(day)) {
                ObjectNode row = JSON.createObjectNode().put("at", click.at().toString());
                row.putObject("customer").put("id", click.customer());
                row.put("page", click.page()).put("ms", click.milliseconds());
                out.write((row + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private byte[] invoices(int year) throws SQLException, IOException {
        Path folder = Files.createTempDirectory("themis-invoices");
        Path file = folder.resolve(year + ".parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute("COPY (%s) TO '%s' (FORMAT parquet, CODEC 'zstd')"
                    .formatted(
                            shop.invoices(year).stream()
                                    .map(ShopLake::select)
                                    .collect(Collectors.joining(" UNION ALL ")),
                            file));
            return Files.readAllBytes(file);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static String select(SampleShop.Invoice invoice) {
        return "SELECT %s AS number, %d::BIGINT AS customer, TIMESTAMPTZ '%s' AS issued, %s::DECIMAL(12,2) AS total, [%s] AS lines"
                .formatted(
                        text(invoice.number()),
                        invoice.customer(),
                        invoice.issued(),
                        invoice.total().toPlainString(),
                        invoice.lines().stream()
                                .map(line -> "{'item': %s, 'quantity': %d::INT, 'price': %s::DECIMAL(10,2)}"
                                        .formatted(
                                                text(line.item()),
                                                line.quantity(),
                                                line.price().toPlainString()))
                                .collect(Collectors.joining(", ")));
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
