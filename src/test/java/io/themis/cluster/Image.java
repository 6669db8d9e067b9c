package io.themis.cluster;

import io.themis.ThemisJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** What the Dockerfile does, without Docker. */
public final class Image {

    private static final Path DOCKERFILE = Path.of("Dockerfile");
    private static final Path ARCHIVE_CLASSES = Path.of("docker/archive-classes");
    private static final Pattern OPTIONS = Pattern.compile("(?m)^ENV JAVA_TOOL_OPTIONS=\"([^\"]+)\"");
    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    private Image() {}

    /**
     * Lays the layers of the packaged jar over each other.
     *
     * @return the folder with {@code themis.jar} and its libraries
     */
    public static Path unpack(Path folder) throws IOException, InterruptedException {
        Path work = Files.createDirectories(folder);
        Path jar = Files.copy(ThemisJar.file(), work.resolve("themis.jar"));
        run(work, java(), "-Djarmode=tools", "-jar", jar.toString(), "extract", "--layers", "--destination", "layers");
        Path image = Files.createDirectory(work.resolve("themis"));
        for (String layer : List.of("dependencies", "snapshot-dependencies", "application")) {
            FileSystemUtils.copyRecursively(work.resolve("layers").resolve(layer), image);
        }
        return image;
    }

    public static void archiveClasses(Path image) throws IOException, InterruptedException {
        run(image, "sh", ARCHIVE_CLASSES.toAbsolutePath().toString());
    }

    /** Of the JVM, as the image has them. */
    public static List<String> options(Path image) throws IOException {
        return all().map(option -> option.startsWith(ARCHIVE) ? ARCHIVE + image.resolve("themis.jsa") : option)
                .toList();
    }

    public static List<String> optionsWithoutArchive() throws IOException {
        return all().filter(option -> !option.startsWith(ARCHIVE)).toList();
    }

    private static Stream<String> all() throws IOException {
        Matcher options = OPTIONS.matcher(Files.readString(DOCKERFILE));
        if (!options.find()) {
            throw new IllegalStateException("no JAVA_TOOL_OPTIONS in " + DOCKERFILE);
        }
        return Stream.of(options.group(1).split(" "));
    }

    public static Map<String, String> environment() throws IOException {
        Matcher arenas = Pattern.compile("MALLOC_ARENA_MAX=(\\d+)").matcher(Files.readString(DOCKERFILE));
        if (!arenas.find()) {
            throw new IllegalStateException("no MALLOC_ARENA_MAX in " + DOCKERFILE);
        }
        return Map.of("MALLOC_ARENA_MAX", arenas.group(1));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(?i)(THEMIS|SPRING|JAVA_TOOL|JDK_JAVA).*"));
        builder.environment().merge("PATH", Path.of(java()).getParent().toString(), (path, bin) -> bin + ":" + path);
        if (builder.start().waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + Files.readString(log));
        }
    }
}
