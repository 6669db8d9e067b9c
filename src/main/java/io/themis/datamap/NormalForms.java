package io.themis.datamap;

import io.themis.lake.NormalForm;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code keys:}, how the values of each key are compared. */
final class NormalForms {

    private static final String EXAMPLE = "keys: {customerNo: {case: ignore, spaces: ignore}}";
    private static final String EXAMPLE_OF_ONE = "customerNo: {case: ignore, spaces: ignore}";
    private static final String IGNORE = "ignore";

    private NormalForms() {}

    /** Of the keys that are not compared character by character; the subject's is an e-mail address if nothing is said. */
    static Map<String, NormalForm> read(Fields map, String subjectKey, List<Dataset> datasets) {
        Map<String, NormalForm> forms = new HashMap<>(Map.of(subjectKey, NormalForm.EMAIL_ADDRESS));
        if (!map.has("keys")) {
            return Map.copyOf(forms);
        }
        Set<String> used = new LinkedHashSet<>(Set.of(subjectKey));
        datasets.forEach(dataset -> used.addAll(dataset.keys()));
        Fields keys = map.filled("keys", EXAMPLE);
        for (String key : keys.names()) {
            if (DataMap.PERSON_NAMES.contains(key)) {
                DatasetReader.checkSearchable(keys, key, key);
            } else if (!used.contains(key)) {
                keys.problem(
                        key,
                        "no dataset is asked with \"%s\"%s; there are %s"
                                .formatted(key, Suggestion.of(key, used), String.join(", ", used)));
            }
            forms.put(key, form(keys, key));
        }
        return Map.copyOf(forms);
    }

    private static NormalForm form(Fields keys, String key) {
        Fields form = keys.filled(key, EXAMPLE_OF_ONE);
        form.refuseUnknown(List.of("case", "spaces", "unicode"));
        return new NormalForm(unicode(form), isIgnored(form, "spaces"), isIgnored(form, "case"));
    }

    private static boolean isIgnored(Fields form, String property) {
        String text = form.text(property);
        if (text != null && !text.equals(IGNORE)) {
            form.unknown(property, text, List.of(IGNORE));
        }
        return text != null;
    }

    private static Normalizer.Form unicode(Fields form) {
        String text = form.text("unicode");
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "NFC" -> Normalizer.Form.NFC;
            case "NFKC" -> Normalizer.Form.NFKC;
            default -> {
                form.unknown("unicode", text, List.of("NFC", "NFKC"));
                yield null;
            }
        };
    }
}
