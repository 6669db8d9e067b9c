package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A shop whose lake has files of every text format, plain and packed. */
@ThemisTest
@TestPropertySource(properties = "themis.data-map=classpath:datamap/text-formats.yaml")
class TextFormatsIT {

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String address = "shopper-" + UUID.randomUUID() + "@example.org";

    @BeforeEach
    void fillTheLake() throws IOException {
        services.users().load(List.of(new DevUser(address, "Cleo", "Cleo", "Shop", null, null, null, account)));
        lake.put(
                "shop/customers.csv",
                "number;account;name\n77;'%d';'Cleo; \"C\"\nZoë'\n78;1;Other\n"
                        .formatted(account)
                        .getBytes(Charset.forName("windows-1252")));
        lake.put(
                "shop/clicks/mon.jsonl.gz",
                gzip(
                        "{\"user\":{\"customer.no\":77},\"at\":\"08:00\",\"price\":1.10}\n{\"user\":{\"customer.no\":7}}\n"));
        lake.put(
                "shop/clicks/tue.jsonl.gz",
                gzip("{\"user\":{\"customer.no\":\"77\"},\"at\":\"09:00\",\"tags\":[\"a\",null]}"));
        lake.put(
                "shop/orders/2026.zip",
                zip(
                        "orders-de.csv", "77,apples\n770,pears\n",
                        "orders-fr.csv", "7,figs\n",
                        "readme.txt", "77,nothing"));
        lake.put("shop/visits.xml.gz", gzip("<visits><row Customer=\"77\" Page=\"1\"/><row Customer=\"7\"/></visits>"));
    }

    @AfterEach
    void emptyTheLake() {
        lake.empty("shop/");
    }

    @Test
    void everyFormatReachesThePackage() {
        Map<String, byte[]> files = themis.packageOf(address);

        assertThat(Themis.text(files, "data/customers.jsonl"))
                .isEqualTo("{\"number\":\"77\",\"account\":\"%d\",\"name\":\"Cleo; \\\"C\\\"\\nZoë\"}\n"
                        .formatted(account));
        assertThat(Themis.text(files, "data/clicks/mon.jsonl"))
                .isEqualTo("{\"user\":{\"customer.no\":77},\"at\":\"08:00\",\"price\":1.10}\n");
        assertThat(Themis.text(files, "data/clicks/tue.jsonl"))
                .isEqualTo("{\"user\":{\"customer.no\":\"77\"},\"at\":\"09:00\",\"tags\":[\"a\",null]}\n");
        assertThat(files.keySet())
                .filteredOn(path -> path.startsWith("data/orders/") && path.endsWith(".jsonl"))
                .singleElement()
                .satisfies(path -> assertThat(Themis.text(files, path))
                        .isEqualTo("{\"customer\":\"77\",\"article\":\"apples\"}\n"));
        assertThat(Themis.text(files, "data/visits.jsonl")).isEqualTo("{\"Customer\":\"77\",\"Page\":\"1\"}\n");

        for (JsonNode dataset : Themis.manifest(files).path("datasets")) {
            assertThat(dataset.path("status").asText()).as(dataset.toString()).isEqualTo("complete");
        }
        assertThat(Themis.dataset(files, "clicks")
                        .path("searched")
                        .path("files")
                        .asInt())
                .isEqualTo(2);
        assertThat(Themis.dataset(files, "orders")
                        .path("searched")
                        .path("bytes")
                        .asLong())
                .as("those of the stored zip")
                .isEqualTo(lake.file("shop/orders/2026.zip").getProperties().getBlobSize());
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("lake-file-reader"));
    }

    @Test
    void whatCanNotBeReadIsToldAndWhatWasFoundBeforeStays() throws IOException {
        byte[] clicks = gzip("{\"user\":{\"customer.no\":77},\"at\":\"08:00\"}\n".repeat(1_000));
        lake.put("shop/clicks/mon.jsonl.gz", Arrays.copyOf(clicks, clicks.length - 4));
        byte[] orders = zip("orders-de.csv", "77,apples\n", "orders-fr.csv", "77\n", "orders-it.csv", "77,limes\n");
        lake.put("shop/orders/2026.zip", orders);
        lake.put("shop/orders/2027.zip", Arrays.copyOf(orders, orders.length - 30));
        lake.put("shop/visits.xml.gz", "<visits><row Customer=\"77\" Page=\"1\"/></visits>".getBytes(UTF_8));

        Map<String, byte[]> files = themis.packageOf(address);

        assertThat(Themis.dataset(files, "clicks").path("reasons").toString())
                .contains("shop/clicks/mon.jsonl.gz: the gzip data is cut off, after row 1000");
        assertThat(Themis.text(files, "data/clicks/mon.jsonl").lines()).hasSize(1_000);
        assertThat(Themis.dataset(files, "orders").path("status").asText()).isEqualTo("partial");
        assertThat(Themis.dataset(files, "orders").path("reasons").toString())
                .contains(
                        "shop/orders/2026.zip!/orders-fr.csv: the record at line 1 has 1 cells, and there are 2 columns")
                .contains("shop/orders/2027.zip: the zip is ");
        assertThat(files.keySet())
                .filteredOn(path -> path.startsWith("data/orders/") && path.endsWith(".jsonl"))
                .hasSize(4);
        assertThat(Themis.dataset(files, "visits").path("reasons").toString())
                .contains("shop/visits.xml.gz: the file is not gzip");
    }

    /** Reading waits for the store to take rows, and the download for the reading. */
    @Test
    void rowsThatFillSeveralBlocksArriveFromSeveralFilesAtOnce() throws IOException {
        Random random = new Random(1);
        byte[] noise = new byte[6_000];
        List<String> days = List.of("mon", "tue", "wed", "thu");
        for (String day : days) {
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < 1_500; i++) {
                random.nextBytes(noise);
                rows.append("{\"user\":{\"customer.no\":77},\"s\":\"")
                        .append(Base64.getEncoder().encodeToString(noise))
                        .append("\"}\n");
            }
            lake.put("shop/clicks/" + day + ".jsonl.gz", gzip(rows.toString()));
        }

        Map<String, byte[]> files = themis.packageOf(address);

        for (String day : days) {
            assertThat(Themis.text(files, "data/clicks/" + day + ".jsonl").lines())
                    .hasSize(1_500);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(String... namesAndTexts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
                zip.write(namesAndTexts[i + 1].getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }
}
