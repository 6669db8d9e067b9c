package io.themis.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.AnotherJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index takes: of the store, of its reads, of memory. */
class IndexSizeTest {

    private static final String DEFINITION = "posts";
    private static final int ROWS_OF_A_PERSON = 40;

    private final MemoryStore store = new MemoryStore();
    private final LakeIndex index = new LakeIndex(store);

    /** A kilobyte a row, 40 rows a person. */
    @Test
    void theIndexOfWideRowsIsAHundredthOfTheFiles() throws Exception {
        List<GeneratedFile> files = files(8, 32_000, 1_000, 6_400);
        assertThat(shareAfter(files)).isLessThan(0.01);
    }

    /** 95 bytes a row, five rows a person: in the whole lake, and in each file. */
    @Test
    void theIndexOfNarrowRowsIsATwentiethOfTheFiles() throws Exception {
        assertThat(shareAfter(files(4, 700_000, 95, 560_000))).isLessThan(0.05);
        store.blobs().clear();
        assertThat(shareAfter(files(4, 700_000, 95, 140_000))).isLessThan(0.05);
    }

    private double shareAfter(List<GeneratedFile> files) throws IOException {
        for (GeneratedFile file : files) {
            file.scan(index, DEFINITION);
        }
        index.merge(DEFINITION, versions(files));
        return store.size() / (double) bytes(files);
    }

    /** 128 MB a file, 1 GB and 10 GB. */
    @Test
    void aPersonIsFoundInTenTimesTheFilesWithAsManyReads() throws Exception {
        int[] first = new int[2];
        int[] later = new int[2];
        for (int i = 0; i < 2; i++) {
            List<GeneratedFile> files = files(i == 0 ? 8 : 80, 128_000, 1_000, (i == 0 ? 8 : 80) * 3_200);
            MemoryStore counting = new MemoryStore();
            LakeIndex writer = new LakeIndex(counting);
            for (GeneratedFile file : files) {
                file.scan(writer, DEFINITION);
            }
            writer.merge(DEFINITION, versions(files));
            LakeIndex reader = new LakeIndex(counting);
            counting.reads();
            check(reader, files, 77);
            first[i] = counting.reads();
            counting.bytesRead();
            check(reader, files, 78);
            later[i] = counting.reads();
            assertThat(counting.bytesRead()).isLessThan(2L << 20);
        }
        assertThat(first[1]).isLessThanOrEqualTo(first[0] + 1).isLessThan(6);
        assertThat(later[1]).isEqualTo(later[0]).isLessThan(4);
    }

    private static void check(LakeIndex index, List<GeneratedFile> files, int person) throws IOException {
        Map<String, FileAnswer> answers = index.find(DEFINITION, versions(files), Set.of(GeneratedFile.hash(person)));
        long rows = 0;
        for (GeneratedFile file : files) {
            List<Long> begins = IntStream.range(0, file.rows())
                    .filter(row -> file.owner(row) == person)
                    .mapToObj(file::begin)
                    .toList();
            FileAnswer answer = answers.get(file.version().name());
            if (begins.isEmpty()) {
                assertThat(answer).isEqualTo(new FileAnswer.Nowhere());
            } else {
                FileAnswer.Within within = (FileAnswer.Within) answer;
                assertThat(begins)
                        .allMatch(begin -> within.ranges().stream()
                                .anyMatch(range -> range.from() <= begin && begin + file.rowLength() <= range.to()));
            }
            rows += begins.size();
        }
        assertThat(rows).isBetween(ROWS_OF_A_PERSON / 2L, ROWS_OF_A_PERSON * 2L);
    }

    /** A gigabyte of narrow rows, 11 million keys: as they are they would take as much as this heap. */
    @Test
    void memoryDoesNotGrowWithTheFile(@TempDir Path folder) throws Exception {
        Process process = AnotherJvm.start(LargeFile.class, "-Xmx96m", "-Dfolder=" + folder);
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** Runs in a small heap. */
    static final class LargeFile implements Runnable {

        @Override
        public void run() {
            LakeIndex index = new LakeIndex(new FolderStore(Path.of(System.getProperty("folder"))));
            List<GeneratedFile> files = files(1, 11_000_000, 95, 2_200_000);
            try {
                files.get(0).scan(index, DEFINITION);
                index.merge(DEFINITION, versions(files));
                check(index, 1, files.get(0));
                index.forget(Set.of(GeneratedFile.hash(1)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void check(LakeIndex index, int person, GeneratedFile file) throws IOException {
            FileAnswer answer = index.find(DEFINITION, List.of(file.version()), Set.of(GeneratedFile.hash(person)))
                    .get(file.version().name());
            if (!(answer instanceof FileAnswer.Within)) {
                throw new IllegalStateException(answer.toString());
            }
        }
    }

    private static List<GeneratedFile> files(int count, int rows, int rowLength, int people) {
        List<GeneratedFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(new GeneratedFile(i, rows, rowLength, people));
        }
        return files;
    }

    private static List<FileVersion> versions(List<GeneratedFile> files) {
        return files.stream().map(GeneratedFile::version).toList();
    }

    private static long bytes(List<GeneratedFile> files) {
        return versions(files).stream().mapToLong(FileVersion::length).sum();
    }
}
