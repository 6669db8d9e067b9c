package io.themis.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What a search found in a file.
 *
 * @param problem why the file could not be read to its end, or null
 * @param searched null if there is a problem
 */
record Found(List<Map<String, Object>> rows, String problem, Searched searched) {

    /** The file arrives in pieces of this size. */
    static Found in(RowFormat format, Map<String, Set<String>> match, byte[] file, int piece) throws IOException {
        return in(format, match, file, () -> piece);
    }

    /** The file arrives in pieces of any size. */
    static Found in(RowFormat format, Map<String, Set<String>> match, byte[] file, Random random) throws IOException {
        return in(format, match, file, () -> 1 + random.nextInt(random.nextBoolean() ? 5 : 2000));
    }

    private static Found in(
            RowFormat format, Map<String, Set<String>> match, byte[] file, java.util.function.IntSupplier pieces)
            throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        RowSearch search = format.search(ExactMatch.of(match), rows::add);
        return write(search, rows, file, pieces);
    }

    static Found write(
            RowSearch search, List<Map<String, Object>> rows, byte[] file, java.util.function.IntSupplier pieces)
            throws IOException {
        for (int from = 0; from < file.length; ) {
            int length = Math.min(pieces.getAsInt(), file.length - from);
            search.write(file, from, length);
            from += length;
        }
        search.close();
        try {
            return new Found(rows, null, search.finish());
        } catch (UnreadableFileException e) {
            return new Found(rows, e.getMessage(), null);
        }
    }
}
