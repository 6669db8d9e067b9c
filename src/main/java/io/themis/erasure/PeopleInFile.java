package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.lake.RowJudge;
import io.themis.lake.RowMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Those whose rows go from one lake file together: how their rows are found, what becomes of each, and how many there are. For one
 * reading of the file.
 */
final class PeopleInFile {

    private final Dataset dataset;
    private final Map<UUID, Keys> people;
    private final Pseudonyms pseudonyms;
    /** Partition to the counts of each person; a file is of one partition, and a zip has files of several. */
    private final Map<String, Map<UUID, RowCounts>> counts = new HashMap<>();

    /** @param people the id of the request to what is known of its person */
    PeopleInFile(Dataset dataset, Map<UUID, Keys> people, Pseudonyms pseudonyms) {
        this.dataset = dataset;
        this.people = people;
        this.pseudonyms = pseudonyms;
    }

    /** Nothing if none of them can have a row in files of that partition. */
    Optional<RowMatch> match(String partition) {
        List<RowMatch> matches = new ArrayList<>();
        for (Keys keys : people.values()) {
            Map<String, RowMatch.Wanted> match = keys.match(dataset, partition);
            if (!match.isEmpty()) {
                matches.add(new RowMatch(match));
            }
        }
        return matches.isEmpty() ? Optional.empty() : Optional.of(RowMatch.anyOf(matches));
    }

    RowJudge judge(String partition) {
        Map<UUID, RowCounts> each = new LinkedHashMap<>();
        people.forEach((id, keys) ->
                each.put(id, new RowCounts(dataset, new RowErasure(dataset, partition, keys, pseudonyms))));
        // A zip can have several files of a partition
        counts.computeIfAbsent(partition, none -> each);
        return new PeoplesRows(counts.get(partition).values());
    }

    /** What was found of one of them. */
    SurveyedFile found(UUID id, String file, long bytes) {
        long deleted = 0;
        long masked = 0;
        long keptRows = 0;
        List<Kept> kept = new ArrayList<>();
        for (Map<UUID, RowCounts> partition : counts.values()) {
            RowCounts one = partition.get(id);
            deleted += one.deleted();
            masked += one.masked();
            keptRows += one.keptRows();
            kept.addAll(one.kept());
        }
        return new SurveyedFile(new FilePlan(file, bytes, deleted, masked, keptRows), kept, null);
    }
}
