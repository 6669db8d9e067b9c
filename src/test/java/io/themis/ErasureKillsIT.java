package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.EventGridSubscriber;
import io.themis.devservices.ThemisProcess;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

/**
 * Two processes of the application erase people, and one of them is killed, two hundred times, at random moments of chosen steps, while
 * somebody reads the lake all the time. Another one is always starting meanwhile.
 */
@Tag("faults")
class ErasureKillsIT {

    private static final Logger LOG = LoggerFactory.getLogger(ErasureKillsIT.class);

    private static final int KILLS = 200;
    private static final int PEOPLE = 150;
    private static final int AT_THE_SAME_TIME = 3;

    /** Step to how many kills of a hundred are meant for it. Most are for those in which most can go wrong. */
    private static final Map<String, Integer> AIMS =
            new TreeMap<>(Map.of("plan-erasure", 10, "erase-data", 45, "verify-erasure", 30, "certify-erasure", 15));

    /** How long after it was seen to run a step is killed, at most. It may have ended by then, and another one is hit. */
    private static final Map<String, Integer> MILLIS =
            Map.of("plan-erasure", 2_000, "erase-data", 5_000, "verify-erasure", 4_000, "certify-erasure", 60);

    /** So far away is the store while processes are killed; and if there may not be people enough for all kills. */
    private static final int NEAR = 60;

    private static final int FAR = 250;

    /** So far while nobody can be killed, since the next process still starts. */
    private static final int ALMOST_AWAY = 1_500;

    private static final Duration AIM = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Pattern COMPLAINT = Pattern.compile(" (WARN|ERROR) .*themis|no longer fits");
    private static final Pattern ACCOUNT = Pattern.compile(" AccountId=\"([1-9]\\d*)\"");

    /** @param name that it has in its leases */
    private record Replica(String name, ThemisProcess process, Erasing erasing) {}

    /** @param replica the name of whose lease it is */
    private record Running(String replica, String requestId, String step) {}

    private static DevServices services;
    private static DistantStore store;
    private static EventGridSubscriber events;

    /** Is asked all the time. */
    private static HikariDataSource database;

    @TempDir
    Path temporary;

    private final Random random = new Random(200);
    private final AtomicInteger starts = new AtomicInteger();
    private final Deque<DevUser> toAsk = new ArrayDeque<>();
    private final Map<String, String> accountsByAddress = new HashMap<>();

    /** By the id of the request. */
    private final Map<String, DevUser> underWay = new LinkedHashMap<>();

    private final Map<String, DevUser> ended = new LinkedHashMap<>();
    private final Map<String, String> approvedPlans = new HashMap<>();
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Integer> kills = new TreeMap<>();
    private int killed;
    private WatchedLake lake;

    @BeforeAll
    static void start() throws Exception {
        services = DevServices.startOnFreePorts();
        store = new DistantStore(URI.create(services.azurite().endpoint()).getPort());
        database = new HikariDataSource();
        database.setJdbcUrl(services.database().url());
        database.setUsername(services.database().username());
        database.setPassword(services.database().password());
        events = new EventGridSubscriber();
        services.eventGrid().subscribe("erasure-kills", events.uri());
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
        database.close();
        services.close();
        events.close();
    }

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void afterTwoHundredKillsEveryFileIsWholeAndEveryErasureVerifiedAndCertifiedOnce() throws Exception {
        Map<String, byte[]> before = files();
        choosePeople(before);
        Instant begin = Instant.now();
        List<Replica> replicas = new ArrayList<>();
        // It makes the tables, which those who watch the lake ask
        replicas.add(replica());
        lake = new WatchedLake(container(), before, this::certified);
        CompletableFuture<Replica> next = CompletableFuture.supplyAsync(this::replica);
        try {
            while (killed < KILLS) {
                store.moveTo(ALMOST_AWAY);
                replicas.add(next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
                next = CompletableFuture.supplyAsync(this::replica);
                store.moveTo((KILLS - killed) * PEOPLE > (PEOPLE - ended.size()) * KILLS ? FAR : NEAR);
                killOne(replicas);
                lake.check();
            }
            LOG.info("{} kills in {}: {}", killed, Duration.between(begin, Instant.now()), kills);
            replicas.add(next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            store.moveTo(0);
            Erasing erasing = replicas.get(0).erasing();
            Awaitility.await("everybody asked for is erased")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        approveAndCollect(erasing);
                        return underWay.isEmpty();
                    });
            lake.check();
            LOG.info("{} people, {} versions of files read, findings: {}", ended.size(), lake.versions(), findings);
            assertThat(findings).isEmpty();
            assertErased(before, erasing);
        } finally {
            lake.close();
            next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).process().kill();
            for (Replica replica : replicas) {
                replica.process().kill();
            }
        }
        assertThat(kills.getOrDefault("erase-data", 0) + kills.getOrDefault("verify-erasure", 0))
                .as("most of %s", kills)
                .isGreaterThan(KILLS / 2);
        assertThat(kills).containsKeys("plan-erasure", "certify-erasure");
    }

    /** Kills whoever does a step of a chosen name, a while after that was seen; if it does none by then, once more. */
    private void killOne(List<Replica> replicas) throws Exception {
        while (true) {
            Running aim = await(replicas, chosenStep());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(MILLIS.getOrDefault(aim.step(), 500))));
            if (running().stream().noneMatch(step -> step.replica().equals(aim.replica()))) {
                continue;
            }
            Replica victim = replicas.stream()
                    .filter(replica -> replica.name().equals(aim.replica()))
                    .findFirst()
                    .orElseThrow();
            victim.process().kill();
            replicas.remove(victim);
            // What it has done is never noted as done any more
            Set<String> hit = running().stream()
                    .filter(step -> step.replica().equals(aim.replica()))
                    .map(Running::step)
                    .collect(Collectors.toCollection(TreeSet::new));
            String step = hit.contains(aim.step()) || hit.isEmpty()
                    ? aim.step()
                    : hit.iterator().next();
            kills.merge(hit.isEmpty() ? "none" : step, 1, Integer::sum);
            killed++;
            LOG.info("kill {}: {} of {}, {} people ended", killed, hit, victim.name(), ended.size());
            victim.process().output().stream()
                    .filter(line -> COMPLAINT.matcher(line).find())
                    .forEach(line -> LOG.info("{}: {}", victim.name(), line));
            return;
        }
    }

    private String chosenStep() {
        int chosen = random.nextInt(100);
        for (Map.Entry<String, Integer> aim : AIMS.entrySet()) {
            chosen -= aim.getValue();
            if (chosen < 0) {
                return aim.getKey();
            }
        }
        throw new IllegalStateException("less than a hundred");
    }

    /** A step of that name once one runs; if none does for long, one of any name. */
    private Running await(List<Replica> replicas, String name) {
        Instant begin = Instant.now();
        Instant fed = Instant.EPOCH;
        while (true) {
            Instant now = Instant.now();
            if (now.isAfter(fed.plusMillis(300))) {
                ask(replicas.get(0).erasing());
                approveAndCollect(replicas.get(0).erasing());
                fed = now;
            }
            boolean isAny = now.isAfter(begin.plus(AIM));
            for (Running step : running()) {
                if ((isAny || step.step().equals(name))
                        && replicas.stream().anyMatch(replica -> replica.name().equals(step.replica()))) {
                    return step;
                }
            }
            if (now.isAfter(begin.plus(PATIENCE))) {
                throw new AssertionError(
                        "nothing is done any more, with " + underWay.size() + " under way; " + findings);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void ask(Erasing erasing) {
        while (underWay.size() < AT_THE_SAME_TIME && !toAsk.isEmpty()) {
            DevUser person = toAsk.remove();
            underWay.put(erasing.ask(person.emailAddress()), person);
        }
    }

    /** Approves what waits for it, and takes note of what has ended. */
    private void approveAndCollect(Erasing erasing) {
        for (Map.Entry<String, DevUser> one : List.copyOf(underWay.entrySet())) {
            String id = one.getKey();
            switch (value("SELECT status FROM data_subject_request WHERE id = :id", id)) {
                case "awaiting-approval" -> {
                    String digest = value("SELECT plan_digest FROM erasure WHERE request_id = :id", id);
                    if (!digest.equals(approvedPlans.get(id))) {
                        String former = approvedPlans.put(id, digest);
                        if (former != null) {
                            LOG.info("request {} was planned again", id);
                        }
                        lake.approve(account(one.getValue()));
                        erasing.approve(id);
                    }
                }
                case "done" -> {
                    underWay.remove(id);
                    ended.put(id, one.getValue());
                }
                case "incomplete" -> {
                    underWay.remove(id);
                    findings.add(value("SELECT report FROM erasure WHERE request_id = :id", id));
                    LOG.warn("incomplete: {}", findings.get(findings.size() - 1));
                }
                default -> {
                    long parked = count("request_step", "state = 'PARKED'", id);
                    if (parked > 0) {
                        underWay.remove(id);
                        findings.add(value(
                                "SELECT name || ': ' || last_error FROM request_step"
                                        + " WHERE request_id = :id AND state = 'PARKED'",
                                id));
                        LOG.warn("parked: {}", findings.get(findings.size() - 1));
                    }
                }
            }
        }
    }

    private void assertErased(Map<String, byte[]> before, Erasing erasing) {
        Set<String> accounts = new HashSet<>();
        ended.values().forEach(person -> accounts.add(account(person)));
        Map<String, byte[]> now = files();
        new DumpWithout(before, accounts)
                .files()
                .forEach((path, bytes) -> assertThat(now.get(path)).as(path).isEqualTo(bytes));
        assertThat(certified()).isEqualTo(accounts);
        int duplicates = 0;
        int remarks = 0;
        for (Map.Entry<String, DevUser> one : ended.entrySet()) {
            String id = one.getKey();
            Awaitility.await("the last step ends")
                    .atMost(PATIENCE)
                    .until(() -> count("request_step", "state <> 'DONE'", id) == 0);
            assertThat(isKnown(one.getValue())).as("in the database").isFalse();
            assertThat(count("erasure_ledger", "true", id)).as("in the ledger").isOne();
            remarks += assertCounts(erasing.certificate(id).required("certificate"), account(one.getValue()));

            duplicates += assertMails(id, one.getValue().emailAddress());
        }
        Awaitility.await("events").atMost(PATIENCE).until(() -> events().keySet(), ended.keySet()::equals);
        assertThat(events().values()).allSatisfy(ids -> assertThat(ids).hasSize(1));
        LOG.info("{} mails came twice, {} files have a remark in a certificate", duplicates, remarks);
    }

    /**
     * Each mail once, or more often after a crash between the mail server's answer and the note of it.
     *
     * @return how many came more often
     */
    private static int assertMails(String id, String address) {
        List<String> mails =
                services.mail().mails(address).stream().map(Themis::messageId).toList();
        Map<String, String> steps = Map.of(
                "<started.%s@themis>".formatted(id), "send-started-mail",
                "<erased.%s@themis>".formatted(id), "send-erased-mail");
        assertThat(mails).hasSameElementsAs(steps.keySet());
        steps.forEach((mail, step) -> assertThat(Collections.frequency(mails, mail))
                .as(mail)
                .isLessThanOrEqualTo(Integer.parseInt(value(
                        "SELECT attempts FROM request_step WHERE request_id = :id AND name = '" + step + "'", id))));
        return mails.size() - steps.size();
    }

    /**
     * Every row is counted once.
     *
     * @return how many files have a remark
     */
    private int assertCounts(JsonNode certificate, String account) {
        long rows = 0;
        int remarks = 0;
        for (JsonNode dataset : certificate.required("datasets")) {
            long deleted = dataset.required("deleted").longValue();
            if (dataset.required("name").textValue().equals("profile")) {
                assertThat(deleted).as("rows of the profile").isOne();
            } else {
                rows += deleted;
            }
            for (JsonNode file : dataset.path("files")) {
                remarks += file.has("remark") ? 1 : 0;
            }
        }
        assertThat(rows).as("rows of account %s", account).isEqualTo(lake.rows(account));
        return remarks;
    }

    /** Request to the ids of the events that say that it is erased. */
    private static Map<String, Set<String>> events() {
        Map<String, Set<String>> ids = new HashMap<>();
        events.received().stream()
                .map(EventGridSubscriber.Received::event)
                .filter(event -> event.required("type").textValue().equals("User.DataErased"))
                .forEach(
                        event -> ids.computeIfAbsent(event.at("/data/requestId").textValue(), id -> new HashSet<>())
                                .add(event.required("id").textValue()));
        return ids;
    }

    /** People of the lake, whom the users database then knows. */
    private void choosePeople(Map<String, byte[]> files) {
        Set<String> accounts = new TreeSet<>();
        files.forEach((path, bytes) -> {
            Matcher account = ACCOUNT.matcher(new String(bytes, StandardCharsets.UTF_8));
            while (path.endsWith("/Users.xml") && account.find()) {
                accounts.add(account.group(1));
            }
        });
        Map<String, String> known = new HashMap<>();
        users().sql("SELECT account_id, email_address FROM users WHERE account_id IS NOT NULL")
                .query((row, n) -> known.put(row.getString(1), row.getString(2)))
                .list();
        List<String> shuffled = new ArrayList<>(accounts);
        Collections.shuffle(shuffled, random);
        assertThat(shuffled).hasSizeGreaterThanOrEqualTo(PEOPLE);
        List<DevUser> strangers = new ArrayList<>();
        for (String account : shuffled.subList(0, PEOPLE)) {
            String address = known.getOrDefault(account, "erased-" + account + "@example.org");
            DevUser person = new DevUser(address, null, null, null, null, null, null, Long.valueOf(account));
            toAsk.add(person);
            accountsByAddress.put(address, account);
            if (!known.containsKey(account)) {
                strangers.add(person);
            }
        }
        services.users().load(strangers);
    }

    private Set<String> certified() {
        Set<String> accounts = new HashSet<>();
        for (String address : database()
                .sql("SELECT r.email_address FROM erasure e JOIN data_subject_request r ON r.id = e.request_id"
                        + " WHERE e.certificate IS NOT NULL")
                .query(String.class)
                .list()) {
            accounts.add(accountsByAddress.get(address));
        }
        return accounts;
    }

    private static List<Running> running() {
        return database()
                .sql("""
                        SELECT t.picked_by, s.request_id, s.name FROM request_step s
                        JOIN scheduled_tasks t ON t.task_instance = s.request_id || '/' || s.name
                        WHERE s.state = 'RUNNING' AND t.picked""")
                .query((row, n) -> new Running(row.getString(1), row.getString(2), row.getString(3)))
                .list();
    }

    private Replica replica() {
        String name = "replica-" + starts.incrementAndGet();
        String endpoint = services.azurite().endpoint().replaceFirst(":\\d+/", ":" + store.port() + "/");
        Instant begin = Instant.now();
        ThemisProcess process = ThemisProcess.start(
                services,
                temporary,
                Map.of(
                        "themis.steps.first-delay",
                        "100ms",
                        "themis.steps.max-delay",
                        "1s",
                        "themis.storage.endpoint",
                        endpoint,
                        "themis.lake.endpoint",
                        endpoint,
                        "db-scheduler.scheduler-name",
                        name,
                        "db-scheduler.threads",
                        2,
                        "db-scheduler.polling-interval",
                        "200ms",
                        // A process that is gone for two seconds has lost its steps.
                        "db-scheduler.heartbeat-interval",
                        "500ms",
                        "db-scheduler.missed-heartbeats-limit",
                        4));
        LOG.info("{} started in {}", name, Duration.between(begin, Instant.now()));
        Themis themis = new Themis(
                new MockEnvironment().withProperty("local.server.port", String.valueOf(process.port())), services);
        return new Replica(name, process, new Erasing(themis, services.identity()));
    }

    private static String account(DevUser person) {
        return String.valueOf(person.accountId());
    }

    private static BlobContainerClient container() {
        return services.azurite().client().getBlobContainerClient("lake");
    }

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        for (BlobItem blob : container().listBlobs()) {
            files.put(
                    blob.getName(),
                    container().getBlobClient(blob.getName()).downloadContent().toBytes());
        }
        return files;
    }

    private static boolean isKnown(DevUser person) {
        return users().sql("SELECT count(*) FROM users WHERE account_id = :account")
                        .param("account", person.accountId())
                        .query(Long.class)
                        .single()
                > 0;
    }

    private static String value(String sql, String id) {
        return database()
                .sql(sql)
                .param("id", UUID.fromString(id))
                .query(String.class)
                .single();
    }

    private static long count(String table, String condition, String id) {
        return database()
                .sql("SELECT count(*) FROM " + table + " WHERE request_id = :id AND " + condition)
                .param("id", UUID.fromString(id))
                .query(Long.class)
                .single();
    }

    private static JdbcClient database() {
        return JdbcClient.create(database);
    }

    private static JdbcClient users() {
        var users = services.users();
        return JdbcClient.create(new DriverManagerDataSource(users.url(), users.username(), users.password()));
    }
}
