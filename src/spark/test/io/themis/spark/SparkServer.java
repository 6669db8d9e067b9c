package io.themis.spark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of Spark, which can be killed: a Connect server, or the master or a worker of a cluster. From the jars that {@code src/spark/server} names. */
public final class SparkServer implements AutoCloseable {

    private static final int SECONDS_TO_START = 120;
    private static final String MEMORY = "-Xmx1g";

    /** As Spark's own scripts have them. */
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.base/sun.nio.cs",
            "java.base/sun.security.action",
            "java.base/sun.util.calendar",
            "java.security.jgss/sun.security.krb5");

    private final Process process;
    private final int port;

    private SparkServer(String mainClass, int port, String started, List<String> settings, String... arguments) {
        this.port = port;
        List<String> command = new ArrayList<>(List.of(java(), MEMORY));
        OPENED.forEach(opened -> command.add("--add-opens=" + opened + "=ALL-UNNAMED"));
        command.add("-Djdk.reflect.useDirectMethodHandle=false");
        command.add("-Dio.netty.tryReflectionSetAccessible=true");
        command.add("-Dspark.ui.enabled=false");
        settings.forEach(setting -> command.add("-D" + setting));
        command.addAll(List.of("-cp", classPath(), mainClass));
        command.addAll(List.of(arguments));
        CompletableFuture<String> ready = new CompletableFuture<>();
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment()
                    .putAll(Map.of(
                            "SPARK_HOME", home().toString(),
                            "SPARK_SCALA_VERSION", "2.13",
                            "SPARK_LOCAL_IP", "127.0.0.1"));
            process = builder.start();
            Thread reader = new Thread(() -> read(started, ready), "spark-output");
            reader.setDaemon(true);
            reader.start();
            ready.get(SECONDS_TO_START, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("Spark did not start", e);
        }
    }

    /** A server that works alone, with two threads. */
    public static SparkServer alone(String... settings) {
        return connect("local[2]", freePort(), settings);
    }

    /** Another one where this one, which has ended, was. */
    public SparkServer again() {
        return connect("local[2]", port);
    }

    /** A server whose work is done by the workers of a master. */
    public static SparkServer of(SparkServer master, String... settings) {
        return connect(master.address("spark"), freePort(), settings);
    }

    private static SparkServer connect(String master, int port, String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "spark.master=" + master,
                "spark.app.name=themis",
                "spark.executor.memory=512m",
                "spark.driver.host=127.0.0.1",
                "spark.sql.shuffle.partitions=4",
                "spark.connect.grpc.binding.address=127.0.0.1",
                "spark.connect.grpc.binding.port=" + port));
        all.addAll(List.of(settings));
        return new SparkServer(
                "org.apache.spark.sql.connect.service.SparkConnectServer", port, "Spark Connect server started", all);
    }

    public static SparkServer master() {
        int port = freePort();
        return new SparkServer(
                "org.apache.spark.deploy.master.Master",
                port,
                "I have been elected leader",
                List.of(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--webui-port",
                "0");
    }

    public static SparkServer worker(SparkServer master) {
        return new SparkServer(
                "org.apache.spark.deploy.worker.Worker",
                0,
                "Successfully registered with master",
                List.of(),
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                "512m",
                "--webui-port",
                "0",
                "--work-dir",
                "target/spark-work",
                master.address("spark"));
    }

    /** @param scheme {@code sc} of a server, {@code spark} of a master */
    public String address(String scheme) {
        return "%s://127.0.0.1:%d".formatted(scheme, port);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it without a word to anybody, with the processes that it has started. */
    public void kill() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    private void read(String started, CompletableFuture<String> ready) {
        List<String> output = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(started)) {
                    ready.complete(line);
                }
                if (!ready.isDone()) {
                    output.add(line);
                }
            }
        } catch (IOException e) {
            // The process has ended, as below
        }
        ready.completeExceptionally(new IllegalStateException(String.join("\n", output)));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Where workers look for what executors run on. */
    private static Path home() throws IOException {
        Path home = Path.of("target/spark-home").toAbsolutePath();
        Path jars = Files.createDirectories(home.resolve("jars"));
        for (String jar : classPath().split(File.pathSeparator)) {
            Path link = jars.resolve(Path.of(jar).getFileName());
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of(jar));
            }
        }
        return home;
    }

    private static String classPath() {
        try {
            return Files.readString(Path.of("target/spark-server.classpath")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("mvn -Pspark writes it", e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
