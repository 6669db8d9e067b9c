package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deflating on several threads: the same files come out, whatever their lengths, and whatever fails. */
@Timeout(120)
class ParallelZipTest {

    private static final int BLOCK = ParallelZip.BLOCK;
    private static final String WRITER = "package-zip";

    @TempDir
    private Path folder;

    @Test
    void filesOfAnyLengthAndKindComeOutAsTheyWentIn() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        Random random = new Random(3);
        for (int length : List.of(0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, 40 * BLOCK + 17)) {
            for (Kind kind : Kind.values()) {
                files.put("edge/%s-%d".formatted(kind, length), kind.make(length, random));
            }
        }
        byte[] zip = zip(files, random);

        assertThat(readByCommonsCompress(zip)).containsExactlyEntriesOf(hex(files));
        assertThat(readByTheJdkAsAStream(zip)).containsExactlyEntriesOf(hex(files));
        assertThat(readByTheJdkAsAFile(zip)).containsExactlyEntriesOf(hex(files));
        Path path = Files.write(folder.resolve("edges.zip"), zip);
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        MachineTool.run(unpacked, "unzip", "-qq", path.toString());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            assertThat(Arrays.equals(Files.readAllBytes(unpacked.resolve(file.getKey())), file.getValue()))
                    .as(file.getKey())
                    .isTrue();
        }
        MachineTool.run(
                folder,
                "python3",
                "-c",
                "import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip())",
                path.toString());
    }

    @Test
    void anyMixOfManyFilesComesOutAsItWentIn() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 30; round++) {
            Map<String, byte[]> files = new LinkedHashMap<>();
            int count = random.nextInt(60);
            for (int i = 0; i < count; i++) {
                int atMost = 1 << random.nextInt(20);
                Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
                files.put("f-" + i, kind.make(random.nextInt(atMost), random));
            }

            assertThat(readByCommonsCompress(zip(files, random)))
                    .as("round %d", round)
                    .containsExactlyEntriesOf(hex(files));
        }
    }

    @Test
    void theSameFilesMakeTheSameBytes() throws Exception {
        Map<String, byte[]> files = Map.of("a", Kind.TEXT.make(20 * BLOCK, new Random(1)));

        assertThat(Arrays.equals(zip(files, new Random(2)), zip(files, new Random(3))))
                .isTrue();
    }

    @Test
    void aRepetitionIsFoundAcrossTheEndOfABlock() throws Exception {
        byte[] once = Kind.NOISE.make(30_000, new Random(4));
        byte[] repeated = new byte[2 * BLOCK];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = once[i % once.length];
        }

        // Twice where each block began anew
        assertThat(zip(Map.of("a", repeated), new Random(5)).length).isLessThan(45_000);
    }

    @Test
    void severalPackagesAtATimeDoNotMeet() throws Exception {
        ExecutorService packages = Executors.newFixedThreadPool(6);
        List<Future<byte[]>> zips = IntStream.range(0, 6)
                .mapToObj(seed -> packages.submit(() -> zip(mixed(seed), new Random(seed))))
                .toList();
        for (int seed = 0; seed < 6; seed++) {
            assertThat(readByCommonsCompress(zips.get(seed).get())).containsExactlyEntriesOf(hex(mixed(seed)));
        }
        packages.shutdown();
    }

    private static Map<String, byte[]> mixed(int seed) {
        Random random = new Random(seed);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < 40; i++) {
            files.put("f-" + i, Kind.TEXT.make(random.nextInt(2 * BLOCK), random));
        }
        return files;
    }

    /** A slow reader of the zip holds up the writer of the files before they fill the memory. */
    @Test
    void noMoreThanAFewBlocksAreUnderWay() throws Exception {
        CountDownLatch isRead = new CountDownLatch(1);
        AtomicLong taken = new AtomicLong();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                try {
                    isRead.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        int fileLength = 100 * BLOCK;
        Thread sender = new Thread(() -> {
            try (PackageZip zip = new PackageZip(slow, SamplePackage.CREATED)) {
                byte[] noise = Kind.NOISE.make(BLOCK, new Random(6));
                zip.add("long", fileLength, out -> {
                    for (int at = 0; at < fileLength; at += BLOCK) {
                        out.write(noise);
                        taken.addAndGet(BLOCK);
                    }
                });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        sender.start();
        Awaitility.await().until(() -> sender.getState() == Thread.State.WAITING);
        long held = taken.get();
        isRead.countDown();
        sender.join();

        assertThat(held).isLessThan(10L * BLOCK);
        assertThat(writers()).isZero();
    }

    @Test
    void whatTheStreamBeneathThrowsReachesTheCallerAndEndsTheThread() throws Exception {
        IOException full = new IOException("no room");
        OutputStream out = new OutputStream() {
            private int left = 300_000;

            @Override
            public void write(int b) throws IOException {
                if (left-- <= 0) {
                    throw full;
                }
            }
        };
        byte[] noise = Kind.NOISE.make(BLOCK, new Random(8));

        assertThatThrownBy(() -> {
                    try (PackageZip zip = new PackageZip(out, SamplePackage.CREATED)) {
                        for (int i = 0; i < 100; i++) {
                            zip.add("f-" + i, BLOCK, file -> file.write(noise));
                        }
                    }
                })
                .isSameAs(full);
        assertThat(writers()).isZero();
    }

    @Test
    void aFailureInAFileEndsTheThreadAndLeavesNoZip() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] text = Kind.TEXT.make(5 * BLOCK, new Random(9));

        assertThatThrownBy(() -> {
                    try (PackageZip zip = new PackageZip(out, SamplePackage.CREATED)) {
                        zip.add("whole", text.length, file -> file.write(text));
                        zip.add("half", text.length, file -> {
                            file.write(text);
                            throw new PartDamagedException("part", "it ends early");
                        });
                    }
                })
                .isInstanceOf(PartDamagedException.class);
        assertThat(writers()).isZero();
        assertThat(new String(out.toByteArray(), StandardCharsets.ISO_8859_1)).doesNotContain("PK\5\6");
    }

    private static long writers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(WRITER))
                .count();
    }

    private enum Kind {
        TEXT,
        NOISE;

        byte[] make(int length, Random random) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            if (this == TEXT) {
                for (int i = 0; i < length; i++) {
                    bytes[i] = (byte) ("{\"a\": b,\n".charAt((bytes[i] & 0xff) % 9));
                }
            }
            return bytes;
        }
    }

    /** Each file in pieces of any length. */
    private static byte[] zip(Map<String, byte[]> files, Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PackageZip zip = new PackageZip(out, SamplePackage.CREATED)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                byte[] content = file.getValue();
                zip.add(file.getKey(), content.length, body -> {
                    for (int at = 0; at < content.length; ) {
                        int count = Math.min(content.length - at, 1 + random.nextInt(3 * BLOCK));
                        body.write(content, at, count);
                        at += count;
                    }
                });
            }
            zip.finish("test.zip");
        }
        return out.toByteArray();
    }

    private static Map<String, String> hex(Map<String, byte[]> files) throws Exception {
        Map<String, String> sums = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            sums.put(file.getKey(), sum(file.getValue()));
        }
        return sums;
    }

    private static String sum(byte[] content) throws Exception {
        return content.length + " "
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static Map<String, String> readByCommonsCompress(byte[] zip) throws Exception {
        Map<String, String> sums = new LinkedHashMap<>();
        try (ZipArchiveInputStream in = new ZipArchiveInputStream(new ByteArrayInputStream(zip))) {
            for (ZipArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                sums.put(entry.getName(), sum(in.readAllBytes()));
            }
        }
        return sums;
    }

    private static Map<String, String> readByTheJdkAsAStream(byte[] zip) throws Exception {
        Map<String, String> sums = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                sums.put(entry.getName(), sum(in.readAllBytes()));
            }
        }
        return sums;
    }

    private Map<String, String> readByTheJdkAsAFile(byte[] zip) throws Exception {
        Map<String, String> sums = new LinkedHashMap<>();
        try (ZipFile file =
                new ZipFile(Files.write(folder.resolve("file.zip"), zip).toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                sums.put(entry.getName(), sum(file.getInputStream(entry).readAllBytes()));
            }
        }
        return sums;
    }
}
