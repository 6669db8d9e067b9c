package io.themis.datamap;

import io.themis.request.Languages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of a YAML file. What is asked for and is not there comes back as null or empty; what is there and has
 * the wrong shape is a problem.
 */
final class Fields {

    private static final Set<Tag> PLAIN =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());

    private final String owner;
    private final int line;
    private final boolean mapping;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Problems problems;

    /** @param owner what the mapping describes, in front of each of its problems */
    Fields(Node node, String owner, String example, Problems problems) {
        this.owner = owner;
        this.line = lineOf(node);
        this.problems = problems;
        this.mapping = node instanceof MappingNode && PLAIN.contains(node.getTag());
        if (!mapping) {
            problem(line, "this must have properties; write for example  " + example);
            return;
        }
        for (NodeTuple tuple : ((MappingNode) node).getValue()) {
            String name = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            if (values.put(name, tuple.getValueNode()) != null) {
                problem(lineOf(tuple.getKeyNode()), "\"%s\" is written twice; keep one".formatted(name));
            }
            lines.put(name, lineOf(tuple.getKeyNode()));
        }
    }

    static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    int line() {
        return line;
    }

    /** The line of a property, or of the mapping if it has no such property. */
    int line(String name) {
        return lines.getOrDefault(name, line);
    }

    Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** A property with nothing after its colon counts as not there. */
    boolean has(String name) {
        return values.containsKey(name) && !Tag.NULL.equals(values.get(name).getTag());
    }

    /** As {@link #fields}; without any property it is a problem. */
    Fields filled(String name, String example) {
        Fields fields = fields(name, example);
        if (fields.mapping && fields.names().isEmpty()) {
            problem(name, "\"%s\" is empty; fill it or leave it out".formatted(name));
        }
        return fields;
    }

    /** The mapping that a property holds; its problems name this mapping's owner first. */
    Fields fields(String name, String example) {
        return new Fields(values.get(name), owner + "\"" + name + "\": ", example, problems);
    }

    /** The items that a property lists, or none if it is no list. */
    List<Node> items(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (!(values.get(name) instanceof SequenceNode sequence)) {
            problem(name, "\"%s\" must be a list".formatted(name));
            return List.of();
        }
        if (sequence.getValue().isEmpty()) {
            problem(name, "\"%s\" is empty; fill it or leave it out".formatted(name));
        }
        return sequence.getValue();
    }

    /** The mapping that is an item of a list. */
    Fields item(String name, Node item, String example) {
        return new Fields(item, owner + "\"" + name + "\": ", example, problems);
    }

    /** Of a property that is a text or a list of texts. */
    List<String> oneOrMore(String name) {
        return has(name) && values.get(name) instanceof SequenceNode
                ? texts(name)
                : Stream.ofNullable(text(name)).toList();
    }

    void problem(int line, String text) {
        problems.add(line, owner + text);
    }

    void problem(String name, String text) {
        problem(line(name), text);
    }

    void refuseUnknown(Collection<String> known) {
        for (String name : names()) {
            if (name.equals("<<")) {
                problem(name, "YAML merges (<<) are not understood; write the properties out");
            } else if (!known.contains(name)) {
                problem(
                        name,
                        "unknown property \"%s\"%s; there %s %s"
                                .formatted(
                                        name,
                                        Suggestion.of(name, known),
                                        known.size() == 1 ? "is" : "are",
                                        String.join(", ", known)));
            }
        }
    }

    /** The value of a property is not one of those that it can have. */
    void unknown(String name, String value, Collection<String> known) {
        problem(
                name,
                "unknown %s \"%s\"%s; there %s %s"
                        .formatted(
                                name,
                                value,
                                Suggestion.of(value, known),
                                known.size() == 1 ? "is" : "are",
                                String.join(", ", known)));
    }

    void require(String name, String example) {
        if (mapping && !has(name)) {
            problem(name, "\"%s\" is missing; write for example  %s".formatted(name, example));
        }
    }

    String text(String name) {
        return has(name) ? text(name, values.get(name)) : null;
    }

    /** A property that is one character, which may be a blank or a tab; null if it is not there or not one. */
    Character character(String name, String example) {
        if (!has(name)) {
            return null;
        }
        if (values.get(name) instanceof ScalarNode scalar && scalar.getValue().length() == 1) {
            return scalar.getValue().charAt(0);
        }
        problem(name, "\"%s\" must be one character; write for example  %s".formatted(name, example));
        return null;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Node item : items(name)) {
            String text = text(name, item);
            if (text != null) {
                texts.add(text);
            }
        }
        return List.copyOf(texts);
    }

    /** Name to text, in the order of the file. */
    Map<String, String> pairs(String name, String example) {
        if (!has(name)) {
            return Map.of();
        }
        Fields pairs = filled(name, example);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : pairs.names()) {
            String text = pairs.text(key, pairs.values.get(key));
            if (text != null) {
                texts.put(key, text);
            }
        }
        return Collections.unmodifiableMap(texts);
    }

    /**
     * A text for the person, plain or once for each language; null if it is not there. The languages are those that the
     * pages speak, and the map's own, which is shown to whoever has no other.
     *
     * @param own language of a plain text, and the one that may not be missing
     */
    Words<String> words(String name, Locale own) {
        return perLanguage(name, own, Fields::text);
    }

    /** As {@link #words}, with a list of texts in the place of each text. */
    Words<List<String>> wordLists(String name, Locale own) {
        return perLanguage(name, own, (fields, property) -> {
            List<String> texts = fields.texts(property);
            return texts.isEmpty() ? null : texts;
        });
    }

    private <T> Words<T> perLanguage(String name, Locale own, BiFunction<Fields, String, T> read) {
        if (!has(name)) {
            return null;
        }
        if (!isMapping(name)) {
            T words = read.apply(this, name);
            return words == null ? null : Words.of(own, words);
        }
        Fields languages = fields(name, "{en: ..., de: ...}");
        Map<Locale, T> words = new LinkedHashMap<>();
        for (String code : languages.names()) {
            Locale language = language(code);
            if (language == null) {
                problem(languages.line(code), "\"%s\": %s".formatted(name, noLanguage(code)));
                continue;
            }
            if (!language.equals(own) && !Languages.SPOKEN.contains(language)) {
                problem(
                        languages.line(code),
                        "\"%s\": nobody is shown \"%s\", since the pages don't speak it; there are %s"
                                .formatted(name, code, shown(own)));
                continue;
            }
            T inLanguage = read.apply(languages, code);
            if (inLanguage != null) {
                words.put(language, inLanguage);
            }
        }
        if (!languages.has(own.getLanguage())) {
            problem(
                    name,
                    "\"%s\" is missing in %s, the language of this map; write it too, or set the map's \"language\""
                            .formatted(name, own.getLanguage()));
        }
        return new Words<>(own, Collections.unmodifiableMap(words));
    }

    private static String shown(Locale own) {
        return Stream.concat(Languages.SPOKEN.stream(), Stream.of(own))
                .distinct()
                .map(Locale::getLanguage)
                .collect(Collectors.joining(", "));
    }

    boolean isMapping(String name) {
        return values.get(name) instanceof MappingNode;
    }

    /** Null if the code is not one of ISO 639's two letters. */
    static Locale language(String code) {
        return LANGUAGES.contains(code) ? Locale.forLanguageTag(code) : null;
    }

    static String noLanguage(String code) {
        return "\"%s\" is no language; a language is two letters, such as en or de".formatted(code);
    }

    private String text(String name, Node node) {
        if (!(node instanceof ScalarNode scalar) || !PLAIN.contains(node.getTag())) {
            problem(lineOf(node), "\"%s\" must be text".formatted(name));
            return null;
        }
        if (scalar.getValue().isBlank()) {
            problem(lineOf(node), "\"%s\" is empty; write something".formatted(name));
            return null;
        }
        return scalar.getValue().strip();
    }
}
