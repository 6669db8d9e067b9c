package io.themis.lake;

import io.themis.lake.ParquetFooter.Range;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.Util;

/**
 * The split block bloom filter of one column of a row group: it knows of a value that it is not stored there. One block of it
 * tells that of a value, so of a filter that is longer than a read only blocks are read.
 */
final class ParquetBloomFilter {

    /** Holds the header, and all of a small filter. */
    static final int FIRST_READ = 4 << 10;

    private static final int BLOCK = 32;

    /** Each may take a read; of more values than this one is in most row groups. */
    private static final int MOST_ASKED = 64;

    private final ParquetReads file;
    private final Range range;
    private final byte[] start;
    private final int header;
    private final int blocks;

    private ParquetBloomFilter(ParquetReads file, Range range) throws IOException {
        this.file = file;
        this.range = range;
        start = file.read(range.from(), (int) Math.min(FIRST_READ, range.length()));
        ByteArrayInputStream bytes = new ByteArrayInputStream(start);
        BloomFilterHeader head = Util.readBloomFilterHeader(bytes);
        header = start.length - bytes.available();
        int length = head.getNumBytes();
        if (length < BLOCK
                || length > BlockSplitBloomFilter.UPPER_BOUND_BYTES
                || length % BLOCK != 0
                || header + length != range.length()
                || !head.getAlgorithm().isSetBLOCK()
                || !head.getHash().isSetXXHASH()
                || !head.getCompression().isSetUNCOMPRESSED()) {
            throw new ParquetDamageException("a bloom filter of the file contradicts the footer");
        }
        blocks = length / BLOCK;
    }

    /**
     * Whether the filter says that none of the values is stored. A filter is believed if it knows values that are stored for
     * certain, and where there are none, if it is not empty where it says so: it has no checksum.
     *
     * @param stored values that are in the column
     * @throws IOException from the store; a damaged filter says nothing
     */
    static boolean lacks(ParquetReads file, Range range, Collection<Object> values, Collection<Object> stored)
            throws IOException {
        if (values.size() > MOST_ASKED) {
            return false;
        }
        try {
            ParquetBloomFilter filter = new ParquetBloomFilter(file, range);
            for (Object value : stored) {
                if (!filter.block(value).findHash(hash(value))) {
                    return false;
                }
            }
            for (Object value : values) {
                BlockSplitBloomFilter block = filter.block(value);
                boolean isEmpty = block.equals(new BlockSplitBloomFilter(new byte[BLOCK]));
                if (block.findHash(hash(value)) || isEmpty && stored.isEmpty()) {
                    return false;
                }
            }
            return true;
        } catch (IOException | RuntimeException e) {
            file.rethrow();
            return false;
        }
    }

    private static long hash(Object value) {
        return new BlockSplitBloomFilter(new byte[BLOCK]).hash(value);
    }

    /** A filter of the one block that the value is in. */
    private BlockSplitBloomFilter block(Object value) throws IOException {
        int block = (int) ((hash(value) >>> Integer.SIZE) * blocks >>> Integer.SIZE);
        int from = header + block * BLOCK;
        return new BlockSplitBloomFilter(
                from + BLOCK <= start.length
                        ? Arrays.copyOfRange(start, from, from + BLOCK)
                        : file.read(range.from() + from, BLOCK));
    }
}
