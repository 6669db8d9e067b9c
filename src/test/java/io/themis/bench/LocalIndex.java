package io.themis.bench;

import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.FolderStore;
import io.themis.index.IndexStore.Stored;
import io.themis.index.LakeIndex;
import io.themis.index.SegmentBuilder;
import io.themis.lake.ExactMatch;
import io.themis.lake.ExcerptSearch;
import io.themis.lake.KeyHash;
import io.themis.lake.NormalForm;
import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import io.themis.lake.RowSearch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.util.FileSystemUtils;

/** The index of one question's files, of the one column that is the key, in a folder on this machine. */
final class LocalIndex {

    private static final Path FOLDER = Path.of("target/bench/index");
    private static final String DEFINITION = "bench";

    private final Path folder;
    private LakeIndex index;

    /** @param name of its own for each that is there at the same time */
    LocalIndex(String name) {
        folder = FOLDER.resolve(name);
    }

    /** Scans, and builds the index meanwhile, in place of the one that was there. */
    Engine building() {
        return new Engine() {
            @Override
            public String name() {
                return "Themis, scan that builds the index";
            }

            @Override
            public Answer answer(Question question) throws Exception {
                clear();
                RowMatch match = question.match();
                return Answer.sum(Threads.each(question.files(), file -> scan(question, file, match)));
            }
        };
    }

    /**
     * One after another, each person by a look-up and by reading where it says. The listing is given: a store tells thousands of files by
     * one call, and to ask this machine's file system for each would be most of what is measured.
     */
    Engine lookingUp(Question files) throws IOException {
        Map<FileVersion, Path> listed = versions(files);
        return new Engine() {
            @Override
            public String name() {
                return "Themis, index";
            }

            @Override
            public Answer answer(Question question) throws Exception {
                Answer all = Answer.NOTHING;
                for (Long id : question.ids()) {
                    all = all.plus(request(question, listed, id.toString()));
                }
                return all;
            }
        };
    }

    private void clear() throws IOException {
        FileSystemUtils.deleteRecursively(folder);
        Files.createDirectories(folder);
        index = new LakeIndex(new FolderStore(folder));
    }

    void merge(Question question) throws IOException {
        index.merge(DEFINITION, versions(question).keySet());
    }

    long bytes() throws IOException {
        return new FolderStore(folder).list("").stream().mapToLong(Stored::size).sum();
    }

    private Answer scan(Question question, Path file, RowMatch match) throws Exception {
        Answer.Builder found = new Answer.Builder();
        SegmentBuilder places = index.build(DEFINITION, version(file));
        Map<String, NormalForm> indexed = Map.of(question.table().key(), NormalForm.EXACT);
        try (RowSearch search = question.rowFormat().scan(match, found::row, indexed, places)) {
            Threads.read(file, (bytes, length) -> search.write(bytes, 0, length));
            search.finish();
        }
        places.finish();
        return found.answer();
    }

    private Answer request(Question question, Map<FileVersion, Path> files, String id) throws Exception {
        String key = question.table().key();
        RowMatch match = ExactMatch.of(Map.of(key, Set.of(id)));
        Map<String, FileAnswer> answers = index.find(DEFINITION, files.keySet(), Set.of(KeyHash.of(key, id)));
        List<FileVersion> there = files.keySet().stream()
                .filter(file -> !(answers.get(file.name()) instanceof FileAnswer.Nowhere))
                .toList();
        return Answer.sum(Threads.each(
                there,
                file -> read(
                        files.get(file), question.rowFormat(), match, (FileAnswer.Within) answers.get(file.name()))));
    }

    private static Answer read(Path file, RowFormat format, RowMatch match, FileAnswer.Within places) throws Exception {
        Answer.Builder found = new Answer.Builder();
        try (FileChannel channel = FileChannel.open(file)) {
            new ExcerptSearch(format, match, found::row, places.rowsBegin(), places.ranges())
                    .search(new LocalRanges(channel, channel.size()));
        }
        return found.answer();
    }

    /** What a listing tells. */
    private static Map<FileVersion, Path> versions(Question question) throws IOException {
        Map<FileVersion, Path> versions = new HashMap<>();
        for (Path file : question.files()) {
            versions.put(version(file), file);
        }
        return versions;
    }

    private static FileVersion version(Path file) throws IOException {
        return new FileVersion(file.toString(), Files.getLastModifiedTime(file).toString(), Files.size(file));
    }
}
