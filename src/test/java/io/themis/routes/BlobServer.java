package io.themis.routes;

import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.azure.storage.file.datalake.DataLakeServiceClient;
import com.azure.storage.file.datalake.DataLakeServiceClientBuilder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a storage account as the routes use, in memory and ready in milliseconds: read, list, and write by blocks.
 * Unlike Azurite it can refuse what Azure refuses. The clients are Azure's own, without retries.
 */
final class BlobServer implements AutoCloseable {

    private static final String ACCOUNT = "account";
    private static final Pattern BLOCK = Pattern.compile("<Latest>([^<]+)</Latest>");
    private static final RequestRetryOptions ONCE =
            new RequestRetryOptions(RetryPolicyType.FIXED, 1, 10, null, null, null);
    private static final StorageSharedKeyCredential KEY = new StorageSharedKeyCredential(ACCOUNT, "a2V5");

    private final Map<String, byte[]> blobs = new ConcurrentSkipListMap<>();
    private final Map<String, byte[]> blocks = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile int refusal;
    private int port;
    private HttpServer server;

    BlobServer() {
        start();
    }

    void start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getAddress().getPort();
        server.createContext("/", this::answer);
        server.start();
    }

    void stop() {
        server.stop(0);
    }

    @Override
    public void close() {
        stop();
    }

    /** Answers every call with this status from now on. */
    void refuse(int status) {
        refusal = status;
    }

    /** Has nothing from now on, and refuses nothing. */
    void clear() {
        blobs.clear();
        refusal = 0;
    }

    /** @param path container and name */
    void put(String path, String content) {
        blobs.put(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Path to content of all blobs. */
    Map<String, String> blobs() {
        Map<String, String> texts = new ConcurrentSkipListMap<>();
        blobs.forEach((path, bytes) -> texts.put(path, new String(bytes, StandardCharsets.UTF_8)));
        return texts;
    }

    /** Method and URI of every call so far. */
    List<String> calls() {
        return calls;
    }

    BlobServiceClient blobClient() {
        return new BlobServiceClientBuilder()
                .endpoint(endpoint())
                .credential(KEY)
                .retryOptions(ONCE)
                .buildClient();
    }

    DataLakeServiceClient lakeClient() {
        return new DataLakeServiceClientBuilder()
                .endpoint(endpoint())
                .credential(KEY)
                .retryOptions(ONCE)
                .buildClient();
    }

    private String endpoint() {
        return "http://127.0.0.1:" + port + "/" + ACCOUNT;
    }

    private void answer(HttpExchange http) throws IOException {
        byte[] sent = http.getRequestBody().readAllBytes();
        calls.add(http.getRequestMethod() + " " + http.getRequestURI());
        String path = http.getRequestURI().getPath().substring(ACCOUNT.length() + 2);
        String query = http.getRequestURI().getQuery() == null
                ? ""
                : http.getRequestURI().getQuery();
        try (http) {
            if (refusal != 0) {
                error(http, refusal);
            } else if (query.contains("comp=list")) {
                send(http, 200, list(path, query));
            } else if (query.contains("comp=blocklist")) {
                commit(path, new String(sent, StandardCharsets.UTF_8));
                send(http, 201, new byte[0]);
            } else if (query.contains("comp=block")) {
                blocks.put(parameter(query, "blockid"), sent);
                send(http, 201, new byte[0]);
            } else if (http.getRequestMethod().equals("PUT")) {
                blobs.put(path, sent);
                send(http, 201, new byte[0]);
            } else if (http.getRequestMethod().equals("DELETE")) {
                blobs.remove(path);
                send(http, 202, new byte[0]);
            } else if (blobs.containsKey(path)) {
                read(http, blobs.get(path));
            } else {
                error(http, 404);
            }
        }
    }

    private void commit(String path, String blockList) {
        List<byte[]> parts = new ArrayList<>();
        Matcher block = BLOCK.matcher(blockList);
        while (block.find()) {
            parts.add(blocks.remove(block.group(1)));
        }
        int length = parts.stream().mapToInt(part -> part.length).sum();
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        blobs.put(path, whole);
    }

    private byte[] list(String container, String query) {
        String prefix = container + "/" + (query.contains("prefix=") ? parameter(query, "prefix") : "");
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><EnumerationResults><Blobs>");
        blobs.forEach((path, content) -> {
            if (path.startsWith(prefix)) {
                xml.append("<Blob><Name>")
                        .append(path.substring(container.length() + 1))
                        .append("</Name><Properties><Content-Length>")
                        .append(content.length)
                        .append("</Content-Length></Properties></Blob>");
            }
        });
        return xml.append("</Blobs><NextMarker/></EnumerationResults>")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String parameter(String query, String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        throw new IllegalArgumentException(query);
    }

    private static void read(HttpExchange http, byte[] content) throws IOException {
        http.getResponseHeaders().set("x-ms-blob-type", "BlockBlob");
        http.getResponseHeaders().set("Accept-Ranges", "bytes");
        if (http.getRequestMethod().equals("HEAD")) {
            http.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
            head(http);
            http.sendResponseHeaders(200, -1);
            return;
        }
        http.getResponseHeaders().set("Content-Range", "bytes 0-%d/%d".formatted(content.length - 1, content.length));
        send(http, http.getRequestHeaders().containsKey("x-ms-range") ? 206 : 200, content);
    }

    private static void error(HttpExchange http, int status) throws IOException {
        http.getResponseHeaders().set("x-ms-error-code", "Refused");
        send(
                http,
                status,
                "<?xml version=\"1.0\"?><Error><Code>Refused</Code><Message>no</Message></Error>"
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange http, int status, byte[] body) throws IOException {
        head(http);
        boolean noBody = http.getRequestMethod().equals("HEAD");
        http.sendResponseHeaders(status, noBody || body.length == 0 ? -1 : body.length);
        if (!noBody && body.length > 0) {
            http.getResponseBody().write(body);
        }
    }

    private static void head(HttpExchange http) {
        http.getResponseHeaders().set("Content-Type", "application/xml");
        http.getResponseHeaders().set("ETag", "\"0x1\"");
        http.getResponseHeaders().set("Last-Modified", "Sun, 01 Mar 2026 10:00:00 GMT");
        http.getResponseHeaders().set("x-ms-request-id", Base64.getEncoder().encodeToString(new byte[] {1}));
        http.getResponseHeaders().set("x-ms-creation-time", "Sun, 01 Mar 2026 10:00:00 GMT");
    }
}
