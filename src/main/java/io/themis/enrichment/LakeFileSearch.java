package io.themis.enrichment;

import io.themis.lake.FileRanges;
import io.themis.lake.LakeFile;
import io.themis.lake.ParquetRowSearch;
import io.themis.lake.RowSearch;
import io.themis.lake.Searched;
import io.themis.lake.UnreadableFileException;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.time.OffsetDateTime;

/**
 * The search of one lake file under way. Most formats are a sink for the file's bytes, and tell afterwards what was in them;
 * the others read where they need to.
 */
public final class LakeFileSearch {

    private final LakeFile file;
    private final String shown;
    private final Findings found;
    private final RowSearch search;
    private final ParquetRowSearch rangeSearch;
    private final FileProgress progress;

    LakeFileSearch(LakeFile file, Findings found, RowSearch search, FileProgress progress) {
        this.file = file;
        shown = file.name();
        this.found = found;
        this.search = search;
        rangeSearch = null;
        this.progress = progress;
    }

    /** @param shown what messages say instead of the file's name, which holds the person's keys */
    LakeFileSearch(LakeFile file, String shown, FileCopy copy, FileProgress progress) {
        this.file = file;
        this.shown = shown;
        found = copy;
        search = copy;
        rangeSearch = null;
        this.progress = progress;
    }

    LakeFileSearch(LakeFile file, Findings found, ParquetRowSearch rangeSearch, FileProgress progress) {
        this.file = file;
        shown = file.name();
        this.found = found;
        search = null;
        this.rangeSearch = rangeSearch;
        this.progress = progress;
    }

    /** Name of the file in the lake. */
    public String path() {
        return file.name();
    }

    /** Whether the search reads ranges of the file and has no sink for the whole. */
    public boolean isByRanges() {
        return rangeSearch != null;
    }

    /** Where the file's bytes go. */
    public OutputStream sink() {
        return progress.counting(search);
    }

    /**
     * The result, once the whole file has gone into the sink. A file that turns out to be broken keeps the rows found
     * before.
     *
     * @param length of the file, as the lake said when it began to send it
     * @param modified the time of its last change, said likewise
     * @param mediaType likewise
     * @throws IOException if the staging store failed, or the download was cut off: another attempt reads it whole
     */
    SearchResult finish(long length, OffsetDateTime modified, String mediaType) throws IOException {
        try {
            Searched searched = search.finish();
            if (searched.bytes() != length) {
                throw new IOException(shown + ": read " + searched.bytes() + " of " + length + " bytes");
            }
            found.stored(modified, mediaType);
            return ended(found.finish(1, searched.bytes(), null));
        } catch (UnreadableFileException e) {
            return ended(found.finish(0, 0, new Shortfall(Kind.UNREADABLE, shown + ": " + e.getMessage())));
        }
    }

    /**
     * Searches by ranges, and gives the result. A file that turns out to be broken keeps the rows found before.
     *
     * @throws IOException if the staging store or the lake failed
     */
    SearchResult search(FileRanges ranges) throws IOException {
        try {
            return ended(found.finish(
                    1, rangeSearch.search(progress.counting(ranges)).bytes(), null));
        } catch (UnreadableFileException e) {
            return ended(found.finish(0, 0, new Shortfall(Kind.UNREADABLE, shown + ": " + e.getMessage())));
        }
    }

    /** The result if the store will not hand out the file, or not the rest of it, today or tomorrow. */
    SearchResult refused(int httpStatus) throws IOException {
        if (search != null) {
            try {
                search.finish();
            } catch (UnreadableFileException e) {
                // of course, without its end
            }
        }
        return ended(found.finish(
                0,
                0,
                new Shortfall(
                        Kind.REFUSED, shown + ": the lake refused to hand out this file (HTTP " + httpStatus + ")")));
    }

    /** Not after a failure: the file is not done then, and is searched again. */
    private SearchResult ended(SearchResult result) {
        progress.end();
        return result;
    }
}
