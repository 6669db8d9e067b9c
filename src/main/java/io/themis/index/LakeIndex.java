package io.themis.index;

import io.themis.index.IndexStore.Stored;
import io.themis.index.MergePolicy.Candidate;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Knows which keys are where in the files of a lake that were scanned.
 *
 * <p>What it knows is kept in runs, immutable and each of some files. They are merged as they become many. Replicas need no
 * lock: a new run is complete before the old ones go, and a run that is there twice says the same twice. A run that is
 * damaged, lost or of another version of the format is as one that was never written: its files are scanned again.
 *
 * <p>A definition stands for everything that a key's place depends on besides the file: the columns, their normal forms, the
 * format and how it is read. Files are known for each definition apart. Any change of these must give another definition.
 */
public final class LakeIndex {

    private static final String RUN = ".run";
    private static final Pattern DEFINITION = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_-]+)/[^/]+\\.run");

    /** How often a look-up or a merge begins again because others are merging the same runs. */
    private static final int ATTEMPTS = 5;

    private final IndexStore store;
    private final OpenRuns openRuns;

    public LakeIndex(IndexStore store) {
        this.store = store;
        openRuns = new OpenRuns(store);
    }

    /**
     * To be told what a scan of a file meets.
     *
     * @param definition letters, digits, {@code _} and {@code -}
     */
    public SegmentBuilder build(String definition, FileVersion file) {
        return new SegmentBuilder(this, checked(definition), file, true);
    }

    /** As {@link #build}, of a file that can only be read from its beginning; offsets are those of what it unpacks to. */
    public SegmentBuilder buildUnranged(String definition, FileVersion file) {
        return new SegmentBuilder(this, checked(definition), file, false);
    }

    private static String checked(String definition) {
        if (!DEFINITION.matcher(definition).matches()) {
            throw new IllegalArgumentException("not a definition: " + definition);
        }
        return definition;
    }

    /**
     * Where the keys are.
     *
     * @param files as the lake has them now, each name once
     * @param hashes of all keys that are asked for
     * @return by the file's name
     * @throws IOException if the store fails
     */
    public Map<String, FileAnswer> find(String definition, Collection<FileVersion> files, Set<Long> hashes)
            throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                List<Run> runs = openRuns.open(list(definition), damage -> {});
                return new Lookup(store, hashes).answers(runs, files);
            } catch (NoSuchFileException e) {
                // merged meanwhile: what it knew is in another run
            }
        }
        return files.stream().collect(Collectors.toMap(FileVersion::name, file -> new FileAnswer.Unknown()));
    }

    /**
     * Merges runs until they are few, and drops what they know of files that are no longer so. Damaged ones are deleted.
     *
     * @param files all files of the definition as the lake has them now
     * @throws IOException if the store fails
     */
    public void merge(String definition, Collection<FileVersion> files) throws IOException {
        Set<FileVersion> current = Set.copyOf(files);
        int attempt = 0;
        while (attempt < ATTEMPTS) {
            try {
                List<Run> runs = openOrDelete(list(definition));
                List<Run> chosen = MergePolicy.choose(runs.stream()
                        .map(run -> new Candidate<>(run, run.stored().size(), isMostlyOld(run, current)))
                        .toList());
                if (chosen.isEmpty()) {
                    return;
                }
                if (!replace(definition, chosen, piece -> current.contains(piece.file()))) {
                    attempt++;
                }
            } catch (NoSuchFileException e) {
                attempt++;
            } catch (DamagedRunException e) {
                store.delete(e.run());
            }
        }
    }

    private static boolean isMostlyOld(Run run, Set<FileVersion> current) {
        long groups = 0;
        long old = 0;
        for (Piece piece : run.pieces()) {
            groups += piece.groups() + 1;
            old += current.contains(piece.file()) ? 0 : piece.groups() + 1;
        }
        return 2 * old > groups;
    }

    /**
     * Drops everything that is known of the files in which one of the keys is, of all definitions and also of versions of
     * files that are no longer there. Without their rows, the files will be other versions, which are not known anyway; and
     * were a row to stay, an index without its key would deny it. Deletes damaged runs, as they may hold the keys too.
     *
     * <p>A process that dies while it merges, just now, may leave a run that it had read before: to be sure, forget again
     * once it has started again.
     *
     * @throws IOException if the store fails; some keys may still be there
     */
    public void forget(Set<Long> hashes) throws IOException {
        boolean isForgotten = false;
        while (!isForgotten) {
            isForgotten = true;
            for (Map.Entry<String, List<Stored>> runs : byDefinition().entrySet()) {
                isForgotten &= forget(runs.getKey(), runs.getValue(), hashes);
            }
        }
    }

    /** @return whether there was nothing to forget */
    private boolean forget(String definition, List<Stored> listed, Set<Long> hashes) throws IOException {
        try {
            List<Run> runs = openOrDelete(listed);
            Map<Run, BitSet> groups = new Lookup(store, hashes).groups(runs, piece -> true);
            for (Run run : runs) {
                BitSet found = groups.get(run);
                if (found == null) {
                    store.delete(run.stored().name());
                } else if (!found.isEmpty()) {
                    Set<FileVersion> files = found.stream()
                            .mapToObj(group ->
                                    run.pieces().get(run.pieceOf(group)).file())
                            .collect(Collectors.toSet());
                    replace(definition, List.of(run), piece -> !files.contains(piece.file()));
                }
            }
            return groups.size() == listed.size() && groups.values().stream().allMatch(BitSet::isEmpty);
        } catch (NoSuchFileException e) {
            return false;
        } catch (DamagedRunException e) {
            store.delete(e.run());
            return false;
        }
    }

    /**
     * Deletes what is known by any other definition: after a change of the data map nobody asks for it, and it holds keys.
     *
     * @throws IOException if the store fails
     */
    public void keepOnly(Set<String> definitions) throws IOException {
        for (Map.Entry<String, List<Stored>> runs : byDefinition().entrySet()) {
            if (!definitions.contains(runs.getKey())) {
                for (Stored run : runs.getValue()) {
                    store.delete(run.name());
                }
            }
        }
    }

    private Map<String, List<Stored>> byDefinition() throws IOException {
        Map<String, List<Stored>> runs = new HashMap<>();
        for (Stored run : store.list("")) {
            Matcher name = NAME.matcher(run.name());
            if (name.matches()) {
                runs.computeIfAbsent(name.group(1), definition -> new ArrayList<>())
                        .add(run);
            }
        }
        return runs;
    }

    private List<Stored> list(String definition) throws IOException {
        return store.list(checked(definition) + "/").stream()
                .filter(run -> NAME.matcher(run.name()).matches())
                .toList();
    }

    private List<Run> openOrDelete(List<Stored> listed) throws IOException {
        List<String> damaged = new ArrayList<>();
        List<Run> open = openRuns.open(listed, damage -> damaged.add(damage.run()));
        for (String run : damaged) {
            store.delete(run);
        }
        return open;
    }

    /**
     * Puts one run in the place of others. If one of them goes meanwhile, somebody else has replaced it, perhaps to forget
     * a key; then the new one must not stay.
     *
     * @return whether it was done
     */
    private boolean replace(String definition, List<Run> runs, Predicate<Piece> isKept) throws IOException {
        Set<String> old = runs.stream().map(run -> run.stored().name()).collect(Collectors.toSet());
        Merge merge = new Merge(store, runs, isKept);
        if (!merge.pieces().isEmpty()) {
            String merged = put(definition, merge.pieces(), merge.mostKeys(), merge::writeTo);
            Set<String> there =
                    list(definition).stream().map(Stored::name).collect(Collectors.toCollection(HashSet::new));
            if (!there.containsAll(old)) {
                store.delete(merged);
                return false;
            }
        }
        for (String run : old) {
            store.delete(run);
        }
        return true;
    }

    /** Writes the postings and the groups of a run. */
    @FunctionalInterface
    interface RunContent {

        void writeTo(RunWriter run) throws IOException;
    }

    /**
     * Stores a run.
     *
     * @return its name
     */
    String put(String definition, List<Piece> pieces, long mostKeys, RunContent content) throws IOException {
        String name = definition + "/" + UUID.randomUUID() + RUN;
        store.put(name, out -> {
            RunWriter run = new RunWriter(out, name, pieces, mostKeys);
            content.writeTo(run);
            run.finish();
        });
        return name;
    }
}
