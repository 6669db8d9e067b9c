package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.erasure.StoredFile.Replaced;
import io.themis.lake.FileEdits;
import io.themis.lake.LakeFile;
import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import io.themis.lake.UnreadableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** One version of a lake file, which is read by the full parser of its format and can be written again. */
final class RewritableFile {

    private static final FileEdits NOTHING = new FileEdits(List.of(), 0, 0, 0, 0, "");

    private final Dataset dataset;
    private final LakeFile file;
    private final StoredFile stored;

    RewritableFile(Dataset dataset, LakeFile file, StoredFile stored) {
        this.dataset = dataset;
        this.file = file;
        this.stored = stored;
    }

    String etag() {
        return stored.etag();
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
    FileEdits edits(PeopleInFile people) throws UnreadableFileException, FileNotReplacedException, IOException {
        Optional<RowMatch> match = people.match(file.partition());
        if (match.isEmpty()) {
            return NOTHING;
        }
        try (InputStream content = stored.read()) {
            return dataset.rowFormat().edits(content, match.get(), people.judge(file.partition()));
        } catch (IOException e) {
            throw stored.orRefusal(e);
        }
    }

    /** Puts the edited file in the place of this version. */
    Replaced replace(FileEdits edits) throws FileNotReplacedException, IOException {
        RowFormat format = dataset.rowFormat();
        if (!format.isPacked()) {
            return stored.replace(edits);
        }
        return stored.replace(target -> {
            try (InputStream content = stored.read()) {
                format.rewrite(content, edits, target);
            } catch (FileNotReplacedException e) {
                throw new IOException(e.getMessage(), e);
            }
        });
    }
}
