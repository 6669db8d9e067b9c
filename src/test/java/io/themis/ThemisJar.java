package io.themis;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged jar, run as an operator runs it: {@code java -jar}, in an empty folder, with settings and nothing else. */
public final class ThemisJar implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+) ");
    private static final int SECONDS_TO_START = 180;
    private static final int SECONDS_TO_STOP = 60;

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Thread reader = new Thread(this::read, "themis-jar-output");

    private ThemisJar(Process process) {
        this.process = process;
        reader.setDaemon(true);
        reader.start();
    }

    /** What {@code package} has made. */
    public static Path file() {
        String file = System.getProperty("themis.jar");
        if (file == null || !Files.exists(Path.of(file))) {
            throw new IllegalStateException("There is no packaged jar: run this with mvn verify");
        }
        return Path.of(file);
    }

    static ThemisJar start(Path folder, List<String> options, Map<String, String> settings) throws IOException {
        return start(folder, options, List.of(), settings);
    }

    /** @param words of a command, such as {@code check}; none for the service */
    static ThemisJar start(Path folder, List<String> options, List<String> words, Map<String, String> settings)
            throws IOException {
        return start(file(), folder, options, words, settings, Map.of());
    }

    /**
     * As an image has it: unpacked, its libraries beside it, with {@code themis.jar} to start.
     *
     * @param environment for the JVM, besides this process's own
     */
    public static ThemisJar startUnpacked(
            Path folder, List<String> options, Map<String, String> settings, Map<String, String> environment)
            throws IOException {
        return start(folder.resolve("themis.jar"), folder, options, List.of(), settings, environment);
    }

    static ThemisJar start(
            Path jar,
            Path folder,
            List<String> options,
            List<String> words,
            Map<String, String> settings,
            Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(words);
        settings.forEach((name, value) -> command.add("--" + name + "=" + value));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().keySet().removeIf(name -> name.matches("(?i)(THEMIS|SPRING|JAVA_TOOL|JDK_JAVA).*"));
        return new ThemisJar(builder.start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                if (line.contains("Started ThemisApplication")) {
                    started.complete(null);
                }
            }
        } catch (IOException e) {
            // It was stopped, and its output closed with it.
        }
        started.completeExceptionally(new IllegalStateException("it ended"));
    }

    public void awaitStarted() throws InterruptedException {
        try {
            started.get(SECONDS_TO_START, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("The jar did not start: " + String.join("\n", output), e);
        }
    }

    /** Its exit code, once it has ended by itself. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(SECONDS_TO_START, TimeUnit.SECONDS)) {
            throw new AssertionError("The jar did not end: " + String.join("\n", output));
        }
        reader.join();
        return process.exitValue();
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it by SIGTERM, as Kubernetes does. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
            throw new AssertionError("The jar did not stop: " + String.join("\n", output));
        }
        reader.join();
    }

    int port() {
        return ports().get(0);
    }

    public int managementPort() {
        return ports().get(1);
    }

    private List<Integer> ports() {
        return output.stream()
                .map(PORT::matcher)
                .filter(Matcher::find)
                .map(port -> Integer.valueOf(port.group(1)))
                .toList();
    }

    /** What it has written so far, its log above all. */
    List<String> output() {
        return output;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
