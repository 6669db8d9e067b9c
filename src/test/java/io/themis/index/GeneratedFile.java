package io.themis.index;

import java.io.IOException;

/**
 * A file of rows of the same length with a key each, at random among people; nothing of it is in memory.
 *
 * @param people how many there are; a row's owner is one of them
 */
record GeneratedFile(int number, int rows, int rowLength, int people) {

    private static final int HEADER = 60;

    FileVersion version() {
        return new FileVersion(
                "posts/%04d/Posts.xml".formatted(number), "\"0x8DC0123456789AB\"", HEADER + (long) rows * rowLength);
    }

    /** The same in every file that has the person. */
    static long hash(int person) {
        return mix(0x1234_5678_9ABCL + person);
    }

    int owner(int row) {
        return (int) Long.remainderUnsigned(mix((long) number << 32 | row), people);
    }

    long begin(int row) {
        return HEADER + (long) row * rowLength;
    }

    void scan(LakeIndex index, String definition) throws IOException {
        SegmentBuilder builder = index.build(definition, version());
        for (int row = 0; row < rows; row++) {
            builder.row(begin(row));
            builder.key(hash(owner(row)));
        }
        builder.finish();
    }

    private static long mix(long seed) {
        long mixed = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
