package io.themis.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Which rows were found: how many, and a hash of every column and value in them that does not depend on the order of
 * rows or columns.
 */
record Answer(long rows, long hash) {

    static final Answer NOTHING = new Answer(0, 0);

    static Answer sum(Collection<Answer> answers) {
        return answers.stream().reduce(NOTHING, Answer::plus);
    }

    Answer plus(Answer other) {
        return new Answer(rows + other.rows, hash + other.hash);
    }

    /** Where each of the rows is there so many times. */
    Answer times(int times) {
        return new Answer(times * rows, times * hash);
    }

    /** Takes rows, one at a time; for one thread. */
    static final class Builder {

        private final CRC32 crc32 = new CRC32();
        private final CRC32C crc32c = new CRC32C();
        private long rows;
        private long hash;

        /** A null is a column that the row does not have. */
        void row(Map<String, ?> columns) {
            long row = 0;
            for (Map.Entry<String, ?> column : columns.entrySet()) {
                row += hash(column.getKey(), column.getValue());
            }
            end(row);
        }

        void row(List<Table.Column> columns, Object[] values) {
            long row = 0;
            for (int i = 0; i < values.length; i++) {
                row += hash(columns.get(i).name(), values[i]);
            }
            end(row);
        }

        private long hash(String column, Object value) {
            return value == null ? 0 : mix(hash(value.toString()) + mix(hash(column)));
        }

        private long hash(String text) {
            byte[] bytes = text.getBytes(UTF_8);
            crc32.reset();
            crc32.update(bytes);
            crc32c.reset();
            crc32c.update(bytes);
            return crc32.getValue() << 32 | crc32c.getValue();
        }

        /** Checksums of like texts are alike, and sums of those may be equal; so their bits are spread (SplitMix64). */
        private static long mix(long bits) {
            long z = bits + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }

        private void end(long row) {
            hash += mix(row);
            rows++;
        }

        Answer answer() {
            return new Answer(rows, hash);
        }
    }
}
