package io.themis.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The browser's program: the one that the system property names, or else one on the PATH. */
final class Chromium {

    static final String HOW_TO_GET_IT =
            "put one on the PATH (Debian: apt-get install chromium), or name its program with"
                    + " -Dthemis.chromium=PATH";

    private static final String PROPERTY = "themis.chromium";
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private Chromium() {}

    /**
     * The program, if there is one.
     *
     * @throws IllegalStateException when the property names something that can't be run: who names it wants the tests
     */
    static Optional<Path> find() {
        String named = System.getProperty(PROPERTY);
        if (named == null) {
            return NAMES.stream().flatMap(Chromium::onThePath).findFirst();
        }
        Path program = Path.of(named);
        if (named.isBlank() || !isProgram(program)) {
            throw new IllegalStateException(
                    "%s says \"%s\", which is no program: %s".formatted(PROPERTY, named, HOW_TO_GET_IT));
        }
        return Optional.of(program);
    }

    private static Stream<Path> onThePath(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(place -> Path.of(place, name))
                .filter(Chromium::isProgram);
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
