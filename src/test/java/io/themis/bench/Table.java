package io.themis.bench;

import java.util.List;

/** What the rows of a file look like. */
interface Table {

    /** @param number its values are Long, else String */
    record Column(String name, boolean number) {}

    String name();

    /** Length of a row as XML, more or less. */
    int rowLength();

    List<Column> columns();

    /** The column that says whose a row is. */
    String key();

    /**
     * Works a row out from its number alone, so it is the same in every run and in every format.
     *
     * @return a value for each column; null where the row has none
     */
    Object[] row(long number, People people);
}
