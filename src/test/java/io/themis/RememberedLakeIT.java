package io.themis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.WatchingProxy.Read;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.DevUser;
import io.themis.devservices.IdentityProvider;
import io.themis.devservices.SharedIdentityProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.TestPropertySource;

/**
 * What one request has taught of the lake spares the next one reading it, and nothing else: whoever asks gets the same rows
 * as from files that nobody has read before. Ada and Ben are in each file, Cyd in none.
 */
@ThemisTest(
        initializers = {
            DevServicesInitializer.class,
            SharedIdentityProvider.class,
            RememberedLakeIT.LakeBehindAProxy.class
        })
@TestPropertySource(properties = "themis.data-map=classpath:datamap/remembered.yaml")
class RememberedLakeIT {

    private static final String FORMER = "posts-0123456789abcdef/of-a-former-data-map.run";
    private static final int ROWS = 4_000;

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    @Autowired
    IdentityProvider identity;

    @Autowired
    WatchingProxy proxy;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final String site = UUID.randomUUID() + ".example.org";
    private final long account = ThreadLocalRandom.current().nextLong(1L << 40, 1L << 50);
    private final String mark = UUID.randomUUID().toString().replace("-", "");
    private final Person ada = new Person("ada", account);
    private final Person ben = new Person("ben", account + 1);
    private final Person cyd = new Person("cyd", account + 2);
    private BlobContainerClient index;

    private final class Person {

        private final String address;
        private final String name;
        private final long number;

        private Person(String name, long number) {
            this.address = name + "-" + mark + "@example.org";
            this.name = name + mark;
            this.number = number;
        }
    }

    static final class LakeBehindAProxy implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            String endpoint = context.getEnvironment().getRequiredProperty("themis.lake.endpoint");
            WatchingProxy proxy = new WatchingProxy(URI.create(endpoint).getPort());
            context.getBeanFactory().registerSingleton("watchingProxy", proxy);
            TestPropertyValues.of("themis.lake.endpoint=" + endpoint.replaceFirst(":\\d+/", ":" + proxy.port() + "/"))
                    .applyTo(context);
            context.getBeanFactory()
                    .getBean(DevServices.class)
                    .azurite()
                    .client()
                    .getBlobContainerClient("index")
                    .getBlobClient(FORMER)
                    .upload(BinaryData.fromString("keys"), true);
        }
    }

    @BeforeEach
    void begin() {
        index = services.azurite().client().getBlobContainerClient("index");
        services.users()
                .load(Stream.of(ada, ben, cyd)
                        .map(one -> new DevUser(one.address, one.name, one.name, "N", null, null, null, one.number))
                        .toList());
        log.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(log);
    }

    @AfterEach
    void end() {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(log);
        lake.empty("remembered/");
        assertThat(log.list)
                .extracting(event -> event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .noneMatch(line -> line.contains(mark)
                        || line.contains(String.valueOf(account).substring(0, 8)));
    }

    @Test
    void theNextOneToAskReadsOnlyWhatIsTheirsOrNothing() {
        upload("posts.xml", posts("a"));

        assertThat(rows(ada, "posts")).isEqualTo(expectedPosts("a", ada));
        assertThat(reads("posts.xml"))
                .singleElement()
                .satisfies(read -> assertThat(read.isOfOneVersion()).isTrue());

        proxy.forget();
        assertThat(rows(ben, "posts")).isEqualTo(expectedPosts("a", ben));
        assertThat(reads("posts.xml"))
                .isNotEmpty()
                .allMatch(Read::isOfOneVersion)
                .noneMatch(Read::isWhole);
        assertThat(reads("posts.xml").stream().mapToLong(Read::length).sum())
                .isLessThan(posts("a").length() / 2);

        proxy.forget();
        Map<String, byte[]> nothing = themis.packageOf(cyd.address);
        assertThat(reads("posts.xml")).isEmpty();
        JsonNode posts = Themis.dataset(nothing, "posts");
        assertThat(posts.path("status").asText()).isEqualTo("nothing found");
        assertThat(posts.path("searched").path("files").asLong()).isEqualTo(1);
        assertThat(posts.path("searched").path("bytes").asLong())
                .isEqualTo(posts("a").length());
    }

    @Test
    void everyFormatGivesTheSameBytesAsBefore() {
        upload("posts.xml", "\ufeff" + posts("a"));
        String letters = "id,mail,text\n"
                + lines(i -> "%d,%s,\"letter, %d\"\n"
                        .formatted(i, owner(i) == null ? "x" + i + "@example.org" : mixedCase(i, owner(i).address), i));
        upload("letters.csv", letters);
        upload("clicks.jsonl", clicks());
        upload("visits.jsonl.gz", gzip(clicks()));
        String expectedLetters = expected(
                ada,
                i -> "{\"id\":\"%d\",\"mail\":\"%s\",\"text\":\"letter, %d\"}\n"
                        .formatted(i, mixedCase(i, ada.address), i));
        String expectedClicks = expected(ada, this::click);

        String first = themis.ask(ada.address);
        Map<String, byte[]> scanned = themis.awaitPackage(first, ada.address);
        proxy.forget();
        String second = themis.ask(ada.address);
        Map<String, byte[]> indexed = themis.awaitPackage(second, ada.address);

        assertThat(second).isNotEqualTo(first);
        for (Map<String, byte[]> files : List.of(scanned, indexed)) {
            assertThat(text(files, "posts")).isEqualTo(expectedPosts("a", ada));
            assertThat(text(files, "letters")).isEqualTo(expectedLetters);
            assertThat(text(files, "clicks")).isEqualTo(expectedClicks);
            assertThat(text(files, "visits")).isEqualTo(expectedClicks);
        }
        for (String file : List.of("posts.xml", "letters.csv", "clicks.jsonl")) {
            assertThat(reads(file)).as(file).isNotEmpty().noneMatch(Read::isWhole);
        }
        assertThat(reads("visits.jsonl.gz")).as("has no ranges").hasSize(1);
        assertThat(homonyms(second))
                .isEqualTo(homonyms(first))
                .contains("nobodys " + ada.name)
                .doesNotContain("nobodys " + ben.name);
    }

    @Test
    void aFileIsSearchedAsItIsNow() {
        List<String> sites = List.of("replaced", "appended", "truncated", "gone", "same");
        sites.forEach(one -> uploadTo(one, posts("old")));
        Map<String, byte[]> before = themis.packageOf(ada.address);
        sites.forEach(one -> assertThat(text(before, "posts", one)).isEqualTo(expectedPosts("old", ada)));
        proxy.forget();

        String old = posts("old");
        uploadTo("replaced", posts("new"));
        uploadTo(
                "appended",
                old.replace("</posts>", "") + "<row Id=\"9999\" Owner=\"%d\" />\n</posts>".formatted(ada.number));
        uploadTo("truncated", old.substring(0, old.indexOf("<row Id=\"1000\"") + 7));
        blob("gone", "posts.xml").delete();
        uploadTo("born", posts("born"));
        Map<String, byte[]> after = themis.packageOf(ada.address);

        assertThat(text(after, "posts", "replaced")).isEqualTo(expectedPosts("new", ada));
        assertThat(text(after, "posts", "appended"))
                .isEqualTo(expectedPosts("old", ada) + "{\"Id\":\"9999\",\"Owner\":\"%d\"}\n".formatted(ada.number));
        assertThat(text(after, "posts", "truncated")).isEqualTo(expected(ada, i -> i < 1000 ? postJson("old", i) : ""));
        assertThat(text(after, "posts", "born")).isEqualTo(expectedPosts("born", ada));
        assertThat(text(after, "posts", "same")).isEqualTo(expectedPosts("old", ada));
        assertThat(after.keySet()).noneMatch(path -> path.contains("gone"));
        assertThat(Themis.dataset(after, "posts").path("status").asText()).isEqualTo("partial");
        assertThat(Themis.dataset(after, "posts").path("reasons"))
                .singleElement()
                .satisfies(reason -> assertThat(reason.asText()).contains("truncated"));
        assertThat(proxy.reads(blob -> blob.equals(path("same", "posts.xml"))))
                .isNotEmpty()
                .noneMatch(Read::isWhole);
    }

    @ParameterizedTest
    @CsvSource({"false, posts.xml", "true, posts.xml", "false, visits.jsonl.gz", "true, visits.jsonl.gz"})
    void aFileThatIsReplacedWhenItIsAboutToBeReadIsReadAnew(boolean isIndexed, String file) throws Exception {
        byte[] old = file.endsWith(".gz") ? gzip(clicks()) : posts("old").getBytes(UTF_8);
        byte[] now = file.endsWith(".gz")
                ? gzip(click(7).replace("\"text\"", "\"now\""))
                : posts("now").getBytes(UTF_8);
        upload(file, old);
        if (isIndexed) {
            themis.packageOf(ben.address);
        }
        proxy.hold(path(site, file));

        String id = themis.ask(ada.address);
        proxy.awaitHeld();
        upload(file, now);
        proxy.release();

        Map<String, byte[]> files = themis.awaitPackage(id, ada.address);
        if (file.endsWith(".gz")) {
            assertThat(text(files, "visits")).isEqualTo(click(7).replace("\"text\"", "\"now\""));
        } else {
            assertThat(text(files, "posts")).isEqualTo(expectedPosts("now", ada));
        }
        assertThat(Themis.dataset(files, file.split("\\.")[0]).path("status").asText())
                .isEqualTo("complete");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileThatIsDeletedWhenItIsAboutToBeReadIsMissing(boolean isIndexed) throws Exception {
        upload("posts.xml", posts("old"));
        if (isIndexed) {
            themis.packageOf(ben.address);
        }
        proxy.hold(path(site, "posts.xml"));

        String id = themis.ask(ada.address);
        proxy.awaitHeld();
        blob(site, "posts.xml").delete();
        proxy.release();

        Map<String, byte[]> files = themis.awaitPackage(id, ada.address);
        assertThat(files).doesNotContainKey("data/posts/" + site + ".jsonl");
        assertThat(Themis.dataset(files, "posts").path("status").asText()).isEqualTo("partial");
        assertThat(Themis.dataset(files, "posts").path("reasons").toString()).contains(path(site, "posts.xml"), "404");
    }

    enum Damage {
        NOISE,
        TRUNCATED,
        EMPTY,
        DELETED
    }

    /** Also one whose summary is in memory already. */
    @ParameterizedTest
    @CsvSource({
        "NOISE, false",
        "NOISE, true",
        "TRUNCATED, false",
        "TRUNCATED, true",
        "EMPTY, false",
        "EMPTY, true",
        "DELETED, false",
        "DELETED, true"
    })
    void aDamagedIndexCostsTimeAndNoRow(Damage damage, boolean isInUse) {
        upload("posts.xml", posts("a"));
        themis.packageOf(ben.address);
        if (isInUse) {
            themis.packageOf(cyd.address);
        }
        assertThat(index.listBlobs()).isNotEmpty();
        Random random = new Random(1);
        for (BlobItem run : index.listBlobs()) {
            BlobClient blob = index.getBlobClient(run.getName());
            byte[] bytes = blob.downloadContent().toBytes();
            byte[] noise = new byte[bytes.length];
            random.nextBytes(noise);
            switch (damage) {
                case NOISE -> blob.upload(BinaryData.fromBytes(noise), true);
                case TRUNCATED -> blob.upload(BinaryData.fromBytes(Arrays.copyOf(bytes, bytes.length / 2)), true);
                case EMPTY -> blob.upload(BinaryData.fromBytes(new byte[0]), true);
                case DELETED -> blob.delete();
            }
        }
        proxy.forget();

        Map<String, byte[]> files = themis.packageOf(ada.address);

        assertThat(text(files, "posts")).isEqualTo(expectedPosts("a", ada));
        assertThat(Themis.dataset(files, "posts").path("status").asText()).isEqualTo("complete");
        assertThat(reads("posts.xml")).as("read anew").anyMatch(Read::isWhole);

        proxy.forget();
        assertThat(rows(ben, "posts")).isEqualTo(expectedPosts("a", ben));
        assertThat(reads("posts.xml")).as("remembered again").isNotEmpty().noneMatch(Read::isWhole);
    }

    @Test
    void withoutAContainerForTheIndexFilesAreRead() {
        upload("posts.xml", posts("a"));
        index.delete();
        try {
            assertThat(rows(ada, "posts")).isEqualTo(expectedPosts("a", ada));
            assertThat(rows(ben, "posts")).isEqualTo(expectedPosts("a", ben));
        } finally {
            index.create();
        }
    }

    @ParameterizedTest
    @CsvSource({"posts.xml, 1", "visits.jsonl.gz, 2"})
    void thoseWhoAskAtTheSameTimeShareAReading(String file, int mostDownloads) throws Exception {
        boolean isPosts = file.equals("posts.xml");
        upload(file, isPosts ? posts("a").getBytes(UTF_8) : gzip(clicks()));
        proxy.forget();
        proxy.hold(path(site, file));
        List<Person> people = List.of(ada, ben, cyd);

        List<String> ids = new ArrayList<>(List.of(themis.ask(ada.address)));
        proxy.awaitHeld();
        ids.add(themis.ask(ben.address));
        ids.add(themis.ask(cyd.address));
        awaitWaiting(2);
        proxy.release();

        for (int i = 0; i < people.size(); i++) {
            Person one = people.get(i);
            Map<String, byte[]> files = themis.awaitPackage(ids.get(i), one.address);
            if (one == cyd) {
                assertThat(files.keySet()).noneMatch(path -> path.contains(site));
            } else {
                assertThat(text(files, isPosts ? "posts" : "visits"))
                        .isEqualTo(isPosts ? expectedPosts("a", one) : expected(one, this::click));
            }
        }
        assertThat(reads(file).stream().filter(Read::isWhole).count()).isBetween(1L, (long) mostDownloads);
    }

    @Test
    void aReadingThatBreaksTakesNobodyElseDown() throws Exception {
        upload("posts.xml", posts("a"));
        proxy.forget();
        proxy.hold(path(site, "posts.xml"));

        String first = themis.ask(ada.address);
        proxy.awaitHeld();
        String second = themis.ask(ben.address);
        awaitWaiting(1);
        proxy.breakNext(path(site, "posts.xml"), 8);
        proxy.release();

        assertThat(text(themis.awaitPackage(second, ben.address), "posts")).isEqualTo(expectedPosts("a", ben));
        assertThat(text(themis.awaitPackage(first, ada.address), "posts")).isEqualTo(expectedPosts("a", ada));
        assertThat(proxy.isBreaking()).isFalse();
    }

    @Test
    void whatIsKnownByAFormerDataMapIsDroppedAfterTheStart() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !index.getBlobClient(FORMER).exists());
    }

    /** Until so many searches wait for somebody else's reading of a file. */
    private static void awaitWaiting(int count) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Thread.getAllStackTraces().entrySet().stream()
                                // Others only pass there
                                .filter(thread -> thread.getKey().getState() == Thread.State.WAITING)
                                .filter(thread -> Arrays.stream(thread.getValue())
                                        .anyMatch(frame ->
                                                frame.getClassName().equals("io.themis.enrichment.LakePasses")))
                                .count()
                        == count);
    }

    /** Null if the row is somebody else's. */
    private Person owner(int i) {
        return i == 7 || i == 8 || i == 1_200 ? ada : i == 9 || i == 1_500 ? ben : null;
    }

    private String posts(String version) {
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts>\n"
                + "<row Id=\"a\" OwnerName=\"%1$s\" Body=\"nobodys %1$s\" />\n".formatted(ada.name)
                + "<row Id=\"b\" OwnerName=\"%1$s\" Body=\"nobodys %1$s\" />\n".formatted(ben.name)
                + lines(i -> "<row Id=\"%d\" Owner=\"%d\" Body=\"%s of %s\" />\n"
                        .formatted(i, owner(i) == null ? i : owner(i).number, version, "text ".repeat(20)))
                + "</posts>";
    }

    private String expectedPosts(String version, Person person) {
        return expected(person, i -> postJson(version, i));
    }

    private String postJson(String version, int i) {
        return "{\"Id\":\"%d\",\"Owner\":\"%d\",\"Body\":\"%s of %s\"}\n"
                .formatted(i, owner(i).number, version, "text ".repeat(20));
    }

    private String clicks() {
        return lines(this::click);
    }

    /** With the number as a number and as text. */
    private String click(int i) {
        long number = owner(i) == null ? i : owner(i).number;
        return "{\"user\":{\"no\":%s},\"at\":%d.50,\"text\":\"%s\"}\n"
                .formatted(i % 2 == 0 ? number : "\"" + number + "\"", i, "click ".repeat(20));
    }

    private static String mixedCase(int i, String address) {
        return i % 2 == 0 ? address.toUpperCase(Locale.ROOT) : address;
    }

    private static String lines(IntFunction<String> line) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, ROWS).forEach(i -> text.append(line.apply(i)));
        return text.toString();
    }

    private String expected(Person person, IntFunction<String> line) {
        return lines(i -> owner(i) == person ? line.apply(i) : "");
    }

    private static String path(String site, String file) {
        return "remembered/" + site + "/" + file;
    }

    private BlobClient blob(String site, String file) {
        return lake.file(path(site, file));
    }

    private void upload(String file, String content) {
        upload(file, content.getBytes(UTF_8));
    }

    private void upload(String file, byte[] content) {
        lake.put(path(site, file), content);
    }

    private void uploadTo(String other, String content) {
        lake.put(path(other, "posts.xml"), content);
    }

    private List<Read> reads(String file) {
        return proxy.reads(blob -> blob.equals(path(site, file)));
    }

    private String rows(Person person, String dataset) {
        return text(themis.packageOf(person.address), dataset);
    }

    private String text(Map<String, byte[]> files, String dataset) {
        return text(files, dataset, site);
    }

    private static String text(Map<String, byte[]> files, String dataset, String site) {
        return Themis.text(files, "data/" + dataset + "/" + site + ".jsonl");
    }

    private String homonyms(String id) {
        return themis.send(
                        "GET",
                        "/api/v1/requests/" + id + "/homonyms",
                        null,
                        "Authorization",
                        "Bearer " + identity.token("x", "x@example.org", "privacy-officer"))
                .body();
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
