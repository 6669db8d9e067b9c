package io.themis.erasure;

import io.themis.lake.Edit;
import io.themis.lake.FileEdits;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a rewritten file, made of a part of the old one.
 *
 * @param from offset in the old file
 * @param to offset behind it
 * @param edits all within it; none if it is copied as it is
 * @param isCopied whether the store is to copy it itself
 */
record Block(long from, long to, List<Edit> edits, boolean isCopied) {

    /** What goes through memory at once. */
    static final long WRITTEN = 8L << 20;

    /** Put Block From URL takes no more at once. */
    private static final long MOST_COPIED = 100L << 20;

    /** A request of its own costs more than to read and write so little. */
    private static final long LEAST_COPIED = 256L << 10;

    /** A blob has 50,000 blocks at most: this leaves room for as many that are written between those that are copied, up to 80 GB. */
    private static final long COPIED_BLOCKS = 10_000;

    /**
     * From how many bytes on the store is to copy what stays between two edits.
     *
     * @param length of the file
     */
    static long leastCopied(long length) {
        return Math.min(WRITTEN, Math.max(LEAST_COPIED, length / COPIED_BLOCKS));
    }

    /** The blocks of a file, in their order. Nothing of the old file is missing, and nothing is there twice. */
    static List<Block> of(FileEdits edits) {
        long leastCopied = leastCopied(edits.length());
        List<Block> blocks = new ArrayList<>();
        List<Edit> pending = new ArrayList<>();
        long start = 0;
        long at = 0;
        for (Edit edit : edits.edits()) {
            if (edit.from() - at >= leastCopied) {
                write(blocks, start, at, pending);
                blocks.addAll(copies(at, edit.from()));
                start = edit.from();
            } else if (edit.to() - start > WRITTEN) {
                write(blocks, start, at, pending);
                start = at;
            }
            pending.add(edit);
            at = edit.to();
        }
        if (edits.length() - at >= leastCopied) {
            write(blocks, start, at, pending);
            blocks.addAll(copies(at, edits.length()));
        } else {
            write(blocks, start, edits.length(), pending);
        }
        return blocks;
    }

    private static void write(List<Block> blocks, long from, long to, List<Edit> edits) {
        // Where an empty value is masked, something comes and nothing goes
        if (to > from || !edits.isEmpty()) {
            blocks.add(new Block(from, to, List.copyOf(edits), false));
            edits.clear();
        }
    }

    /** A range that the store is to copy, in parts that it takes. */
    static List<Block> copies(long from, long to) {
        List<Block> blocks = new ArrayList<>();
        for (long at = from; at < to; at += MOST_COPIED) {
            blocks.add(new Block(at, Math.min(to, at + MOST_COPIED), List.of(), true));
        }
        return blocks;
    }

    /** Whether anything of the old file is in it. */
    boolean isKept() {
        return to - from
                > edits.stream().mapToLong(edit -> edit.to() - edit.from()).sum();
    }

    /** Parts that fit into memory; edits stay whole. */
    List<Block> inMemory() {
        if (!isCopied) {
            return List.of(this);
        }
        List<Block> parts = new ArrayList<>();
        for (long at = from; at < to; at += WRITTEN) {
            parts.add(new Block(at, Math.min(to, at + WRITTEN), List.of(), false));
        }
        return parts;
    }
}
