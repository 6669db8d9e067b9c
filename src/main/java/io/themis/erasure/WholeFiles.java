package io.themis.erasure;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Erasure;
import io.themis.enrichment.LakeSearches;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import java.time.Clock;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Deletes lake files that are records themselves. Their names are noted before, because afterwards nothing would tell of which files
 * the store may still have copies; they hold the person's keys, and are forgotten with those.
 */
@Component
public class WholeFiles {

    private final DataMap map;
    private final LakeSearches searches;
    private final ErasureFiles files;
    private final FileNotes notes;
    private final LakeFileStore lake;
    private final OldCopies oldCopies;
    private final ErasureSettings settings;
    private final Clock clock;

    WholeFiles(
            DataMap map,
            LakeSearches searches,
            ErasureFiles files,
            FileNotes notes,
            LakeFileStore lake,
            OldCopies oldCopies,
            ErasureSettings settings,
            Clock clock) {
        this.map = map;
        this.searches = searches;
        this.files = files;
        this.notes = notes;
        this.lake = lake;
        this.oldCopies = oldCopies;
        this.settings = settings;
        this.clock = clock;
    }

    /** Notes the files that have to be deleted for the request; those that were noted before stay. */
    public void note(DataSubjectRequest request) {
        for (Dataset dataset : map.datasets()) {
            if (isRecord(dataset) && dataset.erasure().action() == Erasure.Action.DELETE) {
                files.planRecords(
                        request.id(),
                        searches.candidates(request, dataset.name()).stream()
                                .map(query -> {
                                    query.end();
                                    return new ErasureFile.Name(
                                            dataset.name(), query.file().name());
                                })
                                .toList());
            }
        }
    }

    static boolean isRecord(Dataset dataset) {
        return dataset.format() == Format.FILE;
    }

    /** What can't be done is noted with the file. */
    void delete(DataSubjectRequest request, ErasureFile.Name name) {
        FileNote note = FileNote.none(notes.of(request.id(), name));
        try {
            StoredFile file = lake.open(name.file());
            long length = file.length();
            keep(request, name, note.deleted(length), file.delete(settings.oldCopies()));
        } catch (FileNotReplacedException e) {
            if (e.reason() == Reason.GONE) {
                // By an attempt that was cut off, most likely: it was there when it was noted
                keep(request, name, note.deleted(0), clock.instant());
            } else {
                notes.keep(request.id(), name, State.FAILED, note.failed(e.getMessage()));
            }
        }
    }

    private void keep(DataSubjectRequest request, ErasureFile.Name name, FileNote note, Instant deletedAt) {
        notes.keep(
                request.id(),
                name,
                State.VERIFIED,
                note.verified(0, oldCopies.ofDeleted(name.file(), deletedAt), null, clock.instant()));
    }
}
