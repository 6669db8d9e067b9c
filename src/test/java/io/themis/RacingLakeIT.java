package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.DevServices;
import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.DevUser;
import io.themis.devservices.SharedIdentityProvider;
import io.themis.devservices.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** What happens to a lake file between its listing and its reading, and when several people need it at the same time. */
@ThemisTest(
        initializers = {DevServicesInitializer.class, SharedIdentityProvider.class, RacingLakeIT.LakeBehindAProxy.class
        })
class RacingLakeIT {

    private static final int ROWS = 6_000;
    private static final String FILLER = "nothing of theirs ".repeat(20);

    @Autowired
    Themis themis;

    @Autowired
    Lake lake;

    @Autowired
    DevServices services;

    @Autowired
    HeldReads proxy;

    private final String site = UUID.randomUUID() + ".example.org";
    private final long number = 7_000_000_000L + Math.abs(UUID.randomUUID().getMostSignificantBits() % 1_000_000_000L);
    private final List<String> people = IntStream.range(0, 4)
            .mapToObj(i -> "p" + i + "-" + number + "@example.org")
            .toList();

    static final class LakeBehindAProxy implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            String endpoint = context.getEnvironment().getRequiredProperty("themis.lake.endpoint");
            HeldReads proxy = new HeldReads(URI.create(endpoint).getPort());
            context.getBeanFactory().registerSingleton("heldReads", proxy);
            TestPropertyValues.of("themis.lake.endpoint=" + endpoint.replaceFirst(":\\d+/", ":" + proxy.port() + "/"))
                    .applyTo(context);
        }
    }

    /** Notes every request for one file, and can hold them before the store hears of them. */
    static final class HeldReads extends TcpProxy {

        private final Queue<String> reads = new ConcurrentLinkedQueue<>();
        private volatile String path;
        private volatile CountDownLatch reached;
        private volatile CountDownLatch release;

        HeldReads(int target) {
            super(target, ServerSocketFactory.getDefault());
        }

        void watch(String file, boolean isHeld) {
            reads.clear();
            reached = new CountDownLatch(1);
            release = new CountDownLatch(isHeld ? 1 : 0);
            path = file;
        }

        void awaitRead() throws InterruptedException {
            assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        }

        void release() {
            release.countDown();
        }

        List<String> reads() {
            return List.copyOf(reads);
        }

        long wholeReads() {
            return reads.stream()
                    .filter(read -> !read.matches("(?s).*x-ms-range: bytes=\\d+-\\d+.*"))
                    .count();
        }

        @Override
        protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
            byte[] buffer = new byte[64 * 1024];
            for (int read = client.read(buffer); read >= 0; read = client.read(buffer)) {
                String said = new String(buffer, 0, read, ISO_8859_1);
                if (path != null
                        && said.startsWith("GET ")
                        && said.replace("%2F", "/").contains(path)) {
                    reads.add(said.toLowerCase(Locale.ROOT));
                    reached.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                upstream.write(buffer, 0, read);
            }
        }
    }

    /** The first person has the posts 100 and 5100, the next 200 and 5200, and so on. */
    @BeforeEach
    void fillTheLake() {
        List<DevUser> users = new ArrayList<>();
        List<String> members = new ArrayList<>();
        for (int i = 0; i < people.size(); i++) {
            users.add(new DevUser(people.get(i), "P", "P", "Other", null, null, null, number + i));
            members.add("<row Id=\"%d\" AccountId=\"%d\" DisplayName=\"Somebody\" />".formatted(40 + i, number + i));
        }
        services.users().load(users);
        lake.putRows(site + "/Users.xml", members);
        lake.putRows(site + "/Posts.xml", posts(0));
    }

    @AfterEach
    void emptyTheLake() {
        proxy.release();
        proxy.watch("nothing", false);
        lake.empty(site + "/");
    }

    @Test
    void aFileThatIsReplacedBeforeItIsReadIsSearchedAsItIsThen() throws Exception {
        Map<String, byte[]> files = packageOf(people.get(0), () -> lake.putRows(site + "/Posts.xml", posts(7)));

        assertThat(ids(files)).containsExactly("107", "5107");
        assertThat(status(files)).isEqualTo("complete");
        assertThat(proxy.reads().get(0)).contains("if-match: ");
    }

    @Test
    void aFileThatIsReplacedBeforeItsKnownRowsAreReadIsSearchedAsItIsThen() throws Exception {
        themis.packageOf(people.get(0));

        Map<String, byte[]> files = packageOf(people.get(1), () -> lake.putRows(site + "/Posts.xml", posts(7)));

        assertThat(ids(files)).containsExactly("207", "5207");
        assertThat(status(files)).isEqualTo("complete");
        assertThat(proxy.reads().get(0))
                .containsPattern("x-ms-range: bytes=\\d+-\\d+")
                .contains("if-match: ");
    }

    @Test
    void aFileThatIsDeletedBeforeItIsReadIsPartial() throws Exception {
        Map<String, byte[]> files =
                packageOf(people.get(0), () -> lake.file(site + "/Posts.xml").delete());

        assertThat(status(files)).isEqualTo("partial");
    }

    /** @param change of the lake, after the file was listed and before it is read */
    private Map<String, byte[]> packageOf(String person, Runnable change) throws InterruptedException {
        proxy.watch(site + "/Posts.xml", true);
        String id = themis.ask(person);
        proxy.awaitRead();
        change.run();
        proxy.release();
        return themis.awaitPackage(id, person);
    }

    @Test
    void aFileThatSeveralPeopleNeedIsReadOnce() throws Exception {
        proxy.watch(site + "/Posts.xml", true);
        List<String> requests = people.stream().map(themis::ask).toList();
        proxy.awaitRead();
        requests.forEach(id -> themis.await(id, "gathering"));
        proxy.release();

        for (int i = 0; i < people.size(); i++) {
            Map<String, byte[]> files = themis.awaitPackage(requests.get(i), people.get(i));
            assertThat(ids(files)).containsExactly(100 * (i + 1) + "", 5000 + 100 * (i + 1) + "");
        }
        assertThat(proxy.wholeReads()).isEqualTo(1);
    }

    private List<String> posts(int shift) {
        List<String> posts = new ArrayList<>();
        for (int id = 1; id <= ROWS; id++) {
            int place = (id - shift) % 5000;
            boolean isTheirs = place % 100 == 0 && place > 0 && place / 100 <= people.size();
            posts.add("<row Id=\"%d\" OwnerUserId=\"%d\" Body=\"%s\" />"
                    .formatted(id, isTheirs ? 39 + place / 100 : 7, FILLER));
        }
        return posts;
    }

    private List<String> ids(Map<String, byte[]> files) {
        return Themis.rows(files.get("data/posts/" + site + ".jsonl")).stream()
                .map(row -> (String) row.get("Id"))
                .toList();
    }

    private static String status(Map<String, byte[]> files) {
        return Themis.dataset(files, "posts").path("status").asText();
    }
}
