package io.themis.enrichment;

import com.azure.storage.file.datalake.models.DataLakeRequestConditions;
import io.themis.index.FileVersion;
import io.themis.lake.FileRanges;
import io.themis.lake.LakeFile;
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
    private final RangeSearch rangeSearch;
    private final FileVersion version;
    private final FileProgress progress;
    private final SearchResult answer;
    private final Runnable onEnd;

    /** Reads where it needs to. */
    @FunctionalInterface
    interface RangeSearch {

        Searched search(FileRanges file) throws UnreadableFileException, IOException;
    }

    /**
     * @param version that must be read; null if any may
     * @param onEnd is run once, when the search has ended in whichever way
     */
    LakeFileSearch(
            LakeFile file,
            Findings found,
            RowSearch search,
            FileVersion version,
            FileProgress progress,
            Runnable onEnd) {
        this(file, file.name(), found, search, null, version, progress, null, onEnd);
    }

    LakeFileSearch(LakeFile file, Findings found, RowSearch search, FileProgress progress) {
        this(file, found, search, null, progress, () -> {});
    }

    /** @param shown what messages say instead of the file's name, which holds the person's keys */
    LakeFileSearch(LakeFile file, String shown, FileCopy copy, FileProgress progress) {
        this(file, shown, copy, copy, null, null, progress, null, () -> {});
    }

    /** @param version that must be read; null if any may */
    LakeFileSearch(LakeFile file, Findings found, RangeSearch rangeSearch, FileVersion version, FileProgress progress) {
        this(file, file.name(), found, null, rangeSearch, version, progress, null, () -> {});
    }

    /** A search that has ended before it begun. */
    LakeFileSearch(LakeFile file, SearchResult answer, FileProgress progress) {
        this(file, file.name(), null, null, null, null, progress, answer, () -> {});
        progress.end();
    }

    private LakeFileSearch(
            LakeFile file,
            String shown,
            Findings found,
            RowSearch search,
            RangeSearch rangeSearch,
            FileVersion version,
            FileProgress progress,
            SearchResult answer,
            Runnable onEnd) {
        this.file = file;
        this.shown = shown;
        this.found = found;
        this.search = search;
        this.rangeSearch = rangeSearch;
        this.version = version;
        this.progress = progress;
        this.answer = answer;
        this.onEnd = onEnd;
    }

    /** The result, if somebody else's reading of the file has brought it, or none is needed; otherwise null. */
    public SearchResult answer() {
        return answer;
    }

    /** Whether only one version of the file may be read, and the search begins anew if there is another. */
    private boolean isOfOneVersion() {
        return version != null;
    }

    /** What the store must see to when it sends the file; null if nothing. */
    public DataLakeRequestConditions conditions() {
        return version == null ? null : new DataLakeRequestConditions().setIfMatch(version.etag());
    }

    /** Null if any may be read. */
    FileVersion version() {
        return version;
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
     * @throws FileChangedException if the file is not as it was when it was learnt where to look
     * @throws IOException if the staging store or the lake failed
     */
    SearchResult search(FileRanges ranges) throws IOException {
        try {
            return ended(found.finish(
                    1, rangeSearch.search(progress.counting(ranges)).bytes(), null));
        } catch (UnreadableFileException e) {
            if (isOfOneVersion()) {
                throw new FileChangedException();
            }
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

    /** The search goes no further. */
    void end() {
        onEnd.run();
    }

    /** Not after a failure: the file is not done then, and is searched again. */
    private SearchResult ended(SearchResult result) {
        progress.end();
        end();
        return result;
    }
}
