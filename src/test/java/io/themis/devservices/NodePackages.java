package io.themis.devservices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The npm packages of {@code src/test/npm}, installed in {@code target/npm} exactly as the lock file says. They are
 * fetched when they are missing or of another lock file; several JVMs may ask at the same time.
 */
public final class NodePackages {

    private static final Logger log = LoggerFactory.getLogger(NodePackages.class);
    private static final List<String> FILES = List.of("package.json", "package-lock.json", ".npmrc");
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private final Path source;
    private final Path installed;

    NodePackages(Path source, Path installed) {
        this.source = source.toAbsolutePath();
        this.installed = installed.toAbsolutePath();
    }

    /** The packages of the project in whose folder this JVM runs. */
    public static NodePackages ofProject() {
        return new NodePackages(Path.of("src/test/npm"), Path.of("target/npm"));
    }

    /** A file beside {@code package.json}. */
    Path script(String name) {
        return source.resolve(name);
    }

    /**
     * A file of an installed package.
     *
     * @throws DevServicesException when npm is missing or fails; the message says what to do
     */
    public Path file(String name) {
        if (!Files.exists(source.resolve("package-lock.json"))) {
            throw new DevServicesException(
                    "There is no package-lock.json in " + source + ": run this in the folder of the project.");
        }
        try {
            install();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not install the npm packages in " + installed, e);
        }
        return installed.resolve("node_modules").resolve(name);
    }

    // A file lock holds between JVMs only; within one it would throw, hence synchronized.
    private void install() throws IOException {
        synchronized (NodePackages.class) {
            Files.createDirectories(installed);
            try (FileChannel channel = FileChannel.open(
                            installed.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!isCurrent()) {
                    log.info("Fetching Azurite and what tests in a browser need, once (npm ci) …");
                    for (String file : FILES) {
                        Files.copy(source.resolve(file), installed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
                    }
                    npmCi();
                    Files.copy(source.resolve("package-lock.json"), mark(), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private boolean isCurrent() throws IOException {
        return Files.exists(mark()) && Files.mismatch(source.resolve("package-lock.json"), mark()) == -1;
    }

    /** Lies in the folder that npm deletes first and is written last: where it is, the installation is whole. */
    private Path mark() {
        return installed.resolve("node_modules/.installed-package-lock.json");
    }

    private void npmCi() throws IOException {
        Path output = installed.resolve("npm-ci.log");
        Process npm;
        try {
            npm = new ProcessBuilder(WINDOWS ? "npm.cmd" : "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                    .directory(installed.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new DevServicesException(
                    "npm could not be started. Azurite, the storage of tests and development, needs Node.js 20 or newer"
                            + " with npm on the PATH.",
                    e);
        }
        try {
            if (npm.waitFor() != 0) {
                throw new DevServicesException("npm ci failed in %s: %s (all of its output is in %s)"
                        .formatted(installed, Files.readString(output).strip(), output.getFileName()));
            }
        } catch (InterruptedException e) {
            npm.destroy();
            Thread.currentThread().interrupt();
            throw new DevServicesException("Stopped while npm was fetching packages", e);
        }
    }
}
