package io.themis.erasure;

import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Azurite can't and a storage account can, in memory, as the REST documentation of the blob service says it: versions, soft delete,
 * locks, copies by the store itself, encryption scopes, and files that were written by the other endpoint of a hierarchical account. Its
 * clock stands still unless a test moves it, but for a tenth of a millisecond with each write.
 */
final class StorageAccount implements AutoCloseable {

    private static final String ACCOUNT = "account";
    private static final Pattern BLOCK = Pattern.compile("<Latest>([^<]+)</Latest>");
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int MOST_BLOCKS = 50_000;
    private static final int MOST_COPIED = 100 << 20;

    /** One content that was written. */
    record Content(byte[] bytes, String etag, Instant writtenAt, String versionId, Map<String, String> headers) {}

    /**
     * A content that is not the file's any more, or a snapshot.
     *
     * @param stamp null if soft delete keeps the file itself
     * @param deletedAt null if it can be read
     */
    record Copy(boolean isVersion, String stamp, Content content, Instant deletedAt) {}

    private record Refusal(Pattern call, int status, String code) {}

    private record Event(Pattern call, Runnable action) {}

    private record Damage(Pattern call, UnaryOperator<byte[]> bytes) {}

    private final HttpServer server;
    private final Map<String, Content> files = new TreeMap<>();
    private final Map<String, List<Copy>> copies = new HashMap<>();
    private final Map<String, Map<String, byte[]>> blocks = new HashMap<>();
    private final Map<String, List<String>> committed = new HashMap<>();
    private final Map<String, Instant> locks = new HashMap<>();
    private final Set<String> holds = new HashSet<>();
    private final Set<String> writtenByOtherEndpoint = new HashSet<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<Pattern> lost = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-01T10:00:00.5Z");
    private boolean keepsVersions;
    private boolean isHierarchical;
    private Duration softDelete;
    private Runnable onLoss = () -> {};
    private Refused copyRefusal;
    private int etags;
    private int blocksWithoutScope;
    private long sent;
    private long read;

    StorageAccount() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "storage-account");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    synchronized StorageAccount keepingVersions() {
        keepsVersions = true;
        return this;
    }

    synchronized StorageAccount keepingNoVersionsAnyMore() {
        keepsVersions = false;
        return this;
    }

    synchronized StorageAccount keepingDeleted(Duration retention) {
        softDelete = retention;
        return this;
    }

    synchronized StorageAccount hierarchical() {
        isHierarchical = true;
        return this;
    }

    synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    synchronized Instant now() {
        return now;
    }

    /** Locks a version or snapshot. */
    synchronized void lock(String stamp, Instant until) {
        locks.put(stamp, until);
    }

    synchronized void hold(String stamp) {
        holds.add(stamp);
    }

    /** A file as Spark or another program of the hierarchical endpoint writes it. */
    synchronized void putByOtherEndpoint(String name, byte[] content) {
        put(name, content);
        writtenByOtherEndpoint.add(name);
    }

    synchronized void put(String name, byte[] content) {
        write(name, content, Map.of());
    }

    synchronized void put(String name, byte[] content, Map<String, String> headers) {
        write(name, content, headers);
    }

    /** @param call of method and URI, anywhere in it */
    synchronized void refuse(String call, int status, String code) {
        refusals.add(new Refusal(Pattern.compile(call), status, code));
    }

    synchronized void refuseNothing() {
        refusals.clear();
    }

    /** What somebody does right before the next such call. */
    synchronized void before(String call, Runnable action) {
        events.add(new Event(Pattern.compile(call), action));
    }

    /** What becomes of the content that the next such call sends or is answered, on its way. */
    synchronized void damage(String call, UnaryOperator<byte[]> bytes) {
        damages.add(new Damage(Pattern.compile(call), bytes));
    }

    /** Does what the next such call says, and hangs up instead of answering. */
    synchronized void loseAnswerOf(String call) {
        lost.add(Pattern.compile(call));
    }

    /** What somebody does between a call that is lost and the next one. */
    synchronized void onLoss(Runnable action) {
        onLoss = action;
    }

    /** Reads no source of a copy from now on. */
    synchronized void refuseCopies(int status, String code) {
        copyRefusal = new Refused(status, code);
    }

    /** Blocks that came without the scope that they are to be encrypted in. */
    synchronized int blocksWithoutScope() {
        return blocksWithoutScope;
    }

    /** Null if there is no such file. */
    synchronized Content file(String name) {
        return files.get(name);
    }

    synchronized Set<String> files() {
        return Set.copyOf(files.keySet());
    }

    synchronized List<Copy> copies(String name) {
        return List.copyOf(copies.getOrDefault(name, List.of()));
    }

    /** Stamps of the copies that can be read. */
    synchronized List<String> readable(String name) {
        return copies(name).stream()
                .filter(copy -> copy.deletedAt() == null)
                .map(Copy::stamp)
                .toList();
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** Bytes that clients have sent in blocks. */
    synchronized long sent() {
        return sent;
    }

    /** Bytes of files that clients have read. */
    synchronized long read() {
        return read;
    }

    BlobContainerClient client() {
        return clients().buildClient().getBlobContainerClient("lake");
    }

    BlobContainerAsyncClient asyncClient() {
        return clients().buildAsyncClient().getBlobContainerAsyncClient("lake");
    }

    private BlobServiceClientBuilder clients() {
        return new BlobServiceClientBuilder()
                .endpoint("http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), ACCOUNT))
                .credential(new StorageSharedKeyCredential(ACCOUNT, "a2V5"))
                .retryOptions(new RequestRetryOptions(
                        RetryPolicyType.FIXED,
                        3,
                        Duration.ofSeconds(20),
                        Duration.ofMillis(1),
                        Duration.ofMillis(1),
                        null));
    }

    private void answer(HttpExchange http) throws IOException {
        byte[] body = http.getRequestBody().readAllBytes();
        synchronized (this) {
            String call = http.getRequestMethod() + " " + http.getRequestURI();
            calls.add(call);
            Map<String, String> query = query(http.getRequestURI());
            String path = http.getRequestURI().getPath().substring(ACCOUNT.length() + 2);
            String name = path.contains("/") ? path.substring(path.indexOf('/') + 1) : "";
            Pattern hangUp = lost.stream()
                    .filter(pattern -> pattern.matcher(call).find())
                    .findFirst()
                    .orElse(null);
            lost.remove(hangUp);
            try (http) {
                Answer answer;
                try {
                    happen(call);
                    refuse(call);
                    UnaryOperator<byte[]> way = way(call);
                    Answer whole =
                            answer(http.getRequestMethod(), name, query, http.getRequestHeaders(), way.apply(body));
                    answer = new Answer(whole.status(), whole.headers(), way.apply(whole.body()));
                } catch (Refused e) {
                    answer = e.answer;
                }
                if (hangUp == null) {
                    send(http, answer);
                } else {
                    onLoss.run();
                }
            }
        }
    }

    private void happen(String call) {
        List<Event> now = events.stream()
                .filter(event -> event.call().matcher(call).find())
                .toList();
        events.removeAll(now);
        now.forEach(event -> event.action().run());
    }

    /** Nothing happens to what is empty. */
    private UnaryOperator<byte[]> way(String call) {
        Damage damage = damages.stream()
                .filter(each -> each.call().matcher(call).find())
                .findFirst()
                .orElse(null);
        damages.remove(damage);
        return bytes ->
                damage == null || bytes.length == 0 ? bytes : damage.bytes().apply(bytes);
    }

    private void refuse(String call) {
        for (Refusal refusal : refusals) {
            if (refusal.call().matcher(call).find()) {
                throw new Refused(refusal.status(), refusal.code());
            }
        }
    }

    private record Answer(int status, Map<String, String> headers, byte[] body) {}

    private static final class Refused extends RuntimeException {
        private final transient Answer answer;

        Refused(int status, String code) {
            answer = new Answer(
                    status,
                    Map.of("x-ms-error-code", code, "Content-Range", "bytes */0"),
                    "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>"
                            .formatted(code)
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    private Answer answer(String method, String name, Map<String, String> query, Headers headers, byte[] body) {
        String comp = query.getOrDefault("comp", "");
        return switch (method + " " + comp) {
            case "GET list" -> new Answer(200, Map.of(), list(query));
            case "GET blocklist" -> blockList(name);
            case "PUT block" -> putBlock(name, query.get("blockid"), headers, body);
            case "PUT blocklist" -> commit(name, headers, new String(body, StandardCharsets.UTF_8));
            case "PUT snapshot" -> snapshot(name);
            case "PUT " -> putFromUrl(name, headers);
            case "DELETE " -> delete(name, query, headers);
            case "HEAD " -> {
                Content file = existing(name, headers);
                yield new Answer(200, known(file, file.bytes().length), new byte[0]);
            }
            case "GET " -> get(name, headers);
            default -> throw new Refused(400, "UnsupportedQueryParameter");
        };
    }

    private Content existing(String name, Headers headers) {
        Content file = files.get(name);
        if (file == null) {
            throw new Refused(404, "BlobNotFound");
        }
        String condition = headers.getFirst("If-Match");
        if (condition != null && !unquoted(condition).equals(file.etag())) {

            throw new Refused(412, "ConditionNotMet");
        }
        return file;
    }

    private static String quoted(Content content) {
        return "\"%s\"".formatted(content.etag());
    }

    private static String unquoted(String condition) {
        return condition.replace("\"", "");
    }

    private Answer get(String name, Headers headers) {
        Content file = existing(name, headers);
        String said = headers.getFirst("x-ms-range");
        // What is no range is not taken for one: the client asks so for an empty file
        String range = said == null || !said.matches("bytes=\\d+-\\d*") ? null : said;
        byte[] part = range == null ? file.bytes() : range(file.bytes(), range);
        read += part.length;
        Map<String, String> known = new HashMap<>(known(file, part.length));
        if (range != null) {
            Matcher bounds = bounds(range);
            known.put(
                    "Content-Range",
                    "bytes %s-%d/%d"
                            .formatted(
                                    bounds.group(1),
                                    Long.parseLong(bounds.group(1)) + part.length - 1,
                                    file.bytes().length));
        }
        return new Answer(range == null ? 200 : 206, known, part);
    }

    private static byte[] range(byte[] content, String range) {
        Matcher bounds = bounds(range);
        int from = Integer.parseInt(bounds.group(1));
        if (from >= content.length) {
            throw new Refused(416, "InvalidRange");
        }
        int to = bounds.group(2).isEmpty()
                ? content.length
                : (int) Math.min(content.length, Long.parseLong(bounds.group(2)) + 1);
        return Arrays.copyOfRange(content, from, to);
    }

    private static Matcher bounds(String range) {
        Matcher bounds = Pattern.compile("bytes=(\\d+)-(\\d*)").matcher(range);
        if (!bounds.matches()) {
            throw new Refused(400, "InvalidHeaderValue");
        }
        return bounds;
    }

    private Map<String, String> known(Content file, int length) {
        Map<String, String> known = new HashMap<>(file.headers());
        known.put("ETag", quoted(file));
        known.put("Last-Modified", DATE.format(file.writtenAt()));
        known.put("x-ms-blob-type", "BlockBlob");
        known.put("x-ms-creation-time", DATE.format(file.writtenAt()));
        known.put("Content-Length", Integer.toString(length));
        if (file.versionId() != null) {
            known.put("x-ms-version-id", file.versionId());
        }
        return known;
    }

    private Answer blockList(String name) {
        Content file = existing(name, new Headers());
        String xml = committed.getOrDefault(name, List.of()).stream()
                .map(id -> "<Block><Name>%s</Name><Size>1</Size></Block>".formatted(id))
                .collect(Collectors.joining(
                        "", "<?xml version=\"1.0\"?><BlockList><CommittedBlocks>", "</CommittedBlocks></BlockList>"));
        return new Answer(
                200,
                Map.of(
                        "ETag",
                        quoted(file),
                        "Last-Modified",
                        DATE.format(file.writtenAt()),
                        "x-ms-blob-content-length",
                        Integer.toString(file.bytes().length),
                        "Content-Type",
                        "application/xml"),
                xml.getBytes(StandardCharsets.UTF_8));
    }

    private Answer putBlock(String name, String id, Headers headers, byte[] body) {
        refuseBlocksOf(name);
        Map<String, byte[]> uncommitted = blocks.computeIfAbsent(name, key -> new LinkedHashMap<>());
        if (uncommitted.keySet().stream().anyMatch(other -> other.length() != id.length())) {
            throw new Refused(400, "InvalidBlobOrBlock");
        }
        if (!headers.containsKey("x-ms-encryption-scope")) {
            blocksWithoutScope++;
        }
        byte[] content = body;
        if (headers.containsKey("x-ms-copy-source")) {
            content = source(headers);
            if (content.length > MOST_COPIED) {
                throw new Refused(413, "RequestBodyTooLarge");
            }
        } else {
            sent += body.length;
        }
        uncommitted.put(id, content);
        return new Answer(201, Map.of(), new byte[0]);
    }

    private void refuseBlocksOf(String name) {
        if (writtenByOtherEndpoint.contains(name)) {
            throw new Refused(409, "BlobOperationNotSupported");
        }
    }

    /** Reads what the store is to copy: from itself, as whoever the request says. */
    private byte[] source(Headers headers) {
        if (copyRefusal != null) {
            throw copyRefusal;
        }
        URI url = URI.create(headers.getFirst("x-ms-copy-source"));
        if (!query(url).containsKey("sig") && !headers.containsKey("x-ms-copy-source-authorization")) {
            throw new Refused(401, "CannotVerifyCopySource");
        }
        String path = url.getPath().substring(ACCOUNT.length() + 2);
        Content source = files.get(path.substring(path.indexOf('/') + 1));
        if (source == null) {
            throw new Refused(404, "CannotVerifyCopySource");
        }
        String condition = headers.getFirst("x-ms-source-if-match");
        if (condition != null && !unquoted(condition).equals(source.etag())) {
            throw new Refused(412, "SourceConditionNotMet");
        }
        String range = headers.getFirst("x-ms-source-range");
        return range == null ? source.bytes() : range(source.bytes(), range);
    }

    private Answer commit(String name, Headers headers, String blockList) {
        refuseBlocksOf(name);
        if (headers.containsKey("If-Match")) {
            existing(name, headers);
        }
        List<String> ids =
                BLOCK.matcher(blockList).results().map(block -> block.group(1)).toList();
        if (ids.size() > MOST_BLOCKS) {
            throw new Refused(400, "BlockListTooLong");
        }
        Map<String, byte[]> uncommitted = blocks.getOrDefault(name, Map.of());
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (String id : ids) {
            if (!uncommitted.containsKey(id)) {
                throw new Refused(400, "InvalidBlockList");
            }
            whole.writeBytes(uncommitted.get(id));
        }
        blocks.remove(name);
        Content written = write(name, whole.toByteArray(), kept(headers));
        committed.put(name, ids);
        return written(written);
    }

    private Answer putFromUrl(String name, Headers headers) {
        if (headers.containsKey("If-Match")) {
            existing(name, headers);
        }
        byte[] content = source(headers);
        Content written = write(name, content, kept(headers));
        writtenByOtherEndpoint.remove(name);
        return written(written);
    }

    private Answer written(Content content) {
        return new Answer(
                201, Map.of("ETag", quoted(content), "Last-Modified", DATE.format(content.writtenAt())), new byte[0]);
    }

    /** What a write says that the store is to know of the file. */
    private static Map<String, String> kept(Headers headers) {
        Map<String, String> kept = new HashMap<>();
        headers.forEach((header, values) -> {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-ms-meta-") || lower.equals("x-ms-encryption-scope")) {
                kept.put(lower, values.get(0));
            } else if (lower.equals("x-ms-blob-content-type")) {
                kept.put("Content-Type", values.get(0));
            }
        });
        return kept;
    }

    private Content write(String name, byte[] bytes, Map<String, String> headers) {
        Content before = files.get(name);
        if (before != null && keepsVersions) {
            add(
                    name,
                    new Copy(
                            true,
                            before.versionId() == null ? stamp(before.writtenAt()) : before.versionId(),
                            before,
                            null));
        } else if (before != null && softDelete != null && !isHierarchical) {
            add(name, new Copy(false, stamp(now), before, now));
        }
        Content written =
                new Content(bytes, "0x%d".formatted(++etags), now, keepsVersions ? stamp(now) : null, headers);
        files.put(name, written);
        committed.remove(name);
        now = now.plusNanos(100_000);
        return written;
    }

    private void add(String name, Copy copy) {
        copies.computeIfAbsent(name, key -> new ArrayList<>()).add(copy);
    }

    static String stamp(Instant time) {
        return STAMP.format(time);
    }

    private Answer snapshot(String name) {
        Content file = existing(name, new Headers());
        String stamp = stamp(now);
        add(name, new Copy(false, stamp, file, null));
        now = now.plusNanos(100_000);
        return new Answer(
                201,
                Map.of("ETag", quoted(file), "Last-Modified", DATE.format(file.writtenAt()), "x-ms-snapshot", stamp),
                new byte[0]);
    }

    private Answer delete(String name, Map<String, String> query, Headers headers) {
        String stamp = query.getOrDefault("versionid", query.get("snapshot"));
        if (stamp != null) {
            deleteCopy(name, stamp, query.containsKey("versionid"));
        } else {
            Content file = existing(name, headers);
            boolean hasSnapshots =
                    copies(name).stream().anyMatch(copy -> !copy.isVersion() && copy.deletedAt() == null);
            if (hasSnapshots && !headers.containsKey("x-ms-delete-snapshots")) {
                throw new Refused(409, "SnapshotsPresent");
            }
            for (Copy copy : copies(name)) {
                if (!copy.isVersion() && copy.deletedAt() == null) {
                    deleteCopy(name, copy.stamp(), false);
                }
            }
            files.remove(name);
            if (keepsVersions) {
                add(name, new Copy(true, file.versionId(), file, null));
            } else if (softDelete != null) {
                add(name, new Copy(false, null, file, now));
            }
        }
        return new Answer(202, Map.of("Date", DATE.format(now)), new byte[0]);
    }

    private void deleteCopy(String name, String stamp, boolean isVersion) {
        Copy copy = copies(name).stream()
                .filter(one -> stamp.equals(one.stamp()) && one.isVersion() == isVersion)
                .findFirst()
                .orElseThrow(() -> new Refused(404, "BlobNotFound"));
        if (holds.contains(stamp) || locks.getOrDefault(stamp, Instant.MIN).isAfter(now)) {
            throw new Refused(409, "BlobImmutableDueToPolicy");
        }
        if (copy.deletedAt() == null) {
            copies.get(name).remove(copy);
            if (softDelete != null) {
                add(name, new Copy(isVersion, stamp, copy.content(), now));
            }
        }
    }

    private byte[] list(Map<String, String> query) {
        Set<String> include = Set.of(query.getOrDefault("include", "").split(","));
        if (isHierarchical && include.contains("versions")) {
            throw new Refused(409, "FeatureNotYetSupportedForHierarchicalNamespaceAccounts");
        }
        String prefix = query.getOrDefault("prefix", "");
        Set<String> names = new TreeSet<>(files.keySet());
        names.addAll(copies.keySet());
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>");
        for (String name : names) {
            if (name.startsWith(prefix)) {
                copies(name).stream()
                        .filter(copy -> copy.deletedAt() == null || include.contains("deleted"))
                        .filter(copy -> !copy.isVersion() || include.contains("versions"))
                        .filter(copy -> copy.isVersion() || copy.stamp() == null || include.contains("snapshots"))
                        .forEach(copy -> xml.append(listed(name, copy)));
                Content file = files.get(name);
                if (file != null) {
                    xml.append("<Blob><Name>%s</Name>".formatted(name))
                            .append(
                                    include.contains("versions") && file.versionId() != null
                                            ? "<VersionId>%s</VersionId><IsCurrentVersion>true</IsCurrentVersion>"
                                                    .formatted(file.versionId())
                                            : "")
                            .append("<Properties>%s</Properties></Blob>".formatted(properties(file)));
                }
            }
        }
        return xml.append("</Blobs><NextMarker/></EnumerationResults>")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private String listed(String name, Copy copy) {
        StringBuilder xml = new StringBuilder("<Blob><Name>%s</Name>".formatted(name));
        if (copy.stamp() != null) {
            String element = copy.isVersion() ? "VersionId" : "Snapshot";
            xml.append("<%s>%s</%s>".formatted(element, copy.stamp(), element));
        }
        if (copy.deletedAt() != null) {
            xml.append("<Deleted>true</Deleted>");
        }
        xml.append("<Properties>").append(properties(copy.content()));
        if (copy.deletedAt() != null) {
            long left = softDelete
                    .minus(Duration.between(copy.deletedAt(), now))
                    .plusDays(1)
                    .minusNanos(1)
                    .toDays();
            xml.append("<DeletedTime>%s</DeletedTime><RemainingRetentionDays>%d</RemainingRetentionDays>"
                    .formatted(DATE.format(copy.deletedAt()), left));
        }
        if (locks.containsKey(copy.stamp())) {
            xml.append(
                    "<ImmutabilityPolicyUntilDate>%s</ImmutabilityPolicyUntilDate><ImmutabilityPolicyMode>locked</ImmutabilityPolicyMode>"
                            .formatted(DATE.format(locks.get(copy.stamp()))));
        }
        if (holds.contains(copy.stamp())) {
            xml.append("<LegalHold>true</LegalHold>");
        }
        return xml.append("</Properties></Blob>").toString();
    }

    private static String properties(Content content) {
        String date = DATE.format(content.writtenAt());
        return "<Creation-Time>%s</Creation-Time><Last-Modified>%s</Last-Modified><Etag>%s</Etag><Content-Length>%d</Content-Length><BlobType>BlockBlob</BlobType>"
                .formatted(date, date, content.etag(), content.bytes().length);
    }

    /** Decoded. */
    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&")) {
                int equals = pair.indexOf('=');
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private void send(HttpExchange http, Answer answer) throws IOException {
        boolean isHead = http.getRequestMethod().equals("HEAD");
        Headers headers = http.getResponseHeaders();
        headers.set("Content-Type", "application/xml");
        headers.set("x-ms-request-id", "1");
        headers.set("Accept-Ranges", "bytes");
        answer.headers().forEach(headers::set);
        if (!isHead) {
            headers.remove("Content-Length");
        }
        http.sendResponseHeaders(answer.status(), isHead || answer.body().length == 0 ? -1 : answer.body().length);
        if (!isHead && answer.body().length > 0) {
            http.getResponseBody().write(answer.body());
        }
    }
}
