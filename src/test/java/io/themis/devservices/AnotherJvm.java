package io.themis.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a part of a test in a JVM of its own, with the class path of this one. */
public final class AnotherJvm {

    // As source: with a second main method among the test classes, "mvn spring-boot:test-run" knows no more which to
    // run.
    private static final String PROGRAM = """
            class Program {
                public static void main(String[] args) throws Exception {
                    var task = Class.forName(args[0]).getDeclaredConstructor();
                    task.setAccessible(true);
                    ((Runnable) task.newInstance()).run();
                }
            }
            """;

    private AnotherJvm() {}

    /**
     * Standard output can be read from the process; standard error is that of this JVM.
     *
     * @param task has a constructor without parameters
     */
    public static Process start(Class<? extends Runnable> task, String... options) throws IOException {
        Path program = Files.createTempFile("Program", ".java");
        program.toFile().deleteOnExit();
        Files.writeString(program, PROGRAM);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.toString(), task.getName()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
