package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stack Exchange dumps from which people are erased, as somebody sees them who reads them all the time. Each file must always have all
 * lines that it had, in their order, but for those of some people whose erasure is approved: of each of them all or none, and once none,
 * never one again. It is looked at line by line, without a parser and without code of Themis.
 */
final class WatchedLake implements AutoCloseable {

    private static final long BREATH = TimeUnit.MILLISECONDS.toNanos(20);

    /** Table to the column that names whose a row is, by the person's number on the site. */
    private static final Map<String, Pattern> OWNER = Map.of(
            "Users", attribute("Id"),
            "Posts", attribute("OwnerUserId"),
            "Comments", attribute("UserId"),
            "Badges", attribute("UserId"),
            "Votes", attribute("UserId"),
            "PostHistory", attribute("UserId"));

    private static final Pattern ACCOUNT = attribute("AccountId");
    private static final Pattern ID = attribute("Id");

    /** @param account of the person whose row it is; null if it is nobody's who has an account */
    private record Line(String text, String account) {}

    /** What was seen of a file last. */
    private static final class Seen {

        private final List<Line> lines;
        private final Set<String> people = new HashSet<>();
        private String etag;
        private Set<String> gone = Set.of();

        Seen(List<Line> lines) {
            this.lines = lines;
            lines.forEach(line -> people.add(line.account()));
        }
    }

    private final BlobContainerClient container;
    private final Supplier<Set<String>> certified;
    private final Map<String, Seen> files = new TreeMap<>();
    private final Map<String, Long> rows = new HashMap<>();
    private final Set<String> approved = ConcurrentHashMap.newKeySet();
    /** Fair, so that who wants to check comes in between. */
    private final Lock lock = new ReentrantLock(true);

    private final Thread reader = new Thread(this::watch, "watched-lake");
    private volatile boolean isClosed;
    private volatile Throwable failure;
    private volatile long versions;

    /**
     * Begins to watch.
     *
     * @param before path to the bytes of the file
     * @param certified the accounts of those who have a certificate at that moment
     */
    WatchedLake(BlobContainerClient container, Map<String, byte[]> before, Supplier<Set<String>> certified) {
        this.container = container;
        this.certified = certified;
        Map<String, Map<String, String>> accounts = new HashMap<>();
        before.forEach((path, bytes) -> {
            if (table(path).equals("Users")) {
                lines(bytes)
                        .forEach(line -> accounts.computeIfAbsent(site(path), site -> new HashMap<>())
                                .put(value(ID, line), value(ACCOUNT, line)));
            }
        });
        before.forEach((path, bytes) -> {
            Pattern owner = OWNER.get(table(path));
            List<Line> lines = new ArrayList<>();
            for (String line : lines(bytes)) {
                boolean isRow = owner != null && line.contains("<row ");
                String account = isRow ? accounts.get(site(path)).get(value(owner, line)) : null;
                rows.merge(String.valueOf(account), 1L, Long::sum);
                lines.add(new Line(line, account));
            }
            files.put(path, new Seen(lines));
        });
        reader.setDaemon(true);
        reader.start();
    }

    /** From now on rows of the person may go. */
    void approve(String account) {
        approved.add(account);
    }

    /** How many rows the person had in all files. */
    long rows(String account) {
        return rows.getOrDefault(account, 0L);
    }

    /** How many versions of files were read. */
    long versions() {
        return versions;
    }

    /**
     * Reads every file now.
     *
     * @throws AssertionError if one is not as it must be, or was not since the last call
     */
    void check() {
        look(true);
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    private void watch() {
        try {
            while (!isClosed) {
                look(false);
                // The cores are for those who are watched
                LockSupport.parkNanos(BREATH);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** @param again whether files are read that have not changed since */
    private void look(boolean again) {
        lock.lock();
        try {
            see(again);
        } finally {
            lock.unlock();
        }
    }

    private void see(boolean again) {
        // First: the rows of who has one were gone before
        Set<String> mustBeGone = certified.get();
        Set<String> names = new HashSet<>();
        for (BlobItem blob : container.listBlobs()) {
            names.add(blob.getName());
            Seen file = files.get(blob.getName());
            assertThat(file).as("a file beside the others: %s", blob.getName()).isNotNull();
            if (again || !blob.getProperties().getETag().equals(file.etag)) {
                read(blob.getName(), file);
                file.etag = blob.getProperties().getETag();
            }
            for (String account : mustBeGone) {
                assertThat(!file.people.contains(account) || file.gone.contains(account))
                        .as("%s has no row of %s, whose erasure is certified", blob.getName(), account)
                        .isTrue();
            }
        }
        assertThat(names).isEqualTo(files.keySet());
    }

    private void read(String path, Seen file) {
        List<String> now = lines(container.getBlobClient(path).downloadContent().toBytes());
        versions++;
        Set<String> gone = new HashSet<>();
        Set<String> there = new HashSet<>();
        int at = 0;
        for (Line line : file.lines) {
            if (at < now.size() && now.get(at).equals(line.text())) {
                there.add(line.account());
                at++;
            } else {
                assertThat(line.account() != null && approved.contains(line.account()))
                        .as("%s: a row that is not there is of somebody who is being erased: %s", path, line.text())
                        .isTrue();
                gone.add(line.account());
            }
        }
        assertThat(at).as("%s: lines that it had before", path).isEqualTo(now.size());
        assertThat(gone).as("%s: people of whom every row is gone", path).doesNotContainAnyElementsOf(there);
        assertThat(gone).as("%s: people whose rows stay gone", path).containsAll(file.gone);
        file.gone = gone;
    }

    private static List<String> lines(byte[] content) {
        return List.of(new String(content, ISO_8859_1).split("(?<=\n)"));
    }

    private static String table(String path) {
        return path.substring(path.indexOf('/') + 1).replace(".xml", "");
    }

    private static String site(String path) {
        return path.substring(0, path.indexOf('/'));
    }

    private static Pattern attribute(String name) {
        return Pattern.compile(" " + name + "=\"([^\"]*)\"");
    }

    private static String value(Pattern attribute, String line) {
        Matcher matcher = attribute.matcher(line);
        return matcher.find() ? matcher.group(1) : "";
    }

    @Override
    public void close() throws InterruptedException {
        isClosed = true;
        reader.join();
    }
}
