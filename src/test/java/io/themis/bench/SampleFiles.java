package io.themis.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.themis.bench.Table.Column;
import io.themis.devservices.DumpWriter;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table in several files of each format. All formats have the same rows, and {@code people.csv} has what the generator knows:
 * how many rows each person has, and their hash. Kept for the next run, under a name that says how it was made.
 */
final class SampleFiles {

    static final int COUNT = 8;
    private static final List<String> FORMATS = List.of("xml", "jsonl", "csv");
    /** Rows of a file begin with this number times the file's; they are never so many. */
    private static final long FILE = 100_000_000L;
    /** To be raised when other rows come out, as the files are kept. */
    private static final int EDITION = 2;

    private final Path folder;
    private final Table table;
    private final People people;
    private final int count;
    private final Map<Long, Answer> truth = new TreeMap<>();
    private long rows;

    private SampleFiles(Path folder, Table table, People people, int count) {
        this.folder = folder;
        this.table = table;
        this.people = people;
        this.count = count;
    }

    /**
     * Eight files of each format.
     *
     * @param bytes of the XML files; the other formats are a little shorter
     */
    static SampleFiles of(Table table, long bytes) throws Exception {
        Path folder = Path.of("target/bench/data/%s-%d-%d".formatted(table.name(), bytes, EDITION));
        SampleFiles files = new SampleFiles(folder, table, People.of(bytes / table.rowLength()), COUNT);
        if (Files.notExists(files.peopleFile())) {
            files.generate(bytes / COUNT, FORMATS);
        }
        files.readPeople();
        return files;
    }

    /** XML files alone. */
    static SampleFiles xml(Table table, long bytes, int count) throws Exception {
        Path folder = Path.of("target/bench/data/%s-%d-in-%d-%d".formatted(table.name(), bytes, count, EDITION));
        SampleFiles files = new SampleFiles(folder, table, People.of(bytes / table.rowLength()), count);
        if (Files.notExists(files.peopleFile())) {
            files.generate(bytes / count, List.of("xml"));
        }
        files.readPeople();
        return files;
    }

    /**
     * The files of the three formats of text under so many names each, by hard links: as many times the bytes to look at, for which the page cache
     * needs no more room. Everybody has as many times the rows.
     */
    SampleFiles times(int times) throws IOException {
        Path links = folder.resolveSibling("%s-times-%d".formatted(folder.getFileName(), times));
        SampleFiles many = new SampleFiles(Files.createDirectories(links), table, people, times * count);
        for (int i = 0; i < many.count; i++) {
            for (String format : FORMATS) {
                // One of an earlier run may be of files that were made anew since
                Files.deleteIfExists(many.file(i, format));
                Files.createLink(many.file(i, format), file(i % count, format));
            }
        }
        truth.forEach((id, answer) -> many.truth.put(id, answer.times(times)));
        many.rows = times * rows;
        return many;
    }

    Table table() {
        return table;
    }

    long rows() {
        return rows;
    }

    List<Path> of(String format) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> file(i, format))
                .toList();
    }

    long bytes(String format) throws IOException {
        long bytes = 0;
        for (Path file : of(format)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    Answer truth(Collection<Long> ids) {
        return Answer.sum(
                ids.stream().map(id -> truth.getOrDefault(id, Answer.NOTHING)).toList());
    }

    /** One whose number of rows is the median. */
    Long typicalPerson() {
        return typicalPeople(1).get(0);
    }

    /** People whose number of rows is the median. */
    List<Long> typicalPeople(int count) {
        List<Long> rows = truth.values().stream().map(Answer::rows).sorted().toList();
        return peopleWith(rows.get(rows.size() / 2), count);
    }

    /** People who have so many rows, or about as many. */
    List<Long> peopleWith(long rows, int count) {
        return truth.entrySet().stream()
                .sorted(Comparator.comparingLong(
                        person -> Math.abs(person.getValue().rows() - rows)))
                .limit(count)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** That many of the people who are not the busiest, from all over the table; all of them where there are fewer. */
    List<Long> people(int count) {
        int others = people.count() - people.busy();
        int taken = Math.min(count, others);
        return Stream.iterate(0, i -> i + 1)
                .limit(taken)
                .map(i -> People.id(people.busy() + (int) ((long) i * others / taken)))
                .toList();
    }

    /** People who have rows elsewhere. */
    List<Long> strangers(int count) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> People.id(people.count() + i))
                .toList();
    }

    private Path file(int number, String format) {
        return folder.resolve(number + "." + format);
    }

    private Path peopleFile() {
        return folder.resolve("people.csv");
    }

    private void generate(long length, List<String> formats) throws Exception {
        Files.createDirectories(folder);
        List<Integer> numbers = Stream.iterate(0, i -> i + 1).limit(count).toList();
        Map<Long, Answer> all = new TreeMap<>();
        Threads.each(numbers, number -> {
            Map<Long, Answer.Builder> found = generate(number, length, formats);
            synchronized (all) {
                found.forEach((id, rows) -> all.merge(id, rows.answer(), Answer::plus));
            }
            return null;
        });
        if (formats.equals(FORMATS)) {
            writeParquet();
        }
        // Last, as it says that all is there
        Files.write(
                peopleFile(),
                all.entrySet().stream()
                        .map(person -> "%d,%d,%d"
                                .formatted(
                                        person.getKey(),
                                        person.getValue().rows(),
                                        person.getValue().hash()))
                        .toList());
    }

    /** Files end with the row with which the XML is long enough, so that each format has the same rows. */
    private Map<Long, Answer.Builder> generate(int number, long length, List<String> formats) throws IOException {
        Map<Long, Answer.Builder> found = new HashMap<>();
        List<Column> columns = table.columns();
        int key = columns.stream().map(Column::name).toList().indexOf(table.key());
        try (Counted bytes = new Counted(open(number, "xml", formats));
                JsonGenerator json = new JsonFactory().createGenerator(open(number, "jsonl", formats));
                CsvWriter csv = CsvWriter.builder()
                        .lineDelimiter(LineDelimiter.LF)
                        .build(new OutputStreamWriter(open(number, "csv", formats), UTF_8))) {
            DumpWriter xml = new DumpWriter(bytes, table.name(), "\r\n");
            json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
            csv.writeRecord(columns.stream().map(Column::name).toList());
            for (long id = number * FILE + 1; bytes.count < length; id++) {
                Object[] row = table.row(id, people);
                write(columns, row, xml);
                if (formats.size() > 1) {
                    write(columns, row, json, csv);
                }
                if (row[key] != null) {
                    found.computeIfAbsent((Long) row[key], any -> new Answer.Builder())
                            .row(columns, row);
                }
            }
            xml.endTable();
            json.writeRaw('\n');
        }
        return found;
    }

    private OutputStream open(int number, String format, List<String> formats) throws IOException {
        return formats.contains(format)
                ? new BufferedOutputStream(Files.newOutputStream(file(number, format)))
                : OutputStream.nullOutputStream();
    }

    private static void write(List<Column> columns, Object[] row, DumpWriter xml) throws IOException {
        xml.row();
        for (int i = 0; i < row.length; i++) {
            xml.with(columns.get(i).name(), row[i]);
        }
        xml.endRow();
    }

    private static void write(List<Column> columns, Object[] row, JsonGenerator json, CsvWriter csv)
            throws IOException {
        List<String> cells = new ArrayList<>();
        json.writeStartObject();
        for (int i = 0; i < row.length; i++) {
            if (row[i] != null) {
                json.writePOJOField(columns.get(i).name(), row[i]);
            }
            cells.add(row[i] == null ? null : row[i].toString());
        }
        json.writeEndObject();
        csv.writeRecord(cells);
    }

    private void writeParquet() throws Exception {
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute("SET threads = " + Threads.COUNT);
            for (int i = 0; i < count; i++) {
                statement.execute("COPY (SELECT * FROM %s) TO '%s' (FORMAT parquet)"
                        .formatted(DuckDb.jsonl(table, List.of(file(i, "jsonl"))), file(i, "parquet")));
            }
        }
    }

    private void readPeople() throws IOException {
        for (String line : Files.readAllLines(peopleFile())) {
            String[] cells = line.split(",");
            truth.put(Long.valueOf(cells[0]), new Answer(Long.parseLong(cells[1]), Long.parseLong(cells[2])));
        }
        rows = truth.values().stream().collect(Collectors.summingLong(Answer::rows));
    }

    private static final class Counted extends FilterOutputStream {

        private long count;

        private Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            count += length;
        }
    }
}
