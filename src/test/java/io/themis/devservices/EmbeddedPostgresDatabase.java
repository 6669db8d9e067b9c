package io.themis.devservices;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/**
 * The request database: PostgreSQL 17 from embedded binaries, empty at first. Its data lies in a temporary folder, outlives
 * {@link #stop()} and is gone after {@link #close()}.
 */
public final class EmbeddedPostgresDatabase implements AutoCloseable {

    private final Path data;
    private final boolean isDurable;
    private Port port;
    private EmbeddedPostgres postgres;

    private EmbeddedPostgresDatabase(Port port, Path data, boolean isDurable) {
        this.port = port;
        this.data = data;
        this.isDurable = isDurable;
    }

    /** @throws PortTakenException when the port is in use */
    public static EmbeddedPostgresDatabase start(Port port) {
        return start(port, false);
    }

    /** One that has what was committed on disk, as in production; others lose the last of it with the machine. */
    public static EmbeddedPostgresDatabase startDurable() {
        return start(new Port("durable", 0), true);
    }

    private static EmbeddedPostgresDatabase start(Port port, boolean isDurable) {
        // In this folder the next start ends and deletes what a killed JVM has left behind.
        Path data = Path.of(
                System.getProperty("java.io.tmpdir"),
                "embedded-pg",
                UUID.randomUUID().toString());
        EmbeddedPostgresDatabase database = new EmbeddedPostgresDatabase(port, data, isDurable);
        database.start();
        return database;
    }

    /** Starts it again, on the same port and with the data it had. */
    public synchronized void start() {
        if (postgres != null) {
            throw new IllegalStateException("PostgreSQL is running already");
        }
        port.requireFree();
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
            if (isDurable) {
                builder.setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on");
            }
            postgres = builder.setPort(port.number())
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // The library's own hook would run beside the application's and take the database away too early.
                    .setRegisterShutdownHook(false)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
        port = new Port(port.setting(), postgres.getPort());
    }

    /** Ends every connection and takes no more. */
    public synchronized void stop() {
        if (postgres == null) {
            return;
        }
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not stop", e);
        }
        postgres = null;
    }

    public String url() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port.number());
    }

    public String username() {
        return "postgres";
    }

    /** Any password will do: the database trusts whoever comes from this machine. */
    public String password() {
        return "postgres";
    }

    @Override
    public void close() {
        stop();
        try {
            FileSystemUtils.deleteRecursively(data);
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL's data can't be deleted", e);
        }
    }
}
