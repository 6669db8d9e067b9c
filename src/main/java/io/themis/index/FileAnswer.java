package io.themis.index;

import io.themis.lake.ByteRange;
import java.util.List;

/** What is known of some keys in one version of a file. */
public sealed interface FileAnswer {

    /** Nothing: this version has not been read to its end, or the index has lost it. The file must be scanned. */
    record Unknown() implements FileAnswer {}

    /** No row of the file holds one of the keys. */
    record Nowhere() implements FileAnswer {}

    /**
     * All rows with one of the keys are in these ranges, among others.
     *
     * @param rowsBegin where the first row of the file begins; before it is what a reader of ranges may need too, such as a
     *     header
     * @param ranges whole rows, in the order of the file, with gaps between them
     */
    record Within(long rowsBegin, List<ByteRange> ranges) implements FileAnswer {}

    /** Rows hold the keys, and reading the whole file is the cheapest way to them, or the only one. */
    record Anywhere() implements FileAnswer {}
}
