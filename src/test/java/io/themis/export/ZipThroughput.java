package io.themis.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * How fast the package's zip is, in ratios that hold on any quiet machine. What is compared runs in turns; each figure is
 * the median of the turns.
 *
 * @param bytes of the one long file
 * @param seconds for it
 * @param jdkSeconds of {@link ZipOutputStream} at the same level, for the same bytes
 * @param entriesSeconds for 10,000 short files
 * @param twiceEntriesSeconds for 20,000 short files
 */
public record ZipThroughput(
        long bytes, double seconds, double jdkSeconds, double entriesSeconds, double twiceEntriesSeconds) {

    private static final int ENTRIES = 10_000;

    /** Uncounted, until the compiler is done. */
    private static final int WARM_UP = 2;

    private static final int TURNS = 5;

    /** How much faster than the JDK's; at most the number of cores. */
    public double gain() {
        return jdkSeconds / seconds;
    }

    /** Two, if the time for an entry does not grow with their number. */
    public double growth() {
        return twiceEntriesSeconds / entriesSeconds;
    }

    /** @param megabytes of the long file */
    public static ZipThroughput measure(int megabytes) throws IOException {
        byte[] posts = posts(1 << 20);
        double[][] seconds = new double[4][TURNS];
        for (int turn = -WARM_UP; turn < TURNS; turn++) {
            double[] now = {
                seconds(() -> zip(posts, posts.length, megabytes, 1)),
                seconds(() -> zipByTheJdk(posts, megabytes)),
                seconds(() -> zip(posts, 2000, 1, ENTRIES)),
                seconds(() -> zip(posts, 2000, 1, 2 * ENTRIES))
            };
            for (int i = 0; turn >= 0 && i < now.length; i++) {
                seconds[i][turn] = now[i];
            }
        }
        return new ZipThroughput(
                (long) megabytes * posts.length,
                median(seconds[0]),
                median(seconds[1]),
                median(seconds[2]),
                median(seconds[3]));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static void zip(byte[] content, int length, int times, int entries) throws IOException {
        try (ParallelZip zip = new ParallelZip(new BufferedOutputStream(OutputStream.nullOutputStream(), 64 * 1024))) {
            for (int i = 0; i < entries; i++) {
                zip.putEntry(new ZipArchiveEntry("posts-" + i + ".jsonl"), Zip64Mode.AsNeeded);
                for (int n = 0; n < times; n++) {
                    zip.write(content, 0, length);
                }
                zip.closeEntry();
            }
            zip.finish();
        }
    }

    private static void zipByTheJdk(byte[] content, int times) throws IOException {
        try (ZipOutputStream zip =
                new ZipOutputStream(new BufferedOutputStream(OutputStream.nullOutputStream(), 64 * 1024))) {
            zip.setLevel(DeflatedBlock.LEVEL);
            zip.putNextEntry(new ZipEntry("posts.jsonl"));
            for (int n = 0; n < times; n++) {
                zip.write(content, 0, content.length);
            }
        }
    }

    /** Rows of words, of which a few are frequent and most are rare: they deflate to a third, as real posts do. */
    private static byte[] posts(int length) {
        Random random = new Random(1);
        String[] words = new String[20_000];
        for (int i = 0; i < words.length; i++) {
            words[i] = random.ints(2 + random.nextInt(8), 'a', 'z' + 1)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
        }
        StringBuilder rows = new StringBuilder();
        for (int id = 0; rows.length() < length; id++) {
            rows.append("{\"Id\":\"").append(id).append("\",\"PostTypeId\":\"2\",\"OwnerUserId\":\"7\",\"Body\":\"<p>");
            int count = 20 + random.nextInt(200);
            for (int i = 0; i < count; i++) {
                rows.append(words[(int) (words.length * Math.pow(random.nextDouble(), 5))])
                        .append(' ');
            }
            rows.append("</p>\"}\n");
        }
        return rows.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }
}
