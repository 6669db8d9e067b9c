package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.enrichment.Datasets;
import io.themis.enrichment.LakeFileQuery;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.erasure.ErasureReport.Remark;
import io.themis.erasure.FileNotReplacedException.Reason;
import io.themis.erasure.RewritableFile.Rewriting;
import io.themis.erasure.StoredFile.Replaced;
import io.themis.lake.FileEdits;
import io.themis.lake.LakeFile;
import io.themis.lake.UnreadableFileException;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Rewrites lake files without the rows of those whose erasure is under way: all of them in one pass, whoever's turn it is. A file is
 * read in one version and swapped only if it still is that version. What is found is held against the plan before anybody sees
 * another file, and the new file is read again by the full parser before anybody is told that rows are gone.
 */
@Component
public class LakeErasures {

    private static final Logger LOG = LoggerFactory.getLogger(LakeErasures.class);

    private static final String DAMAGED =
            "the file is not what was written; restore it from a copy, and look at the store";

    private static final int LOCKS = 1024;

    /** How often a file is done again that others keep changing. */
    private static final int ATTEMPTS = 5;

    private final Datasets datasets;
    private final ErasureFiles files;
    private final StoredPlans plans;
    private final FileNotes notes;
    private final LakeFileStore lake;
    private final OldCopies oldCopies;
    private final WholeFiles wholeFiles;
    private final Pseudonyms pseudonyms;
    private final ErasureMetrics metrics;
    private final Clock clock;

    /** Whoever comes second to a file need not read it: the first does their rows too. A lock is of many files. */
    private final List<Object> busy = Stream.generate(Object::new).limit(LOCKS).toList();

    LakeErasures(
            Datasets datasets,
            ErasureFiles files,
            StoredPlans plans,
            FileNotes notes,
            LakeFileStore lake,
            OldCopies oldCopies,
            WholeFiles wholeFiles,
            Pseudonyms pseudonyms,
            ErasureMetrics metrics,
            Clock clock) {
        this.datasets = datasets;
        this.files = files;
        this.plans = plans;
        this.notes = notes;
        this.lake = lake;
        this.oldCopies = oldCopies;
        this.wholeFiles = wholeFiles;
        this.pseudonyms = pseudonyms;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What a file has of the person, read by the full parser. */
    public SurveyedFile survey(DataSubjectRequest request, LakeFileQuery query) throws IOException {
        SurveyedFile found = survey(request, query, 1);
        query.end();
        return found;
    }

    private SurveyedFile survey(DataSubjectRequest request, LakeFileQuery query, int attempt) throws IOException {
        LakeFile file = query.file();
        Dataset dataset = query.dataset();
        PeopleInFile people = people(dataset, List.of(request));
        try {
            RewritableFile content = open(dataset, file);
            content.edits(people);
            return people.found(request.id(), file.name(), content.length());
        } catch (UnreadableFileException e) {
            return SurveyedFile.problem(file.name(), e.getMessage());
        } catch (FileNotReplacedException e) {
            return switch (e.reason()) {
                case CHANGED -> surveyAgain(request, query, attempt, e);
                case GONE -> people.found(request.id(), file.name(), 0);
                default -> SurveyedFile.problem(file.name(), e.getMessage());
            };
        }
    }

    /** Most likely it was somebody else's erasure. Others can't be waited for here: the step is tried again later. */
    private SurveyedFile surveyAgain(
            DataSubjectRequest request, LakeFileQuery query, int attempt, FileNotReplacedException changed)
            throws IOException {
        if (attempt == ATTEMPTS) {
            throw new IOException(
                    "a file of dataset %s changes all the time"
                            .formatted(query.dataset().name()),
                    changed);
        }
        return survey(request, query, attempt + 1);
    }

    /** The files that have still to be rewritten, or deleted, for the request. */
    public List<ErasureFile.Name> files(DataSubjectRequest request) {
        return files.of(request.id()).stream()
                .filter(file -> file.state() == State.PENDING)
                .map(file -> new ErasureFile.Name(file.dataset(), file.file()))
                .toList();
    }

    /**
     * Rewrites one file for everybody whose erasure is under way and has it in its plan. What can't be done is noted with the file.
     *
     * @throws IOException if the store failed, and may not the next time
     */
    public void erase(DataSubjectRequest request, ErasureFile.Name name) throws IOException {
        if (WholeFiles.isRecord(datasets.get(name.dataset()))) {
            wholeFiles.delete(request, name);
            return;
        }
        synchronized (busy.get(Math.floorMod(name.hashCode(), LOCKS))) {
            List<DataSubjectRequest> people = waiting(name, request);
            for (int attempt = 1; !people.isEmpty(); attempt++) {
                erase(people, name, attempt);
                people = waiting(name, request);
            }
        }
    }

    private void erase(List<DataSubjectRequest> people, ErasureFile.Name name, int attempt) throws IOException {
        try {
            erase(people, name);
        } catch (FileNotReplacedException e) {
            if (e.reason() == Reason.GONE) {
                gone(people, name);
            } else if (e.reason() != Reason.CHANGED || attempt >= ATTEMPTS) {
                fail(people, name, e.getMessage());
            }
        } catch (UnreadableFileException e) {
            fail(people, name, e.getMessage());
        }
    }

    /** Nobody, once the request itself needs nothing any more. */
    private List<DataSubjectRequest> waiting(ErasureFile.Name name, DataSubjectRequest request) {
        List<DataSubjectRequest> waiting = files.pendingRequestsFor(name.dataset(), name.file());
        return waiting.stream().anyMatch(other -> other.id().equals(request.id())) ? waiting : List.of();
    }

    private void erase(List<DataSubjectRequest> everybody, ErasureFile.Name name)
            throws UnreadableFileException, FileNotReplacedException, IOException {
        Dataset dataset = datasets.get(name.dataset());
        LakeFile file = dataset.lakePath().file(name.file()).orElseThrow();
        RewritableFile old = open(dataset, file);
        Rewriting rewriting = rewriting(old, everybody, name, people(dataset, everybody));
        List<DataSubjectRequest> planned = new ArrayList<>();
        List<DataSubjectRequest> gone = new ArrayList<>();
        for (DataSubjectRequest one : everybody) {
            SurveyedFile found = rewriting.people().found(one.id(), file.name(), old.length());
            if (found.plan().delete() + found.plan().mask() == 0) {
                gone.add(one);
            } else if (isPlanned(one, name, found.plan())) {
                planned.add(one);
            } else {
                fail(
                        List.of(one),
                        name,
                        "the file has other rows of the person than the plan, so it was left as it is");
            }
        }
        if (!gone.isEmpty()) {
            // With the rows of the others, which are still there
            FileEdits asItIs = gone.size() == everybody.size() ? rewriting.edits() : old.edits(people(dataset, gone));
            for (DataSubjectRequest one : gone) {
                nothingLeft(one, name, asItIs, old);
            }
        }
        if (planned.size() == everybody.size()) {
            rewrite(planned, name, old, rewriting);
        }
        // Otherwise once more, for those who are left
    }

    /**
     * By a scan, if that finds for each of them just what the full parser found when the plan was made. If not, by the full parser: it
     * decides whether the file is another one by now, or the scan does not see what it sees.
     */
    private Rewriting rewriting(
            RewritableFile file, List<DataSubjectRequest> everybody, ErasureFile.Name name, PeopleInFile people)
            throws UnreadableFileException, FileNotReplacedException, IOException {
        try {
            Rewriting scanned = file.scan(people);
            if (everybody.stream()
                    .allMatch(one -> plans.of(one, name)
                            .equals(Optional.of(people.found(one.id(), name.file(), file.length())
                                    .plan())))) {
                return scanned;
            }
        } catch (UnreadableFileException e) {
            LOG.info("dataset {}: a file can't be scanned, the full parser is to say why", name.dataset());
        }
        return file.rewriting(people.again());
    }

    /** Fewer rows do not matter: one that was of two people has gone with the other. */
    private boolean isPlanned(DataSubjectRequest request, ErasureFile.Name name, FilePlan found) {
        return plans.of(request, name)
                .filter(plan -> found.delete() <= plan.delete() && found.mask() <= plan.mask())
                .isPresent();
    }

    /**
     * The rows are gone: by an attempt that was cut off after the swap, or by somebody else.
     *
     * @param content without edits
     */
    private void nothingLeft(DataSubjectRequest request, ErasureFile.Name name, FileEdits content, RewritableFile file)
            throws IOException {
        FileNote note = notes.of(request.id(), name);
        boolean isOurs = note != null && note.rewrittenAt() != null && note.verifiedAt() == null;
        if (isOurs) {
            boolean isWhole = content.sha256().equals(note.sha256());
            if (!isWhole && file.etag().equals(note.etag())) {
                fail(List.of(request), name, DAMAGED);
            } else {
                verified(request, name, note, file, isWhole ? null : Remark.CHANGED_SINCE);
            }
        } else {
            verified(request, name, FileNote.none(note), file, Remark.EDITED_BY_OTHERS);
        }
    }

    private void rewrite(
            List<DataSubjectRequest> people, ErasureFile.Name name, RewritableFile old, Rewriting rewriting)
            throws UnreadableFileException, FileNotReplacedException, IOException {
        FileEdits edits = rewriting.edits();
        Map<DataSubjectRequest, FileNote> noted = new LinkedHashMap<>();
        for (DataSubjectRequest one : people) {
            FileNote before = notes.of(one.id(), name);
            FileNote note = FileNote.none(before)
                    .planned(rewriting.people().found(one.id(), name.file(), old.length()), edits, clock.instant());
            if (!notes.replace(one.id(), name, before, note)) {
                // Another replica is at it, or has done it
                throw new FileNotReplacedException(Reason.CHANGED, "noted by somebody else");
            }
            noted.put(one, note);
        }
        Replaced replaced;
        try {
            replaced = rewriting.swap().swap();
        } catch (FileNotReplacedException e) {
            // Or what somebody else does to the file next would be taken for ours
            noted.forEach((one, note) -> notes.replace(one.id(), name, note, FileNote.none(note)));
            throw e;
        }
        metrics.rewritten(name.dataset(), replaced);
        LOG.info(
                "dataset {}: a file was rewritten for {} requests, {} rows deleted, {} masked",
                name.dataset(),
                people.size(),
                edits.deleted(),
                edits.masked());
        // Whatever others do to the file from now on, these rows are gone
        noted.replaceAll((one, note) -> note.swapped(replaced.etag()));
        noted.forEach((one, note) -> notes.keep(one.id(), name, State.PENDING, note));
        verify(noted, name, edits, replaced);
    }

    private void verify(
            Map<DataSubjectRequest, FileNote> noted, ErasureFile.Name name, FileEdits expected, Replaced replaced)
            throws UnreadableFileException, FileNotReplacedException, IOException {
        Dataset dataset = datasets.get(name.dataset());
        RewritableFile now = open(dataset, dataset.lakePath().file(name.file()).orElseThrow());
        FileEdits left = now.edits(people(dataset, noted.keySet()));
        if (left.deleted() + left.masked() > 0) {
            // Nobody has approved what others have written since
            fail(
                    noted.keySet(),
                    name,
                    now.etag().equals(replaced.etag())
                            ? "rows of the person are still found in the file that was written without them"
                            : "somebody else has written rows of the person to the file since it was rewritten");
            return;
        }
        boolean isOurs = now.etag().equals(replaced.etag());
        boolean isWhole =
                left.sha256().equals(expected.sha256()) && left.rows() == expected.rows() - expected.deleted();
        if (isOurs && !isWhole) {
            LOG.error("dataset {}: a file was not written as it should be: {}", name.dataset(), name.file());
            fail(noted.keySet(), name, DAMAGED);
            return;
        }
        for (Map.Entry<DataSubjectRequest, FileNote> one : noted.entrySet()) {
            verified(one.getKey(), name, one.getValue(), now, isWhole ? null : Remark.CHANGED_SINCE);
        }
    }

    /** Only now may the old content go for good. */
    private void verified(
            DataSubjectRequest request, ErasureFile.Name name, FileNote note, RewritableFile now, Remark remark)
            throws IOException {
        Instant time = clock.instant();
        List<OldCopy> copies = oldCopies.ofRewritten(name.file(), now.etag(), now.writtenAt());
        notes.keep(request.id(), name, State.VERIFIED, note.verified(now.length(), copies, remark, time));
    }

    private void gone(List<DataSubjectRequest> people, ErasureFile.Name name) {
        for (DataSubjectRequest one : people) {
            Instant time = clock.instant();
            notes.keep(
                    one.id(),
                    name,
                    State.VERIFIED,
                    FileNote.none(notes.of(one.id(), name))
                            .verified(0, oldCopies.ofDeleted(name.file(), time), Remark.DELETED_BY_OTHERS, time));
        }
    }

    private void fail(Iterable<DataSubjectRequest> people, ErasureFile.Name name, String problem) {
        for (DataSubjectRequest one : people) {
            LOG.warn("request {} dataset {}: a file is not done: {}", one.id(), name.dataset(), problem);
            FileNote note = notes.of(one.id(), name);
            notes.keep(one.id(), name, State.FAILED, (note == null ? FileNote.none(null) : note).failed(problem));
        }
    }

    private RewritableFile open(Dataset dataset, LakeFile file) throws FileNotReplacedException {
        StoredFile stored = lake.open(file.name());
        return RewritableFile.of(dataset, file, stored, lake.ranges(file.name(), stored));
    }

    private PeopleInFile people(Dataset dataset, Iterable<DataSubjectRequest> requests) {
        Map<UUID, Keys> people = new LinkedHashMap<>();
        requests.forEach(request -> people.put(request.id(), datasets.keys(request)));
        return new PeopleInFile(dataset, people, pseudonyms);
    }
}
