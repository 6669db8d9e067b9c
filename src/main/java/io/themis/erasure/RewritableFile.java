package io.themis.erasure;

import com.azure.storage.blob.models.BlobStorageException;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.erasure.StoredFile.Draft;
import io.themis.erasure.StoredFile.Replaced;
import io.themis.erasure.StoredFile.Swap;
import io.themis.lake.FileEdits;
import io.themis.lake.FileRanges;
import io.themis.lake.JudgedRows;
import io.themis.lake.LakeFile;
import io.themis.lake.NewContent;
import io.themis.lake.ParquetEditor;
import io.themis.lake.RowFormat;
import io.themis.lake.UnreadableFileException;
import io.themis.lake.ZipEditor;
import io.themis.lake.ZipEdits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One version of a lake file, which is read by the full parser of its format and can be written again. */
abstract class RewritableFile {

    /** Of a file in which none of the people can have a row. */
    private static final FileEdits NOTHING = new FileEdits(List.of(), 0, 0, 0, 0, "");

    private final StoredFile stored;

    private RewritableFile(StoredFile stored) {
        this.stored = stored;
    }

    /** @param ranges of the same version */
    static RewritableFile of(Dataset dataset, LakeFile file, StoredFile stored, FileRanges ranges) {
        if (dataset.lakePath().isZip()) {
            return new Zip(dataset, file, stored, ranges);
        }
        return dataset.format() == Format.PARQUET
                ? new Parquet(file, stored, ranges)
                : new Text(dataset.rowFormat(), file, stored, ranges);
    }

    String etag() {
        return stored.etag();
    }

    /** When the store says that it was written. */
    Instant writtenAt() {
        return stored.writtenAt();
    }

    long length() {
        return stored.length();
    }

    /**
     * Reads every row, and finds what has to be done so that the people's rows go or change.
     *
     * @param people are told what becomes of each of their rows
     * @throws UnreadableFileException if the file can't be read to its end, or can't be written again as it is
     * @throws FileNotReplacedException if there is another version by now
     */
    final FileEdits edits(PeopleInFile people) throws UnreadableFileException, FileNotReplacedException, IOException {
        try {
            return read(people);
        } catch (IOException e) {
            throw stored.orRefusal(e);
        } catch (BlobStorageException e) {
            // Ranges are not wrapped
            throw StoredFile.failure(e);
        }
    }

    abstract FileEdits read(PeopleInFile people) throws UnreadableFileException, FileNotReplacedException, IOException;

    /**
     * Finds the same as fast as it can be: where bytes tell, only rows that may be theirs are parsed. What is found must be held
     * against what {@link #edits} has found before, and if it is anything else, {@link #rewriting} decides.
     *
     * @param people are told what becomes of each of their rows
     */
    final Rewriting scan(PeopleInFile people) throws UnreadableFileException, FileNotReplacedException, IOException {
        try {
            return scanned(people);
        } catch (IOException e) {
            throw stored.orRefusal(e);
        } catch (BlobStorageException e) {
            throw StoredFile.failure(e);
        }
    }

    Rewriting scanned(PeopleInFile people) throws UnreadableFileException, FileNotReplacedException, IOException {
        return rewriting(people);
    }

    /** What {@link #edits} finds, to be done. */
    final Rewriting rewriting(PeopleInFile people)
            throws UnreadableFileException, FileNotReplacedException, IOException {
        FileEdits edits = edits(people);
        return new Rewriting(edits, people, () -> replace(edits, people));
    }

    /**
     * What is to be done with the file.
     *
     * @param people as they were told
     * @param swap does it, once
     */
    record Rewriting(FileEdits edits, PeopleInFile people, Swap swap) {}

    /**
     * Puts the edited file in the place of this version.
     *
     * @param edits of this very object
     * @param people whose edits these are; they are told nothing more
     */
    abstract Replaced replace(FileEdits edits, PeopleInFile people) throws FileNotReplacedException, IOException;

    StoredFile stored() {
        return stored;
    }

    /** A file of rows that are read one after another. */
    private static final class Text extends RewritableFile {

        private final RowFormat format;
        private final LakeFile file;
        private final FileRanges ranges;

        private Text(RowFormat format, LakeFile file, StoredFile stored, FileRanges ranges) {
            super(stored);
            this.format = format;
            this.file = file;
            this.ranges = ranges;
        }

        @Override
        FileEdits read(PeopleInFile people) throws UnreadableFileException, IOException {
            Optional<JudgedRows> rows = people.rows(file.partition());
            if (rows.isEmpty()) {
                return NOTHING;
            }
            try (InputStream content = ranges.stream()) {
                return format.edits(content, rows.get().match(), rows.get().judge());
            }
        }

        @Override
        Rewriting scanned(PeopleInFile people) throws UnreadableFileException, IOException {
            if (format.isPacked()) {
                FileEdits edits = scan(people, NewContent.writtenTo(OutputStream.nullOutputStream()));
                return new Rewriting(edits, people, () -> replace(edits, people));
            }
            Draft draft = stored().new Draft();
            FileEdits edits = scan(people, draft);
            return new Rewriting(edits, people, () -> draft.replace(() -> replace(edits, people)));
        }

        private FileEdits scan(PeopleInFile people, NewContent target) throws UnreadableFileException, IOException {
            Optional<JudgedRows> rows = people.rows(file.partition());
            if (rows.isEmpty()) {
                return NOTHING;
            }
            try (InputStream content = ranges.stream()) {
                return format.scanEdits(content, rows.get().match(), rows.get().judge(), target);
            }
        }

        @Override
        Replaced replace(FileEdits edits, PeopleInFile people) throws FileNotReplacedException, IOException {
            return format.isPacked() ? stored().replace(target -> pack(edits, target)) : stored().replace(edits);
        }

        private void pack(FileEdits edits, OutputStream target) throws IOException {
            try (InputStream content = ranges.stream()) {
                format.rewrite(content, edits, target);
            }
        }
    }

    private static final class Parquet extends RewritableFile {

        private final LakeFile file;
        private final FileRanges ranges;

        private Parquet(LakeFile file, StoredFile stored, FileRanges ranges) {
            super(stored);
            this.file = file;
            this.ranges = ranges;
        }

        @Override
        FileEdits read(PeopleInFile people) throws UnreadableFileException, IOException {
            Optional<JudgedRows> rows = people.rows(file.partition());
            return rows.isEmpty() ? NOTHING : editor(rows.get()).survey(ranges);
        }

        /** Writing tells what a survey would. */
        @Override
        Rewriting scanned(PeopleInFile people) throws UnreadableFileException, IOException {
            Optional<JudgedRows> rows = people.rows(file.partition());
            if (rows.isEmpty()) {
                return new Rewriting(NOTHING, people, () -> replace(NOTHING, people));
            }
            Draft draft = stored().new Draft();
            FileEdits edits = editor(rows.get()).rewrite(ranges, draft);
            return new Rewriting(edits, people, () -> draft.replace(() -> replace(edits, people)));
        }

        @Override
        Replaced replace(FileEdits edits, PeopleInFile people) throws FileNotReplacedException, IOException {
            ParquetEditor editor = editor(people.again().rows(file.partition()).orElseThrow());
            return stored().replace(target -> {
                try {
                    if (!editor.rewrite(ranges, target).sha256().equals(edits.sha256())) {
                        throw new IOException("the file is not what was read before");
                    }
                } catch (UnreadableFileException e) {
                    throw new IOException(e.getMessage(), e);
                }
            });
        }

        private static ParquetEditor editor(JudgedRows rows) {
            return new ParquetEditor(rows.match(), rows.judge());
        }
    }

    private static final class Zip extends RewritableFile {

        private final Dataset dataset;
        private final LakeFile file;
        private final FileRanges ranges;
        private ZipEdits found;

        private Zip(Dataset dataset, LakeFile file, StoredFile stored, FileRanges ranges) {
            super(stored);
            this.dataset = dataset;
            this.file = file;
            this.ranges = ranges;
        }

        @Override
        FileEdits read(PeopleInFile people) throws UnreadableFileException, IOException {
            found = editor(people).survey(ranges);
            return new FileEdits(
                    List.of(), found.length(), found.rows(), found.deleted(), found.masked(), found.sha256());
        }

        @Override
        Replaced replace(FileEdits edits, PeopleInFile people) throws FileNotReplacedException, IOException {
            ZipEditor editor = editor(people.again());
            return stored().replace(target -> editor.rewrite(ranges, found, target));
        }

        private ZipEditor editor(PeopleInFile people) {
            return new ZipEditor(
                    dataset.rowFormat(), dataset.lakePath(), file, entry -> people.rows(entry.partition()));
        }
    }
}
