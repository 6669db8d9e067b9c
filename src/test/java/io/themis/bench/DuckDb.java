package io.themis.bench;

import io.themis.bench.Table.Column;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * DuckDB by JDBC, with the form of each query that was the fastest of those tried. Its columns are named, so it detects
 * nothing, and rows may come in any order.
 */
final class DuckDb implements Engine, AutoCloseable {

    private static final int LONGEST_ROW = 16_000_000;

    private final Connection connection;
    private final boolean lines;

    /** By the reader of the format. */
    static DuckDb readingRows() throws SQLException {
        return new DuckDb(false);
    }

    /** A file is lines of text, which are looked into. */
    static DuckDb readingLines() throws SQLException {
        return new DuckDb(true);
    }

    private DuckDb(boolean lines) throws SQLException {
        this.lines = lines;
        connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET threads = " + Threads.COUNT);
            statement.execute("SET preserve_insertion_order = false");
        }
    }

    @Override
    public String name() {
        return lines ? "DuckDB, lines" : "DuckDB";
    }

    @Override
    public Answer answer(Question question) throws Exception {
        try (Statement statement = connection.createStatement()) {
            if (question.ids().size() > 1) {
                statement.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest([%s])::%s AS id"
                        .formatted(list(question.ids()), question.format().equals("csv") ? "VARCHAR" : "BIGINT"));
            }
            try (ResultSet rows = statement.executeQuery(lines ? lines(question) : rows(question))) {
                Answer.Builder found = new Answer.Builder();
                while (rows.next()) {
                    found.row(lines ? LineOfText.parse(question.format(), rows.getString(1)) : row(question, rows));
                }
                return found.answer();
            }
        }
    }

    /**
     * Writes each file of the question once more without the rows of these people, in its order. What of a file is lines comes with line ends of
     * its own.
     */
    void copyWithout(Question question, Path folder) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET preserve_insertion_order = true");
            statement.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest([%s])::%s AS id"
                    .formatted(list(question.ids()), question.format().equals("csv") ? "VARCHAR" : "BIGINT"));
            for (Path file : question.files()) {
                statement.execute(
                        "COPY (SELECT * FROM %s WHERE NOT coalesce(%s IN (SELECT id FROM wanted), false)) TO '%s' (%s)"
                                .formatted(
                                        lines ? lines(List.of(file)) : source(question, List.of(file)),
                                        lines
                                                ? keyOfLine(question)
                                                : question.table().key(),
                                        folder.resolve(file.getFileName()),
                                        lines
                                                ? "FORMAT csv, HEADER false, DELIMITER '\\x01', QUOTE '', ESCAPE ''"
                                                : switch (question.format()) {
                                                    case "csv" -> "FORMAT csv, HEADER true";
                                                    case "jsonl" -> "FORMAT json";
                                                    default -> "FORMAT parquet";
                                                }));
            }
            statement.execute("SET preserve_insertion_order = false");
        }
    }

    private static Map<String, Object> row(Question question, ResultSet rows) throws SQLException {
        List<Column> columns = question.table().columns();
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            row.put(columns.get(i).name(), rows.getObject(i + 1));
        }
        return row;
    }

    private static String rows(Question question) {
        return "SELECT * FROM %s WHERE %s %s"
                .formatted(source(question, question.files()), question.table().key(), in(question.ids()));
    }

    private static String source(Question question, List<Path> files) {
        return switch (question.format()) {
            case "csv" -> csv(question.table(), files);
            case "jsonl" -> jsonl(question.table(), files);
            default -> "read_parquet([%s])".formatted(names(files));
        };
    }

    private static String lines(Question question) {
        String source = lines(question.files());
        if (question.ids().size() == 1) {
            String after = question.format().equals("xml") ? "\"" : ",";
            return "SELECT line FROM %s WHERE contains(line, '%s%d%s')"
                    .formatted(
                            source,
                            beforeKey(question),
                            question.ids().iterator().next(),
                            after);
        }
        return "SELECT line FROM %s WHERE %s %s".formatted(source, keyOfLine(question), in(question.ids()));
    }

    private static String lines(List<Path> files) {
        return """
                read_csv([%s], columns = {'line': 'VARCHAR'}, auto_detect = false, header = false,
                         delim = '\\x01', quote = '', escape = '', max_line_size = %d)""".formatted(names(files), LONGEST_ROW);
    }

    private static String keyOfLine(Question question) {
        return "TRY_CAST(regexp_extract(line, '%s([0-9]+)', 1) AS BIGINT)".formatted(beforeKey(question));
    }

    private static String beforeKey(Question question) {
        String key = question.table().key();
        return question.format().equals("xml") ? " %s=\"".formatted(key) : "\"%s\":".formatted(key);
    }

    private static String in(Collection<Long> people) {
        return people.size() == 1 ? "= '%d'".formatted(people.iterator().next()) : "IN (SELECT id FROM wanted)";
    }

    /** Of text only, as numbers would have to be read and written again. */
    private static String csv(Table table, List<Path> files) {
        return """
                read_csv([%s], columns = {%s}, auto_detect = false, header = true,
                         delim = ',', quote = '"', escape = '"', max_line_size = %d)""".formatted(names(files), columns(table, column -> "VARCHAR"), LONGEST_ROW);
    }

    /** What reads a table from these files. */
    static String jsonl(Table table, List<Path> files) {
        return """
                read_json([%s], columns = {%s}, auto_detect = false, format = 'newline_delimited',
                          maximum_object_size = %d)""".formatted(
                        names(files), columns(table, column -> column.number() ? "BIGINT" : "VARCHAR"), LONGEST_ROW);
    }

    private static String columns(Table table, Function<Column, String> type) {
        return table.columns().stream()
                .map(column -> "'%s': '%s'".formatted(column.name(), type.apply(column)))
                .collect(Collectors.joining(", "));
    }

    private static String names(List<Path> files) {
        return files.stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
    }

    private static String list(Collection<Long> people) {
        return people.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    String version() throws SQLException {
        return "DuckDB " + connection.getMetaData().getDatabaseProductVersion();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
