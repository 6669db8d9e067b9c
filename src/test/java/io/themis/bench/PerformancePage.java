package io.themis.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A part of {@code target/bench/performance.md}. Each benchmark writes its own, maybe in a JVM of its own, and the page is made
 * anew of all that are there: first what must be shown, then the parts by their names. A part of an earlier run stays
 * until its benchmark runs again; each says when it was measured.
 */
final class PerformancePage {

    private static final Path FOLDER = Path.of("target/bench");
    private static final Path PARTS = FOLDER.resolve("parts");
    private static final String BOUNDS = ".bounds.md";
    private static final String TEXT = ".text.md";

    private final String name;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder bounds = new StringBuilder();

    /**
     * @param name sorts the part among the others
     * @param versions of what Themis is compared with
     */
    PerformancePage(String name, String title, String... versions) {
        this.name = name;
        text.append("\n## ").append(title).append("\n\nMeasured on ").append(LocalDate.now(ZoneOffset.UTC));
        text.append(" in a JVM with ").append(heap());
        text.append(Stream.of(versions).map(version -> "; " + version).collect(Collectors.joining()))
                .append(".\n");
    }

    void say(String paragraph) {
        text.append('\n').append(paragraph).append('\n');
    }

    /** Begins a table. */
    void header(String... cells) {
        text.append('\n');
        row(cells);
        row(Arrays.stream(cells).map(cell -> "---").toArray(String[]::new));
    }

    void row(String... cells) {
        text.append(line(cells));
    }

    /** What is at least, or else at most, asked for. Not to reach it is no failure: machines differ. */
    void atLeast(String what, double bound, double measured) {
        bound(what, "≥ " + ratio(bound), measured, measured >= bound);
    }

    void atMost(String what, double bound, double measured) {
        bound(what, "≤ " + ratio(bound), measured, measured <= bound);
    }

    /** A share that is told in percent, as it is small. */
    void atMostPercent(String what, double bound, double measured) {
        bounds.append(line(what, "≤ " + percent(bound), percent(measured), met(measured <= bound)));
    }

    /** A ratio of which nothing is asked. */
    void told(String what, double measured) {
        bounds.append(line(what, "", ratio(measured), ""));
    }

    private void bound(String what, String bound, double measured, boolean met) {
        bounds.append(line(what, bound, ratio(measured), met(met)));
    }

    private static String met(boolean isMet) {
        return isMet ? "met" : "**not met**";
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, "%,.0f", seconds * 1000);
    }

    /** Keeps this part, makes the page anew and prints it. */
    void write() throws IOException {
        Files.createDirectories(PARTS);
        Files.writeString(PARTS.resolve(name + TEXT), text);
        Files.writeString(PARTS.resolve(name + BOUNDS), bounds);
        String page = "# Performance\n\n" + machine() + "\n\n## Must show\n\n"
                + line("what", "asked for", "measured", "")
                + line("---", "---", "---", "---")
                + parts(BOUNDS)
                + parts(TEXT);
        Files.writeString(FOLDER.resolve("performance.md"), page);
        System.out.println(page);
    }

    private static String parts(String kind) throws IOException {
        List<String> parts = new ArrayList<>();
        try (Stream<Path> files = Files.list(PARTS)) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(kind)) {
                    parts.add(Files.readString(file));
                }
            }
        }
        return String.join("", parts);
    }

    private static String line(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String machine() throws IOException {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "%d cores of %s, %.0f GiB of memory, %s; JDK %s (%s)."
                .formatted(
                        system.getAvailableProcessors(),
                        processor(),
                        system.getTotalMemorySize() / Math.pow(2, 30),
                        System.getProperty("os.name"),
                        Runtime.version(),
                        System.getProperty("java.vm.vendor"));
    }

    /** Java knows the architecture only; Linux tells more. */
    private static String processor() throws IOException {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (Files.exists(cpuinfo)) {
            for (String line : Files.readAllLines(cpuinfo)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        }
        return System.getProperty("os.arch");
    }

    private static String heap() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-Xmx"))
                .findFirst()
                .orElse("a heap of no fixed size");
    }
}
