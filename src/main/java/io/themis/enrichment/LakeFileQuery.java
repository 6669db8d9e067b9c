package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.lake.LakeFile;
import io.themis.lake.RowMatch;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What to look for in one lake file. A plan has one for each file, so it holds nothing open.
 *
 * @param ofDataset what the plan's files have in common
 * @param match null for a zip whose entries are of different partitions, which only they tell, and for a file that is a
 *     record itself
 * @param packagePath where a file that is a record itself is to be in the package; null for other files
 * @param version of the file that was listed, if it matters which is read; otherwise null
 * @param places where in that version rows may be, as far as it is known
 * @param isAlone whether not to share a reading of the file with others
 * @param changes how often the file has changed since it was listed or while it was read
 * @param progress is told what has been done of the file
 */
public record LakeFileQuery(
        LakeQuery ofDataset,
        LakeFile file,
        RowMatch match,
        String packagePath,
        FileVersion version,
        FileAnswer places,
        boolean isAlone,
        int changes,
        FileProgress progress) {

    /** Whoever erases a person swaps files, and many may at the same time. */
    private static final int MOST_CHANGES = 10;

    public LakeFileQuery(LakeQuery ofDataset, LakeFile file, RowMatch match, FileProgress progress) {
        this(ofDataset, file, match, null, null, new FileAnswer.Unknown(), false, 0, progress);
    }

    LakeFileQuery with(FileAnswer known) {
        return new LakeFileQuery(ofDataset, file, match, packagePath, version, known, isAlone, changes, progress);
    }

    /** Whether a file that has changed is to be read as it is by now. */
    public boolean isToBeReadAgain() {
        return changes < MOST_CHANGES;
    }

    /** The same in whatever version there is by now, read as a whole. */
    LakeFileQuery inAnyVersion() {
        return new LakeFileQuery(
                ofDataset, file, match, packagePath, null, new FileAnswer.Unknown(), isAlone, changes + 1, progress);
    }

    /** The same by a reading that is for nobody else. */
    LakeFileQuery alone() {
        return new LakeFileQuery(ofDataset, file, match, packagePath, version, places, true, changes, progress);
    }

    public Dataset dataset() {
        return ofDataset.dataset();
    }

    /** The file has been dealt with otherwise than by a search. */
    public void end() {
        progress.end();
    }

    /** A place for the rows of the file. */
    LakeRows rows() {
        return ofDataset.rows(file);
    }

    /** What comes of it if the version that was listed is known to have nothing of the person. */
    SearchResult nothing() {
        return finish(1, version.length(), null);
    }

    /** What comes of it if the file goes away before it is read: nobody can tell what it had. */
    SearchResult gone() {
        return finish(0, 0, new Shortfall(Kind.REFUSED, file.name() + ": the lake does not have this file any more"));
    }

    private SearchResult finish(long files, long bytes, Shortfall problem) {
        try {
            return rows().finish(files, bytes, problem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
