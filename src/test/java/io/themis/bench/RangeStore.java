package io.themis.bench;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.util.FileSystemUtils;

/**
 * As much of a blob store as files are rewritten with, over HTTP and on this machine's disk. It copies a range by itself, from file to
 * file, as Put Block From URL has a store do; Azurite does so too, but by downloading from itself.
 */
final class RangeStore implements AutoCloseable {

    static final String ACCOUNT = "account";
    static final String KEY = "a2V5";

    private static final Pattern BLOCK = Pattern.compile("<Latest>([^<]+)</Latest>");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final String DATE = "Sun, 01 Mar 2026 10:00:00 GMT";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Path folder;
    private final HttpServer server;
    private final AtomicLong number = new AtomicLong();
    private final Map<String, Blob> blobs = new ConcurrentHashMap<>();
    private final Map<String, Path> blocks = new ConcurrentHashMap<>();

    /** @param parts one behind the other */
    private record Blob(List<Path> parts, List<Long> from, long length, String etag, boolean isOurs) {}

    RangeStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), ACCOUNT);
    }

    /** @param content stays where it is */
    void put(String name, Path content) throws IOException {
        blobs.put(name, blob(List.of(content), false));
    }

    private Blob blob(List<Path> parts, boolean isOurs) throws IOException {
        List<Long> from = new ArrayList<>();
        long length = 0;
        for (Path part : parts) {
            from.add(length);
            length += Files.size(part);
        }
        return new Blob(parts, from, length, "0x" + number.incrementAndGet(), isOurs);
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            Headers asked = http.getRequestHeaders();
            Headers told = http.getResponseHeaders();
            String name = name(http.getRequestURI());
            String call = http.getRequestMethod() + " " + query(http, "comp");
            Blob blob = blobs.get(name);
            told.set("Last-Modified", DATE);
            told.set("x-ms-request-id", "1");
            String condition = asked.getFirst("If-Match");
            if (condition != null
                    && (blob == null || !condition.replace("\"", "").equals(blob.etag()))) {
                http.sendResponseHeaders(412, -1);
                return;
            }
            switch (call) {
                case "HEAD " -> {
                    describe(told, blob);
                    told.set("Content-Length", Long.toString(blob.length()));
                    http.sendResponseHeaders(200, -1);
                }
                case "GET " -> get(http, blob);
                case "PUT block" -> putBlock(http, name);
                case "PUT blocklist" -> commit(http, name, blob);
                default -> http.sendResponseHeaders(400, -1);
            }
        }
    }

    private static void describe(Headers told, Blob blob) {
        told.set("ETag", '"' + blob.etag() + '"');
        told.set("x-ms-blob-type", "BlockBlob");
        told.set("x-ms-creation-time", DATE);
    }

    private static void get(HttpExchange http, Blob blob) throws IOException {
        Matcher range = range(http.getRequestHeaders().getFirst("x-ms-range"));
        long from = Long.parseLong(range.group(1));
        long to = Math.min(blob.length(), Long.parseLong(range.group(2)) + 1);
        describe(http.getResponseHeaders(), blob);
        http.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, blob.length()));
        http.sendResponseHeaders(206, to - from);
        copy(blob, from, to, Channels.newChannel(http.getResponseBody()));
    }

    private static Matcher range(String said) {
        Matcher range = RANGE.matcher(said);
        if (!range.matches()) {
            throw new IllegalArgumentException(said);
        }
        return range;
    }

    private static void copy(Blob blob, long from, long to, WritableByteChannel target) throws IOException {
        for (int i = 0; i < blob.parts().size(); i++) {
            long start = blob.from().get(i);
            long end = i + 1 < blob.parts().size() ? blob.from().get(i + 1) : blob.length();
            long at = Math.max(from, start);
            try (FileChannel part =
                    at < Math.min(to, end) ? FileChannel.open(blob.parts().get(i)) : null) {
                while (at < Math.min(to, end)) {
                    at += part.transferTo(at - start, Math.min(to, end) - at, target);
                }
            }
        }
    }

    private void putBlock(HttpExchange http, String name) throws IOException {
        Path block = folder.resolve(Long.toString(number.incrementAndGet()));
        String source = http.getRequestHeaders().getFirst("x-ms-copy-source");
        try (FileChannel target = FileChannel.open(block, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (source == null) {
                try (OutputStream out = Channels.newOutputStream(target)) {
                    http.getRequestBody().transferTo(out);
                }
            } else {
                Matcher range = range(http.getRequestHeaders().getFirst("x-ms-source-range"));
                copy(
                        blobs.get(name(URI.create(source))),
                        Long.parseLong(range.group(1)),
                        Long.parseLong(range.group(2)) + 1,
                        target);
            }
        }
        blocks.put(query(http, "blockid"), block);
        http.sendResponseHeaders(201, -1);
    }

    private void commit(HttpExchange http, String name, Blob old) throws IOException {
        String list = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        List<Path> parts = BLOCK.matcher(list)
                .results()
                .map(block -> blocks.remove(block.group(1)))
                .toList();
        Blob now = blob(parts, true);
        blobs.put(name, now);
        if (old != null && old.isOurs()) {
            for (Path part : old.parts()) {
                Files.delete(part);
            }
        }
        describe(http.getResponseHeaders(), now);
        http.sendResponseHeaders(201, -1);
    }

    private static String name(URI uri) {
        return uri.getPath().split("/", 4)[3];
    }

    private static String query(HttpExchange http, String name) {
        String query = http.getRequestURI().getQuery();
        return query == null
                ? ""
                : Arrays.stream(query.split("&"))
                        .filter(part -> part.startsWith(name + "="))
                        .map(part -> part.substring(name.length() + 1))
                        .collect(Collectors.joining());
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        threads.shutdownNow();
        FileSystemUtils.deleteRecursively(folder);
    }
}
