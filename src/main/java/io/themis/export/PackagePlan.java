package io.themis.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Which file goes into which zip, known before anything is written. The lists of all files, manifest and checksums, are
 * not in the plan: they follow at the end of the last zip.
 *
 * @param volumes the files of each zip, in their order
 */
record PackagePlan(UUID requestId, List<List<PlannedFile>> volumes) {

    /** More zips than any package has, for notes that are as long as they can be. */
    private static final int MANY = 999_999;

    /** The file in each of several zips that says what it is a part of. */
    interface Note {
        PlannedFile of(int number, int count) throws IOException;
    }

    /** The length of the lists, which depends on what they list. */
    interface Lists {
        long atMost(PackagePlan plan) throws IOException;
    }

    static PackagePlan one(UUID requestId, List<PlannedFile> files) {
        return new PackagePlan(requestId, List.of(List.copyOf(files)));
    }

    /**
     * The files in their order, in as many zips as they need. A file that is longer than a zip may be has one alone.
     *
     * @param size bytes of a zip's files
     */
    static PackagePlan several(UUID requestId, List<PlannedFile> files, long size, Note note, Lists lists)
            throws IOException {
        long room = size - note.of(MANY, MANY).atMost();
        List<List<PlannedFile>> volumes = new ArrayList<>();
        long used = 0;
        for (PlannedFile file : files) {
            if (volumes.isEmpty() || used + file.atMost() > room) {
                volumes.add(new ArrayList<>());
                used = 0;
            }
            volumes.get(volumes.size() - 1).add(file);
            used += file.atMost();
        }
        PackagePlan plan = noted(requestId, volumes, note);
        if (volumes.size() > 1 && used + lists.atMost(plan) <= room) {
            return plan;
        }
        volumes.add(List.of());
        return noted(requestId, volumes, note);
    }

    private static PackagePlan noted(UUID requestId, List<List<PlannedFile>> volumes, Note note) throws IOException {
        List<List<PlannedFile>> noted = new ArrayList<>();
        for (List<PlannedFile> files : volumes) {
            PlannedFile first = note.of(noted.size() + 1, volumes.size());
            noted.add(Stream.concat(Stream.of(first), files.stream()).toList());
        }
        return new PackagePlan(requestId, noted);
    }

    boolean isDivided() {
        return volumes.size() > 1;
    }

    /** @param number from 1 */
    String name(int number) {
        return isDivided() ? "%s-%d-of-%d.zip".formatted(requestId, number, volumes.size()) : requestId + ".zip";
    }

    Stream<PlannedFile> files() {
        return volumes.stream().flatMap(List::stream);
    }

    long atMost() {
        return files().mapToLong(PlannedFile::atMost).sum();
    }
}
