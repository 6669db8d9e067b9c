package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.lake.LakeFile;
import io.themis.lake.LakePath;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Shortfall;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is looked for in a lake dataset for one person, whichever file it is, and where it goes. A plan has one for all its files, so
 * what is known of the person is read once, however many files there are. For any number of threads.
 */
final class LakeQuery {

    private final DataSubjectRequest request;
    private final Dataset dataset;
    private final LakePath path;
    private final Keys keys;
    private final MissingKeys missingKeys;
    private final PartSink staging;
    private final HomonymSink homonyms;

    LakeQuery(
            DataSubjectRequest request,
            Dataset dataset,
            Keys keys,
            MissingKeys missingKeys,
            PartSink staging,
            HomonymSink homonyms) {
        this.request = request;
        this.dataset = dataset;
        this.keys = keys;
        this.missingKeys = missingKeys;
        this.staging = staging;
        this.homonyms = homonyms;
        path = dataset.lakePath();
    }

    Dataset dataset() {
        return dataset;
    }

    LakePath path() {
        return path;
    }

    /** The person's. */
    Keys keys() {
        return keys;
    }

    /** How rows are found in files of a partition; nothing if the person can have none there, nor a namesake. */
    Optional<RowMatch> match(String partition) {
        Map<String, Wanted> match = keys.match(dataset, partition);
        Map<String, Wanted> review = keys.review(dataset);
        return match.isEmpty() && review.isEmpty() ? Optional.empty() : Optional.of(new RowMatch(match, review));
    }

    /** Why rows of a partition may be missed all the same; none if none can be. */
    Collection<Shortfall> gaps(String partition) {
        return missingKeys.reasons(dataset, partition);
    }

    /** A place for the rows of a file. */
    LakeRows rows(LakeFile file) {
        return rows(file, file.name());
    }

    /**
     * The same for a file in a zip.
     *
     * @param number of it in the zip, which may have a name twice
     */
    LakeRows rows(LakeFile entry, int number) {
        return rows(entry, number + " " + entry.name());
    }

    private LakeRows rows(LakeFile file, String name) {
        return new LakeRows(staging, homonyms, partName(name), dataset, file, keys);
    }

    /** A place for a file that is a record itself. */
    FileCopy copy(LakeFile file, String packagePath) {
        return new FileCopy(
                staging, partName(file.name()), file, path.values(file.name()).orElseThrow(), packagePath);
    }

    /** Says nothing of the file's name. */
    private String partName(String file) {
        return Staging.name(
                request,
                dataset.name(),
                UUID.nameUUIDFromBytes(file.getBytes(StandardCharsets.UTF_8)).toString());
    }
}
