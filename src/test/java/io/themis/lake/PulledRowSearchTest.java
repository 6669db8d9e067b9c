package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a download goes, what is written is what is read, and no thread is left. */
@Timeout(60)
class PulledRowSearchTest {

    private static final byte[] MUCH = new byte[1 << 20];

    static {
        new Random(1).nextBytes(MUCH);
    }

    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private PulledRowSearch search = new PulledRowSearch(this::readAll);

    @AfterEach
    void noThreadIsLeft() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("lake-file-reader")));
    }

    @Test
    void whatIsWrittenIsReadInItsOrder() throws Exception {
        Random random = new Random(2);
        for (int round = 0; round < 20; round++) {
            read.reset();
            search = new PulledRowSearch(this::readAll);
            for (int from = 0; from < MUCH.length; ) {
                int length = Math.min(random.nextInt(300_000), MUCH.length - from);
                search.write(MUCH, from, length);
                from += length;
            }
            search.write(7);
            search.close();

            assertThat(search.finish()).isEqualTo(new Searched(MUCH.length + 1, 3, 2));
            assertThat(read.toByteArray()).startsWith(MUCH).endsWith(7).hasSize(MUCH.length + 1);
        }
    }

    @Test
    void anEmptyFileIsRead() throws Exception {
        assertThat(search.finish()).isEqualTo(new Searched(0, 3, 2));
    }

    @Test
    void aSearchThatIsNeverWrittenToHasNoThread() {
        search.close();
    }

    @Test
    void aDownloadThatBreaksOffClosesItsSinkAndThatEndsTheThread() throws Exception {
        search.write(MUCH);
        search.close();
    }

    @Test
    void theRestOfAnUnreadableFileIsTakenInAndIgnored() throws Exception {
        search = new PulledRowSearch(file -> {
            file.readNBytes(10);
            throw new UnreadableFileException("no good", 1);
        });
        for (int i = 0; i < 10; i++) {
            search.write(MUCH);
        }

        assertThatExceptionOfType(UnreadableFileException.class)
                .isThrownBy(search::finish)
                .withMessage("no good, after row 1");
    }

    @Test
    void aFailureOfTheSinkComesBackToTheWriterAndStays() throws Exception {
        IOException full = new IOException("store is full");
        search = new PulledRowSearch(file -> {
            file.readNBytes(10);
            throw full;
        });

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        search.write(MUCH);
                    }
                })
                .isSameAs(full);
        assertThatThrownBy(() -> search.write(1)).isSameAs(full);
        assertThatThrownBy(search::finish).isSameAs(full);
    }

    @Test
    void nothingThatGoesWrongIsTakenForTheEndOfTheFile() throws Exception {
        search = new PulledRowSearch(file -> {
            throw new StackOverflowError();
        });

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(search::finish)
                .withCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void anInterruptedWriterLetsGoOfTheReader() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Throwable> ofReader = new AtomicReference<>();
        search = new PulledRowSearch(file -> {
            try {
                goOn.await();
                return readAll(file);
            } catch (IOException | InterruptedException e) {
                ofReader.set(e);
                throw new IOException(e);
            }
        });
        AtomicReference<Throwable> ofWriter = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try {
                search.write(MUCH);
            } catch (IOException e) {
                ofWriter.set(e);
            }
        });
        writer.start();
        await().until(() -> writer.getState() == Thread.State.WAITING);
        writer.interrupt();
        writer.join();
        goOn.countDown();

        assertThat(ofWriter.get()).isInstanceOf(InterruptedIOException.class);
        await().until(() -> ofReader.get() instanceof InterruptedIOException);
    }

    @Test
    void aSlowReaderHoldsTheWriterUp() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        search = new PulledRowSearch(file -> {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return readAll(file);
        });
        Thread writer = new Thread(() -> {
            try {
                search.write(MUCH);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        await().until(() -> writer.getState() == Thread.State.WAITING);
        goOn.countDown();
        writer.join();

        assertThat(search.finish().bytes()).isEqualTo(MUCH.length);
        assertThat(Arrays.equals(read.toByteArray(), MUCH)).isTrue();
    }

    @Test
    void aRealFormatThatIsAbandonedEnds() throws Exception {
        RowSearch csv = RowFormat.csv(CsvLayout.PLAIN, java.util.Set.of())
                .gzipped()
                .search(ExactMatch.of(java.util.Map.of("id", java.util.Set.of("1"))), row -> {});
        csv.write(new byte[] {0x1f, (byte) 0x8b, 8});
        csv.write("not much of a file".getBytes(UTF_8));
        csv.close();
    }

    private PersonRows readAll(InputStream file) throws IOException {
        file.transferTo(read);
        PersonRows rows = new PersonRows(null, null);
        rows.add(3, 2);
        return rows;
    }
}
