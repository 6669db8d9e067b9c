package io.themis.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** wrk, on the PATH: asks for one person after the other, over several connections at once, for some seconds. */
final class Wrk {

    private static final Path SCRIPT = Path.of("src/test/resources/io/themis/bench/requests.lua");
    private static final Pattern MEASURED = Pattern.compile("(?m)^measured (\\d+) (\\d+) (\\d+) (\\S+) (\\S+) (\\S+)$");

    /**
     * @param sent also those whose answer was not waited for at the end
     * @param accepted answers 202
     * @param others answers, and connections that broke
     * @param medianMs of the time of an answer
     * @param slowMs all but one in a hundred take at most this
     */
    record Load(long sent, long accepted, long others, double seconds, double medianMs, double slowMs) {

        double aSecond() {
            return accepted / seconds;
        }
    }

    private Wrk() {}

    static boolean isThere() {
        try {
            new ProcessBuilder("wrk", "--version").start().destroy();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** @param name begins the address of everybody who is asked for */
    static Load ask(String url, String gatewayKey, String name, int connections, int seconds)
            throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "--threads=1",
                        "--connections=" + connections,
                        "--duration=" + seconds + "s",
                        "--script=" + SCRIPT,
                        url,
                        "--",
                        gatewayKey,
                        name)
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), UTF_8);
        Matcher measured = MEASURED.matcher(output);
        if (wrk.waitFor() != 0 || !measured.find()) {
            throw new IllegalStateException("wrk failed: " + output);
        }
        return new Load(
                Long.parseLong(measured.group(1)),
                Long.parseLong(measured.group(2)),
                Long.parseLong(measured.group(3)),
                Double.parseDouble(measured.group(4)),
                Double.parseDouble(measured.group(5)),
                Double.parseDouble(measured.group(6)));
    }
}
