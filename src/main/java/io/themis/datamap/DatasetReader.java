package io.themis.datamap;

import io.themis.datamap.Column.DateForm;
import io.themis.datamap.Dataset.Engine;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.lake.ColumnPath;
import io.themis.lake.CsvLayout;
import io.themis.lake.LakePath;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads one entry of {@code datasets:}. What is wrong with it is noted; the dataset then holds what could be read. */
final class DatasetReader {

    /** Every property, with what to write. */
    private static final Map<String, String> EXAMPLES = new LinkedHashMap<>();

    static {
        EXAMPLES.put("name", "name: posts");
        EXAMPLES.put("title", "title: Your questions and answers");
        EXAMPLES.put("kind", "kind: lake");
        EXAMPLES.put("dataSource", "dataSource: users");
        EXAMPLES.put("query", "query: \"SELECT * FROM users WHERE email_address = :#emailAddress\"");
        EXAMPLES.put("path", "path: \"{site}/Posts.xml\"");
        EXAMPLES.put("format", "format: xml-rows");
        EXAMPLES.put("csv", "csv: {delimiter: \";\", quote: \"'\", encoding: windows-1252, header: [id, name]}");
        EXAMPLES.put("engine", "engine: spark");
        EXAMPLES.put("match", "match: {OwnerUserId: siteUserId}");
        EXAMPLES.put("review", "review: [OwnerDisplayName]");
        EXAMPLES.put("uri", "uri: direct:my-crm");
        EXAMPLES.put("keys", "keys: [accountId]");
        EXAMPLES.put("provides", "provides: {accountId: account_id}");
        EXAMPLES.put("columns", "columns: {VoteTypeId: {title: Kind of vote, values: {2: up vote, 3: down vote}}}");
        EXAMPLES.put(
                "article15",
                "article15: {purposes: [...], categories: [...], recipients: [...], retention: ..., origin: ...}");
        EXAMPLES.put("erasure", ErasureReader.EXAMPLE);
    }

    /** The property that tells which keys a dataset needs. */
    private static final Map<Kind, String> KEYS = Map.of(Kind.SQL, "query", Kind.LAKE, "match", Kind.ROUTE, "keys");

    private static final List<String> EVERY_KIND = List.of("name", "title", "kind", "article15", "erasure");

    private static final List<Format> FOR_SPARK = List.of(Format.XML_ROWS, Format.CSV, Format.JSONL, Format.PARQUET);

    private static final String COLUMN = "{title: Kind of vote, values: {2: up vote, 3: down vote}}";

    private static final String MASK = "mask: {unless: {LastEditorUserId: siteUserId}}";

    private static final Map<Kind, List<String>> REQUIRED = Map.of(
            Kind.SQL, List.of("dataSource", "query"),
            Kind.LAKE, List.of("path", "format", "match"),
            Kind.ROUTE, List.of("uri"));

    private static final Map<Kind, List<String>> OPTIONAL = Map.of(
            Kind.SQL, List.of("match", "provides", "columns"),
            Kind.LAKE, List.of("csv", "engine", "provides", "review", "columns"),
            Kind.ROUTE, List.of("match", "provides", "keys", "columns"));

    /** Short enough for an operator's screen, and plain enough for a route id, a folder and a metric label. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    private static final Pattern URI = Pattern.compile("[a-z][a-z0-9+.-]*:.+", Pattern.DOTALL);

    private final String subjectKey;
    private final Locale language;
    private final Engine engine;
    private final Problems problems;
    private final Map<Dataset, Integer> linesOfKeys = new HashMap<>();

    /**
     * @param subjectKey null if the data map names none
     * @param language of words without a language
     * @param engine of lake datasets that name none
     */
    DatasetReader(String subjectKey, Locale language, Engine engine, Problems problems) {
        this.subjectKey = subjectKey;
        this.language = language;
        this.engine = engine;
        this.problems = problems;
    }

    /** @param number of the entry, counted from 1: names it while it has no name */
    Dataset read(Node node, int number) {
        Fields fields =
                new Fields(node, "dataset %s: ".formatted(called(node, number)), "{name: posts, ...}", problems);
        fields.refuseUnknown(EXAMPLES.keySet());
        EVERY_KIND.forEach(property -> fields.require(property, EXAMPLES.get(property)));
        String name = fields.text("name");
        if (name != null && !NAME.matcher(name).matches()) {
            fields.problem(
                    "name",
                    "the name must be at most 40 lower-case letters, digits and hyphens, with a letter first;"
                            + " write for example  name: posts");
        }
        Kind kind = oneOf(fields, "kind", Kind.class);
        if (kind != null) {
            REQUIRED.get(kind).forEach(property -> fields.require(property, EXAMPLES.get(property)));
            refuseOfOtherKinds(fields, kind);
        }
        Map<String, String> match = fields.pairs("match", EXAMPLES.get("match"));
        List<String> review = fields.texts("review");
        for (String column : review) {
            if (match.containsKey(column)) {
                fields.problem("review", "\"%s\" is matched on; review is for columns that are not".formatted(column));
            }
        }
        String query = fields.text("query");
        String path = fields.text("path");
        Format format = oneOf(fields, "format", Format.class);
        LakePath lakePath = lakePath(fields, path, format);
        Map<String, String> provides = provides(fields);
        CsvLayout csv = csv(fields, format);
        match.keySet().forEach(column -> checkColumn(fields, "match", format, csv, column));
        provides.values().forEach(column -> checkColumn(fields, "provides", format, csv, column));
        review.forEach(column -> checkColumn(fields, "review", format, csv, column));
        if (format == Format.PARQUET && path != null && (path.endsWith(".gz") || path.contains("!/"))) {
            fields.problem("path", "a Parquet file is compressed inside; it is read neither gzipped nor out of a zip");
        }
        if (format == Format.FILE) {
            checkFiles(fields, lakePath, match.keySet());
        }
        String uri = fields.text("uri");
        if (uri != null && !URI.matcher(uri).matches()) {
            fields.problem("uri", "the uri must name an endpoint; write for example  " + EXAMPLES.get("uri"));
        }
        Set<String> keys = kind == null ? Set.of() : keys(fields, kind, query, match);
        Map<String, Column> columns = columns(fields, format, csv, keys);
        if (kind == Kind.SQL && query != null || kind == Kind.ROUTE) {
            checkMatch(fields, kind, match, keys);
        }
        if (format == Format.FILE && lakePath != null && !columns.isEmpty()) {
            checkColumnsOfFiles(fields.fields("columns", EXAMPLES.get("columns")), lakePath, columns);
        }
        // A path that can't be used has no placeholders to tell which keys reach it; that would be told as well.
        Dataset dataset = new Dataset(
                name,
                kind,
                fields.words("title", language),
                fields.text("dataSource"),
                query,
                path,
                format,
                csv,
                engine(fields, kind, format, lakePath),
                match,
                uri,
                path == null || lakePath != null ? keys : Set.of(),
                provides,
                review,
                columns,
                article15(fields),
                ErasureReader.read(
                        fields,
                        language,
                        kind,
                        format,
                        match.keySet(),
                        provides.values(),
                        keys,
                        (erasure, column) -> checkColumn(erasure, "columns", format, csv, column)),
                fields.line());
        linesOfKeys.put(dataset, kind == null ? fields.line() : fields.line(KEYS.get(kind)));
        return dataset;
    }

    /** Where a dataset that was read here tells which keys it needs. */
    int lineOfKeys(Dataset dataset) {
        return linesOfKeys.get(dataset);
    }

    private static String called(Node node, int number) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && tuple.getValueNode() instanceof ScalarNode name
                        && key.getValue().equals("name")
                        && !name.getValue().isBlank()) {
                    return '"' + name.getValue() + '"';
                }
            }
        }
        return String.valueOf(number);
    }

    private static void refuseOfOtherKinds(Fields fields, Kind kind) {
        for (String property : fields.names()) {
            if (EXAMPLES.containsKey(property) && !EVERY_KIND.contains(property) && !belongs(property, kind)) {
                List<String> kinds = Arrays.stream(Kind.values())
                        .filter(other -> belongs(property, other))
                        .map(DatasetReader::label)
                        .toList();
                fields.problem(
                        property,
                        "\"%s\" belongs to kind %s, and this dataset is of kind %s; take it out or change the kind"
                                .formatted(property, String.join(" or ", kinds), label(kind)));
            }
        }
    }

    private static boolean belongs(String property, Kind kind) {
        return REQUIRED.get(kind).contains(property) || OPTIONAL.get(kind).contains(property);
    }

    /** The keys that finding a row needs. */
    private Set<String> keys(Fields fields, Kind kind, String query, Map<String, String> match) {
        Set<String> keys = new LinkedHashSet<>(
                switch (kind) {
                    case SQL -> query == null ? List.<String>of() : parameters(fields, query);
                    case LAKE -> match.values();
                    case ROUTE -> fields.has("keys") || subjectKey == null ? fields.texts("keys") : List.of(subjectKey);
                });
        for (String key : keys) {
            checkSearchable(fields, KEYS.get(kind), key);
        }
        return Collections.unmodifiableSet(keys);
    }

    private static List<String> parameters(Fields fields, String text) {
        NamedQuery query = NamedQuery.of(text);
        query.problems().forEach(problem -> fields.problem("query", problem));
        if (query.parameters().isEmpty() && query.problems().isEmpty()) {
            fields.problem(
                    "query",
                    "the query has no parameter, so it would give everybody's rows; write for example  "
                            + EXAMPLES.get("query"));
        }
        return query.parameters();
    }

    /** What a query or a route is not asked with, its rows can't be held against. */
    private static void checkMatch(Fields fields, Kind kind, Map<String, String> match, Set<String> keys) {
        for (String key : match.values()) {
            if (!keys.contains(key)) {
                fields.problem(
                        "match",
                        "\"%s\" is %s%s; match on one of %s"
                                .formatted(
                                        key,
                                        kind == Kind.SQL
                                                ? "no parameter of the query"
                                                : "no key that the route is asked with",
                                        Suggestion.of(key, keys),
                                        String.join(", ", keys)));
            }
        }
    }

    private static Map<String, String> provides(Fields fields) {
        Map<String, String> provides = fields.pairs("provides", EXAMPLES.get("provides"));
        for (String key : provides.keySet()) {
            checkKey(fields, "provides", key);
        }
        return provides;
    }

    /** Nothing is found by a name: two people can share one. */
    static void checkSearchable(Fields fields, String property, String key) {
        checkKey(fields, property, key);
        if (DataMap.PERSON_NAMES.contains(key)) {
            fields.problem(
                    property,
                    "\"%s\" is a name, and two people can share one, so nothing is found by it;".formatted(key)
                            + " use a key that only one person has, such as an account number");
        }
    }

    private static void checkKey(Fields fields, String property, String key) {
        if (!KEY.matcher(key).matches()) {
            fields.problem(
                    property,
                    "\"%s\" can't be a key; a key is letters, digits and underscores, such as accountId"
                            .formatted(key));
        }
    }

    /** Null if there is none that can be used. */
    private static LakePath lakePath(Fields fields, String path, Format format) {
        if (path == null) {
            return null;
        }
        try {
            return format == Format.FILE ? LakePath.ofFiles(path) : LakePath.parse(path);
        } catch (IllegalArgumentException e) {
            fields.problem("path", e.getMessage());
            return null;
        }
    }

    /** All that can be known of a file is where it is. */
    private static void checkFiles(Fields fields, LakePath path, Set<String> match) {
        for (String property : List.of("provides", "review")) {
            if (fields.has(property)) {
                fields.problem(
                        property,
                        "\"%s\" is for rows, and a file of format file has none; take it out".formatted(property));
            }
        }
        if (path == null) {
            return;
        }
        for (String column : path.columns()) {
            if (Dataset.COLUMNS_OF_FILES.contains(column)) {
                fields.problem("path", "every file has a column \"%s\"; rename {%s}".formatted(column, column));
            }
        }
        for (String column : match) {
            if (!path.columns().contains(column)) {
                fields.problem(
                        "match",
                        "the path has no placeholder {%s}%s; %s"
                                .formatted(
                                        column,
                                        Suggestion.of(column, path.columns()),
                                        path.columns().isEmpty()
                                                ? "write for example  path: \"attachments/{customer}/{name}\""
                                                : "it has " + String.join(", ", path.columns())));
            }
        }
    }

    private static void checkColumnsOfFiles(Fields columns, LakePath path, Map<String, Column> described) {
        List<String> known = Stream.concat(path.columns().stream(), Dataset.COLUMNS_OF_FILES.stream())
                .toList();
        described.forEach((name, column) -> {
            if (!known.contains(name)) {
                columns.problem(
                        name,
                        "a file has no column \"%s\"%s; it has %s"
                                .formatted(name, Suggestion.of(name, known), String.join(", ", known)));
            }
            if (column.mask() != null) {
                columns.problem(
                        name,
                        "\"mask\" would hide \"%s\" and not the file, whose path tells it too; take it out"
                                .formatted(name));
            }
        });
    }

    /** Null for other formats than csv. */
    private static CsvLayout csv(Fields dataset, Format format) {
        if (!dataset.has("csv")) {
            return format == Format.CSV ? CsvLayout.PLAIN : null;
        }
        if (format != Format.CSV) {
            dataset.problem("csv", "\"csv\" belongs to format csv; take it out or write  format: csv");
            return null;
        }
        Fields fields = dataset.fields("csv", EXAMPLES.get("csv"));
        fields.refuseUnknown(List.of("delimiter", "quote", "encoding", "header"));
        char delimiter = csvCharacter(fields, "delimiter", "delimiter: \";\"", CsvLayout.PLAIN.delimiter());
        char quote = csvCharacter(fields, "quote", "quote: \"'\"", CsvLayout.PLAIN.quote());
        if (delimiter == quote) {
            fields.problem("quote", "\"delimiter\" and \"quote\" are the same; they must differ");
        }
        List<String> header = fields.texts("header");
        if (new HashSet<>(header).size() < header.size()) {
            fields.problem("header", "a column is there twice; give each column its own name");
        }
        return new CsvLayout(delimiter, quote, encoding(fields), header);
    }

    /** Whatever Spark does not search, Themis does, if it is not asked for by name. */
    private Engine engine(Fields dataset, Kind kind, Format format, LakePath path) {
        Engine named = oneOf(dataset, "engine", Engine.class);
        boolean isForSpark =
                kind == Kind.LAKE && format != null && FOR_SPARK.contains(format) && (path == null || !path.isZip());
        if (named == Engine.SPARK && kind == Kind.LAKE && format != null && !isForSpark) {
            dataset.problem(
                    "engine",
                    "Spark searches files of format %s that are not in zips; take \"engine\" out"
                            .formatted(
                                    FOR_SPARK.stream().map(DatasetReader::label).collect(Collectors.joining(", "))));
        }
        return !isForSpark ? Engine.THEMIS : named == null ? engine : named;
    }

    private static char csvCharacter(Fields fields, String property, String example, char otherwise) {
        Character character = fields.character(property, example);
        if (character == null) {
            return otherwise;
        }
        if (character == '\n' || character == '\r') {
            fields.problem(
                    property,
                    "\"%s\" can't be a line end, which ends a record; write for example  %s"
                            .formatted(property, example));
            return otherwise;
        }
        return character;
    }

    private static Charset encoding(Fields fields) {
        String name = fields.text("encoding");
        try {
            return name == null ? null : Charset.forName(name);
        } catch (IllegalArgumentException e) {
            fields.problem(
                    "encoding",
                    "unknown encoding \"%s\"%s; write for example  encoding: windows-1252"
                            .formatted(
                                    name,
                                    Suggestion.of(
                                            name, Charset.availableCharsets().keySet())));
            return null;
        }
    }

    /** @param property that names the column */
    private static void checkColumn(Fields fields, String property, Format format, CsvLayout csv, String name) {
        if (csv != null && !csv.header().isEmpty() && !csv.header().contains(name)) {
            fields.problem(
                    property,
                    "the header does not have the column \"%s\"%s; it has %s"
                            .formatted(name, Suggestion.of(name, csv.header()), String.join(", ", csv.header())));
        }
        if (format == Format.JSONL || format == Format.PARQUET) {
            try {
                ColumnPath.parse(name);
            } catch (IllegalArgumentException e) {
                fields.problem(property, e.getMessage());
            }
        }
    }

    /** @param keys the dataset's */
    private Map<String, Column> columns(Fields dataset, Format format, CsvLayout csv, Set<String> keys) {
        if (!dataset.has("columns")) {
            return Map.of();
        }
        Fields columns = dataset.filled("columns", EXAMPLES.get("columns"));
        Map<String, Column> described = new LinkedHashMap<>();
        for (String name : columns.names()) {
            checkColumn(columns, name, format, csv, name);
            Fields fields = columns.filled(name, COLUMN);
            fields.refuseUnknown(List.of("title", "values", "date", "mask"));
            Mask mask = mask(fields, keys);
            if (mask != null) {
                mask.unless().keySet().forEach(column -> checkColumn(fields, "mask", format, csv, column));
            }
            described.put(
                    name,
                    new Column(
                            fields.words("title", language),
                            values(fields),
                            oneOf(fields, "date", DateForm.class),
                            mask));
        }
        return Collections.unmodifiableMap(described);
    }

    private Map<String, Words<String>> values(Fields column) {
        if (!column.has("values")) {
            return Map.of();
        }
        Fields values = column.filled("values", "values: {2: up vote, 3: down vote}");
        Map<String, Words<String>> words = new LinkedHashMap<>();
        for (String code : values.names()) {
            Words<String> meaning = values.words(code, language);
            if (meaning != null) {
                words.put(code, meaning);
            }
        }
        return Collections.unmodifiableMap(words);
    }

    /** Only keys that are known when the dataset answers can tell what is the person's own. */
    private Mask mask(Fields column, Set<String> keys) {
        if (!column.has("mask")) {
            return null;
        }
        if (!column.isMapping("mask")) {
            if (!"always".equals(column.text("mask"))) {
                column.problem("mask", "\"mask\" must be always, or tell when not; write for example  " + MASK);
            }
            return new Mask(Map.of());
        }
        Fields mask = column.fields("mask", MASK);
        mask.refuseUnknown(List.of("unless"));
        mask.require("unless", MASK);
        Map<String, String> unless = mask.pairs("unless", MASK);
        Set<String> known = new LinkedHashSet<>(keys);
        if (subjectKey != null) {
            known.add(subjectKey);
        }
        for (String key : unless.values()) {
            if (!known.contains(key)) {
                mask.problem(
                        "unless",
                        "\"%s\" is no key that this dataset is asked with%s; there %s %s"
                                .formatted(
                                        key,
                                        Suggestion.of(key, known),
                                        known.size() == 1 ? "is" : "are",
                                        String.join(", ", known)));
            }
        }
        return new Mask(unless);
    }

    private Article15 article15(Fields dataset) {
        if (!dataset.has("article15")) {
            return null;
        }
        Fields fields = dataset.fields("article15", EXAMPLES.get("article15"));
        fields.refuseUnknown(List.of("purposes", "categories", "recipients", "retention", "origin"));
        fields.require("purposes", "purposes: [To show your posts under your name]");
        fields.require("categories", "categories: [What you wrote]");
        fields.require("recipients", "recipients: [Nobody outside the company]");
        fields.require("retention", "retention: Until you close your account");
        fields.require("origin", "origin: You");
        return new Article15(
                wholeItems(fields, "purposes"),
                wholeItems(fields, "categories"),
                wholeItems(fields, "recipients"),
                fields.words("retention", language),
                fields.words("origin", language));
    }

    /** A comma within {@code [a, b]} begins another item; where that tears brackets apart, it was not meant. */
    private Words<List<String>> wholeItems(Fields fields, String property) {
        Words<List<String>> lists = fields.wordLists(property, language);
        if (lists != null) {
            lists.byLanguage().values().stream()
                    .flatMap(List::stream)
                    .filter(item -> item.chars().filter(c -> c == '(').count()
                            > item.chars().filter(c -> c == ')').count())
                    .forEach(item -> fields.problem(
                            property,
                            "\"%s\" opens a bracket and does not close it; if a comma has torn it, put quotes around the whole"
                                    .formatted(item)));
        }
        return lists;
    }

    static <E extends Enum<E>> E oneOf(Fields fields, String property, Class<E> type) {
        String text = fields.text(property);
        if (text == null) {
            return null;
        }
        List<String> labels = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            if (label(constant).equals(text)) {
                return constant;
            }
            labels.add(label(constant));
        }
        fields.unknown(property, text, labels);
        return null;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
