package io.themis.datamap;

import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Erasure.Action;
import io.themis.datamap.Erasure.Exemption;
import io.themis.datamap.Erasure.Replacement;
import io.themis.datamap.Erasure.Strategy;
import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;

/** Reads {@code erasure:} of a dataset. What is wrong with it is noted. */
final class ErasureReader {

    static final String EXAMPLE = "erasure: {action: delete}";

    private static final String KEEP =
            "erasure: {action: keep, article: 17(3)(b), ground: Tax law, until: after ten years}";
    private static final String EXCEPTION =
            "keep: [{when: {status: unpaid}, article: 17(3)(e), ground: A claim, until: it is paid}]";
    private static final String COLUMNS = "columns: {OwnerUserId: keyed-hash, OwnerDisplayName: \"null\"}";
    private static final List<String> PROPERTIES =
            List.of("action", "statements", "uri", "columns", "article", "ground", "until", "keep", "notify");
    private static final List<String> OF_A_GROUND = List.of("article", "ground", "until");

    /** The grounds for which Art. 17 does not apply. */
    private static final Pattern ARTICLE = Pattern.compile("17\\(3\\)\\([a-e]\\)");

    private final Fields fields;
    private final Locale language;
    private final Kind kind;
    private final Format format;

    private ErasureReader(Fields fields, Locale language, Kind kind, Format format) {
        this.fields = fields;
        this.language = language;
        this.kind = kind;
        this.format = format;
    }

    /**
     * @param match columns by which rows are found
     * @param provided columns that keys are read from
     * @param keys that the dataset is asked with
     * @param checkColumn is told a property and each column that it names
     * @return null if nothing can be made of it
     */
    static Erasure read(
            Fields dataset,
            Locale language,
            Kind kind,
            Format format,
            Set<String> match,
            Collection<String> provided,
            Set<String> keys,
            BiConsumer<Fields, String> checkColumn) {
        if (!dataset.has("erasure")) {
            return null;
        }
        Fields fields = dataset.fields("erasure", EXAMPLE);
        fields.refuseUnknown(PROPERTIES);
        fields.require("action", "action: delete");
        Action action = DatasetReader.oneOf(fields, "action", Action.class);
        return action == null || kind == null
                ? null
                : new ErasureReader(fields, language, kind, format).read(action, match, provided, keys, checkColumn);
    }

    private Erasure read(
            Action action,
            Set<String> match,
            Collection<String> provided,
            Set<String> keys,
            BiConsumer<Fields, String> checkColumn) {
        if (action == Action.KEEP) {
            refuse(action, List.of("statements", "uri", "columns", "keep", "notify"));
            OF_A_GROUND.forEach(property -> fields.require(property, KEEP));
            return new Erasure(action, List.of(), null, Map.of(), exemption(fields, Map.of()), List.of(), List.of());
        }
        refuse(action, OF_A_GROUND);
        if (kind == Kind.SQL) {
            fields.require("statements", "statements: [\"DELETE FROM users WHERE email_address = :#emailAddress\"]");
            refuse(action, List.of("uri", "columns"));
        } else if (kind == Kind.ROUTE) {
            fields.require("uri", "uri: direct:erase-in-my-crm");
            refuse(action, List.of("statements", "columns", "keep"));
        } else {
            refuse(action, List.of("statements", "uri"));
            checkLake(action);
        }
        List<String> statements = fields.texts("statements");
        if (kind == Kind.SQL) {
            statements.forEach(statement -> checkParameters(statement, keys));
        }
        Map<String, Replacement> columns = columns();
        columns.keySet().forEach(column -> checkColumn.accept(fields, column));
        if (action == Action.MASK && kind == Kind.LAKE && !columns.isEmpty()) {
            checkMatch(columns, match);
            checkOwners(columns, match);
            Stream.concat(match.stream(), provided.stream()).distinct().forEach(key -> checkWay(columns, key));
        }
        List<Exemption> keep = keep();
        keep.forEach(exemption -> exemption.when().keySet().forEach(column -> checkColumn.accept(fields, column)));
        return new Erasure(action, statements, fields.text("uri"), columns, null, keep, recipients());
    }

    private void refuse(Action action, List<String> properties) {
        for (String property : properties) {
            if (fields.has(property)) {
                fields.problem(
                        property,
                        "\"%s\" does not belong to action %s of kind %s; take it out"
                                .formatted(
                                        property,
                                        action.name().toLowerCase(Locale.ROOT),
                                        kind.name().toLowerCase(Locale.ROOT)));
            }
        }
    }

    private void checkLake(Action action) {
        if (format == Format.FILE) {
            if (action == Action.MASK) {
                fields.problem("action", "a file that is a record itself is deleted or kept, and can't be masked");
            }
            refuse(action, List.of("columns", "keep"));
        } else if (action == Action.MASK) {
            fields.require("columns", COLUMNS);
        } else {
            refuse(action, List.of("columns"));
        }
    }

    private void checkParameters(String statement, Set<String> keys) {
        NamedQuery named = NamedQuery.of(statement);
        named.problems().forEach(problem -> fields.problem("statements", problem));
        if (named.parameters().isEmpty() && named.problems().isEmpty()) {
            fields.problem("statements", "a statement has no parameter, so it would change everybody's rows");
        }
        for (String key : named.parameters()) {
            if (!keys.contains(key)) {
                fields.problem(
                        "statements",
                        "\"%s\" is no parameter of the query%s; there %s %s"
                                .formatted(
                                        key,
                                        Suggestion.of(key, keys),
                                        keys.size() == 1 ? "is" : "are",
                                        String.join(", ", keys)));
            }
        }
    }

    /** A row that is still found by a key is still the person's. */
    private void checkMatch(Map<String, Replacement> columns, Set<String> match) {
        for (String column : match) {
            Replacement replacement = columns.get(column);
            boolean isGeneral = replacement != null
                    && replacement.strategy() != Strategy.NULL
                    && replacement.strategy() != Strategy.CONSTANT
                    && replacement.strategy() != Strategy.KEYED_HASH;
            if (replacement == null || isGeneral) {
                fields.problem(
                        "columns",
                        "rows would still be found by \"%s\"; write for example  %s: keyed-hash"
                                .formatted(column, column));
            }
        }
    }

    /** Whose another column is can't be told of a row that may have been found by either of two keys. */
    private void checkOwners(Map<String, Replacement> columns, Set<String> match) {
        columns.keySet().stream()
                .filter(column -> match.size() > 1 && !match.contains(column))
                .forEach(column -> fields.problem(
                        "columns",
                        ("rows are found by %s, so \"%s\" may be somebody else's; make a dataset of each of them, with the same path"
                                        + " and one column in match")
                                .formatted(String.join(" or by ", match), column)));
    }

    /** What is nested could not be read any more where a text has come in the place of an object around it. */
    private void checkWay(Map<String, Replacement> columns, String key) {
        columns.forEach((column, replacement) -> {
            if ((format == Format.JSONL || format == Format.PARQUET)
                    && key.startsWith(column + ".")
                    && replacement.strategy() != Strategy.NULL) {
                fields.problem(
                        "columns",
                        "keys are read from \"%s\", which is in \"%s\"; mask what is in that by itself, or write  %s: \"null\""
                                .formatted(key, column, column));
            }
        });
    }

    private Map<String, Replacement> columns() {
        if (!fields.has("columns")) {
            return Map.of();
        }
        Fields columns = fields.filled("columns", COLUMNS);
        Map<String, Replacement> replacements = new LinkedHashMap<>();
        for (String column : columns.names()) {
            replacements.put(column, columns.isMapping(column) ? withText(columns, column) : named(columns, column));
        }
        return replacements;
    }

    private static Replacement named(Fields columns, String column) {
        String strategy = columns.has(column) ? columns.text(column) : null;
        if ("null".equals(strategy)) {
            return new Replacement(Strategy.NULL, null);
        }
        if (!"keyed-hash".equals(strategy)) {
            columns.problem(
                    column,
                    "\"%s\" must be \"null\" (in quotes), keyed-hash, {constant: TEXT} or {generalise: year}"
                            .formatted(column));
        }
        return new Replacement(Strategy.KEYED_HASH, null);
    }

    private static Replacement withText(Fields columns, String column) {
        Fields replacement = columns.fields(column, "{constant: removed}");
        replacement.refuseUnknown(List.of("constant", "generalise"));
        if (replacement.has("generalise")) {
            return new Replacement(general(replacement), null);
        }
        replacement.require("constant", "constant: removed");
        return new Replacement(Strategy.CONSTANT, replacement.text("constant"));
    }

    private static Strategy general(Fields replacement) {
        String to = replacement.text("generalise");
        Map<String, Strategy> known = new LinkedHashMap<>();
        known.put("year", Strategy.YEAR);
        known.put("month", Strategy.MONTH);
        known.put("day", Strategy.DAY);
        known.put("last-part", Strategy.LAST_PART);
        if (to != null && !known.containsKey(to)) {
            replacement.unknown("generalise", to, known.keySet());
        }
        return known.getOrDefault(to, Strategy.YEAR);
    }

    private List<Exemption> keep() {
        List<Exemption> keep = new ArrayList<>();
        for (Node item : fields.items("keep")) {
            Fields exception = fields.item("keep", item, EXCEPTION);
            exception.refuseUnknown(List.of("when", "article", "ground", "until"));
            exception.require("when", "when: {status: [unpaid, open]}");
            OF_A_GROUND.forEach(property -> exception.require(property, EXCEPTION));
            keep.add(exemption(exception, when(exception)));
        }
        return keep;
    }

    private List<EmailAddress> recipients() {
        Set<EmailAddress> recipients = new LinkedHashSet<>();
        for (String address : fields.texts("notify")) {
            try {
                recipients.add(new EmailAddress(address));
            } catch (InvalidRequestException e) {
                fields.problem(
                        "notify",
                        "\"%s\" is not one plain e-mail address; write for example  notify: [privacy@example.org]"
                                .formatted(address));
            }
        }
        return List.copyOf(recipients);
    }

    private static Map<String, Set<String>> when(Fields exception) {
        if (!exception.has("when")) {
            return Map.of();
        }
        Fields when = exception.filled("when", "when: {status: [unpaid, open]}");
        Map<String, Set<String>> values = new LinkedHashMap<>();
        when.names().forEach(column -> values.put(column, new LinkedHashSet<>(when.oneOrMore(column))));
        return values;
    }

    private Exemption exemption(Fields of, Map<String, Set<String>> when) {
        String article = of.text("article");
        if (article != null && !ARTICLE.matcher(article).matches()) {
            of.problem(
                    "article",
                    "\"%s\" is no ground for which Art. 17 does not apply; there are 17(3)(a) to 17(3)(e)"
                            .formatted(article));
        }
        return new Exemption(when, article, of.words("ground", language), of.words("until", language));
    }
}
