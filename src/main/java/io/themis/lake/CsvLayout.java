package io.themis.lake;

import java.nio.charset.Charset;
import java.util.List;

/**
 * How a CSV file is written.
 *
 * @param encoding null if it is UTF-8 or as a byte order mark says
 * @param header names of the columns, for files without a header; empty if the first record names them
 */
public record CsvLayout(char delimiter, char quote, Charset encoding, List<String> header) {

    /** Comma, double quotes, and a header. */
    public static final CsvLayout PLAIN = new CsvLayout(',', '"', null, List.of());
}
