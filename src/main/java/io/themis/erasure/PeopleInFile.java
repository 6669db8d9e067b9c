package io.themis.erasure;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import io.themis.lake.JudgedRows;
import io.themis.lake.RowJudge;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
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

    /** The same people, of whom nothing has been found. */
    PeopleInFile again() {
        return new PeopleInFile(dataset, people, pseudonyms);
    }

    /** Which rows are judged; nothing if none of them can have a row in files of that partition. */
    Optional<JudgedRows> rows(String partition) {
        List<RowMatch> matches = new ArrayList<>();
        for (Keys keys : people.values()) {
            Map<String, Wanted> match = keys.match(dataset, partition);
            if (!match.isEmpty()) {
                matches.add(new RowMatch(match));
            }
        }
        return matches.isEmpty()
                ? Optional.empty()
                : Optional.of(new JudgedRows(RowMatch.anyOf(matches), judge(partition)));
    }

    private RowJudge judge(String partition) {
        // A zip can have several files of a partition
        return new PeoplesRows(
                counts.computeIfAbsent(partition, this::newCounts).values());
    }

    private Map<UUID, RowCounts> newCounts(String partition) {
        Map<UUID, RowCounts> each = new LinkedHashMap<>();
        people.forEach((id, keys) ->
                each.put(id, new RowCounts(dataset, new RowErasure(dataset, partition, keys, pseudonyms))));
        return each;
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
