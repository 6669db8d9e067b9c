package io.themis.devservices;

import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * Azurite's blob service, the real one from npm, in a process of its own that ends with this JVM however that ends. Its
 * data lies in a temporary folder, outlives {@link #stop()} and is gone after {@link #close()}.
 */
public final class Azurite implements AutoCloseable {

    /** The account that every Azurite has; name and key are public. */
    public static final String ACCOUNT_NAME = "devstoreaccount1";

    public static final String ACCOUNT_KEY =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    static final List<String> CONTAINERS = List.of("lake", "staging", "packages", "review", "index");

    private static final Logger log = LoggerFactory.getLogger(Azurite.class);
    private static final Pattern LISTENING = Pattern.compile("successfully listens on http://[^:]+:(\\d+)");
    private static final int SECONDS_TO_START = 60;
    private static final int SECONDS_TO_STOP = 10;

    private final NodePackages packages;
    private final Path data;
    private Port port;
    private Process process;

    private Azurite(NodePackages packages, Port port, Path data) {
        this.packages = packages;
        this.port = port;
        this.data = data;
    }

    /**
     * Starts Azurite with empty containers {@code lake}, {@code staging}, {@code packages} and {@code review}.
     *
     * @throws PortTakenException when the port is in use
     * @throws DevServicesException when node or npm is missing, or Azurite does not start; the message says which
     */
    public static Azurite start(Port port) {
        Azurite azurite;
        try {
            azurite = new Azurite(NodePackages.ofProject(), port, Files.createTempDirectory("themis-azurite"));
        } catch (IOException e) {
            throw new UncheckedIOException("Could not create a folder for Azurite's data", e);
        }
        try {
            azurite.start();
            BlobServiceClient client = azurite.client();
            CONTAINERS.forEach(client::createBlobContainer);
            return azurite;
        } catch (RuntimeException e) {
            azurite.close();
            throw e;
        }
    }

    /** Starts Azurite again, on the same port and with the data it had. */
    public synchronized void start() {
        if (process != null) {
            throw new IllegalStateException("Azurite is running already");
        }
        port.requireFree();
        ProcessBuilder builder = new ProcessBuilder(
                        "node",
                        packages.script("run-azurite.js").toString(),
                        packages.file("azurite/dist/src/blob/main.js").toString(),
                        data.toString(),
                        "--blobHost",
                        "127.0.0.1",
                        "--blobPort",
                        Integer.toString(port.number()),
                        "--silent",
                        "--skipApiVersionCheck",
                        "--disableTelemetry")
                .redirectErrorStream(true);
        // Other accounts or a database for somebody else's Azurite.
        builder.environment().keySet().removeIf(name -> name.startsWith("AZURITE_"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new DevServicesException(
                    "node could not be started. Azurite, the storage of tests and development, needs Node.js 20 or newer"
                            + " on the PATH.",
                    e);
        }
        port = new Port(port.setting(), awaitListening());
    }

    private int awaitListening() {
        CompletableFuture<Integer> listening = new CompletableFuture<>();
        Process started = process;
        Thread reader = new Thread(() -> read(started, listening), "azurite-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return listening.get(SECONDS_TO_START, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            stop();
            throw new DevServicesException(
                    e instanceof TimeoutException
                            ? "Azurite did not listen within " + SECONDS_TO_START + " seconds."
                            : e.getCause().getMessage(),
                    e);
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new DevServicesException("Stopped while Azurite was starting", e);
        }
    }

    private static void read(Process process, CompletableFuture<Integer> listening) {
        Deque<String> lastLines = new ArrayDeque<>();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                log.debug(line);
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    listening.complete(Integer.valueOf(matcher.group(1)));
                }
                lastLines.add(line);
                if (lastLines.size() > 20) {
                    lastLines.remove();
                }
            }
        } catch (IOException e) {
            lastLines.add(e.getMessage());
        }
        listening.completeExceptionally(
                new DevServicesException("Azurite ended instead of starting: " + String.join(" | ", lastLines)));
    }

    /** Ends the process, open connections included. */
    public synchronized void stop() {
        end("keep");
    }

    private void end(String word) {
        if (process == null) {
            return;
        }
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(word.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            log.debug("Azurite's process has already ended", e);
        }
        try {
            if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /** {@code http://127.0.0.1:<port>/devstoreaccount1}. */
    public String endpoint() {
        return "http://127.0.0.1:%d/%s".formatted(port.number(), ACCOUNT_NAME);
    }

    /** The folder with the data. */
    public Path data() {
        return data;
    }

    /** A client with all rights. */
    public BlobServiceClient client() {
        return new BlobServiceClientBuilder()
                .endpoint(endpoint())
                .credential(new StorageSharedKeyCredential(ACCOUNT_NAME, ACCOUNT_KEY))
                .buildClient();
    }

    @Override
    public synchronized void close() {
        end("");
        try {
            FileSystemUtils.deleteRecursively(data);
        } catch (IOException e) {
            log.warn("Could not delete {}, which holds Azurite's data", data, e);
        }
    }
}
