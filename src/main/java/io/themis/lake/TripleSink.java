package io.themis.lake;

import org.apache.parquet.io.api.Binary;

/**
 * Takes what one Parquet column holds, in order: triples of a repetition level, which is 0 where a row begins, a definition level, and,
 * if that is the column's highest, a value. They are all that there is to a column, however its rows are nested.
 */
interface TripleSink {

    void empty(int repetition, int definition);

    void value(int repetition, int definition, boolean value);

    void value(int repetition, int definition, int value);

    void value(int repetition, int definition, long value);

    void value(int repetition, int definition, float value);

    void value(int repetition, int definition, double value);

    void value(int repetition, int definition, Binary value);
}
