package io.themis.datamap;

import io.themis.datamap.Dataset.Engine;
import io.themis.lake.NormalForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.UnicodeReader;

/**
 * Reads a data map from YAML.
 *
 * <p>The file is only composed to nodes, never constructed to objects: each problem then knows its line, and a tag can
 * name no Java type.
 */
public final class DataMapLoader {

    private static final String EXAMPLE = "subject: {key: emailAddress}";

    private DataMapLoader() {}

    /**
     * @param source name of the file, as messages show it, such as {@code datamap.yaml}
     * @param yaml the file; left open
     * @throws DataMapException with everything that is wrong with the map
     * @throws IOException if it can't be read
     */
    public static DataMap load(String source, InputStream yaml) throws IOException {
        Problems problems = new Problems(source);
        Node root = compose(yaml, problems);
        problems.throwIfAny();
        DataMap map = read(source, new Fields(root, "", EXAMPLE, problems), problems);
        problems.throwIfAny();
        return map;
    }

    private static Node compose(InputStream yaml, Problems problems) throws IOException {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(1024 * 1024);
        limits.setNestingDepthLimit(10);
        try {
            Node root = new Yaml(limits).compose(new UnicodeReader(yaml));
            if (root == null) {
                problems.add(1, "the file is empty; write for example  " + EXAMPLE);
            }
            return root;
        } catch (MarkedYAMLException e) {
            problems.add(
                    e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1,
                    "this is not YAML: " + reason(e));
        } catch (ReaderException e) {
            problems.add(1, "the file has the character U+%04X; only text is possible".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                problems.add(1, "the file is not in UTF-8; save it in that encoding");
            } else if (e.getCause() instanceof IOException unreadable) {
                throw unreadable;
            } else {
                problems.add(1, "this is not YAML that can be read safely: " + e.getMessage());
            }
        }
        return null;
    }

    private static String reason(MarkedYAMLException e) {
        if (String.valueOf(e.getProblem()).contains("TAB")) {
            return "there is a tab; YAML is indented with spaces only, so write spaces in its place";
        }
        return "%s%s; check the indentation, the quotes and the brackets, here and in the line above"
                .formatted(e.getContext() == null ? "" : e.getContext() + ", ", e.getProblem());
    }

    private static Locale language(Fields root) {
        Locale language = root.has("language") ? Fields.language(root.text("language")) : Locale.ENGLISH;
        if (language == null) {
            root.problem("language", Fields.noLanguage(root.text("language")) + "; write for example  language: en");
            return Locale.ENGLISH;
        }
        return language;
    }

    private static Engine engine(Fields root) {
        Engine engine = DatasetReader.oneOf(root, "engine", Engine.class);
        return engine == null ? Engine.THEMIS : engine;
    }

    private static DataMap read(String source, Fields root, Problems problems) {
        root.refuseUnknown(List.of("language", "subject", "engine", "keys", "datasets"));
        root.require("subject", EXAMPLE);
        root.require("datasets", "datasets: [{name: profile, ...}]");
        Fields subject = root.has("subject") ? root.fields("subject", EXAMPLE) : null;
        String subjectKey = null;
        if (subject != null) {
            subject.refuseUnknown(List.of("key", "knownBy"));
            subject.require("key", EXAMPLE);
            subjectKey = subject.text("key");
            if (subjectKey != null) {
                DatasetReader.checkSearchable(subject, "key", subjectKey);
            }
        }
        DatasetReader reader = new DatasetReader(subjectKey, language(root), engine(root), problems);
        List<Dataset> datasets = new ArrayList<>();
        Map<String, Dataset> byName = new HashMap<>();
        for (Node item : root.items("datasets")) {
            Dataset dataset = reader.read(item, datasets.size() + 1);
            Dataset first = dataset.name() == null ? null : byName.putIfAbsent(dataset.name(), dataset);
            if (first != null) {
                problems.add(dataset, "line %d has this name already; give it another".formatted(first.line()));
            }
            datasets.add(dataset);
        }
        refuseToEraseWhatIsKept(datasets, problems);
        if (subjectKey == null) {
            return null;
        }
        Map<String, NormalForm> normalForms = NormalForms.read(root, subjectKey, datasets);
        List<List<Dataset>> levels = Levels.of(subjectKey, datasets, reader::lineOfKeys, problems);
        String knownBy = knownBy(subject, subjectKey, datasets, problems);
        return new DataMap(subjectKey, knownBy, normalForms, levels, source);
    }

    /** A row of two datasets is one row: once the one has erased it, the other has nothing to keep. */
    private static void refuseToEraseWhatIsKept(List<Dataset> datasets, Problems problems) {
        for (Dataset erasing : datasets) {
            datasets.stream()
                    .filter(keeping -> keepsWhatGoes(keeping, erasing))
                    .findFirst()
                    .ifPresent(keeping -> problems.add(
                            erasing,
                            "its erasure would take rows that \"%s\" keeps in the same files; give both the same \"keep\""
                                    .formatted(keeping.name())));
        }
    }

    private static boolean keepsWhatGoes(Dataset keeping, Dataset erasing) {
        Erasure kept = keeping.erasure();
        Erasure gone = erasing.erasure();
        return keeping != erasing
                && erasing.path() != null
                && erasing.path().equals(keeping.path())
                && kept != null
                && gone != null
                && gone.action() != Erasure.Action.KEEP
                && (kept.action() == Erasure.Action.KEEP || !gone.keep().containsAll(kept.keep()));
    }

    /** The dataset that is named, or the first that could be. */
    private static String knownBy(Fields subject, String subjectKey, List<Dataset> datasets, Problems problems) {
        String name = subject.text("knownBy");
        if (name == null) {
            Optional<Dataset> first = datasets.stream()
                    .filter(dataset -> dataset.keys().equals(Set.of(subjectKey)))
                    .findFirst();
            if (first.isEmpty() && problems.isEmpty()) {
                subject.problem(
                        "key",
                        "no dataset needs \"%s\" alone, so it could not be told who is known; add one that does"
                                .formatted(subjectKey));
            }
            return first.map(Dataset::name).orElse(null);
        }
        Optional<Dataset> named =
                datasets.stream().filter(dataset -> name.equals(dataset.name())).findFirst();
        if (named.isEmpty()) {
            List<String> names = datasets.stream()
                    .map(Dataset::name)
                    .filter(Objects::nonNull)
                    .toList();
            subject.problem(
                    "knownBy",
                    "there is no dataset \"%s\"%s; there are %s"
                            .formatted(name, Suggestion.of(name, names), String.join(", ", names)));
        } else if (!Set.of(subjectKey).containsAll(named.get().keys())) {
            subject.problem(
                    "knownBy",
                    "\"%s\" needs %s, and a request brings \"%s\" alone; name a dataset that needs no other key"
                            .formatted(name, String.join(", ", named.get().keys()), subjectKey));
        }
        return name;
    }
}
