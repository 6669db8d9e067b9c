package io.themis.export;

import io.themis.request.Shortfall;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The package's pages for people, from {@code templates/package}. A page holds one structure for all languages and takes
 * its words from {@link Texts}; README is all words, so it is one template a language. {@code .ftlh} escapes HTML.
 */
final class PackagePages {

    static final String FOLDER = "templates/package";

    private static final PageTemplates TEMPLATES = new PageTemplates(FOLDER);

    private final Texts texts;
    private final Article15Sheet sheet;
    private final Map<String, Object> model = new HashMap<>();

    PackagePages(PackageContent content, List<DatasetFiles> datasets, boolean isDivided) {
        texts = new Texts(FOLDER, content.language());
        sheet = Article15Sheet.of(content, texts);
        model.put("type", texts.type(content.type()));
        model.put("created", time(content.createdAt()));
        model.put("expires", time(content.expiresAt()));
        model.put("sheet", sheet);
        model.put("divided", isDivided);
        model.put(
                "attached",
                datasets.stream().anyMatch(dataset -> !dataset.attachments().isEmpty()));
        model.put("datasets", datasets.stream().map(this::view).toList());
    }

    /**
     * A dataset as the pages show it.
     *
     * @param shortfalls the kinds of its reasons
     * @param review records that are not in the package, as they show a name like the person's
     * @param masked whether others' data is hidden in it
     */
    public record DatasetView(
            String name,
            Said<String> title,
            String status,
            long rows,
            String searched,
            List<String> shortfalls,
            List<String> reasons,
            boolean masked,
            long review,
            List<FileView> files) {}

    /** @param page link to the first of its pages, seen from the root of the package */
    public record FileView(String partition, long rows, String page, String csv, String jsonl) {}

    /** @param iso for programs */
    public record TimeView(String iso, String words) {}

    Locale language() {
        return texts.language();
    }

    Article15Sheet sheet() {
        return sheet;
    }

    Texts texts() {
        return texts;
    }

    void write(String template, OutputStream out) throws IOException {
        write(template, Map.of(), out);
    }

    /** What a zip says that is one of several. */
    void writeNote(int number, int count, OutputStream out) throws IOException {
        write("PART.ftl", Map.of("number", Integer.toString(number), "count", Integer.toString(count)), out);
    }

    /** @param more what this page shows beside what all know */
    void write(String template, Map<String, ?> more, OutputStream out) throws IOException {
        Map<String, Object> model = new HashMap<>(this.model);
        model.putAll(more);
        TEMPLATES.write(template, texts, model, out);
    }

    private DatasetView view(DatasetFiles dataset) {
        return new DatasetView(
                dataset.dataset().name(),
                Said.of(dataset.dataset().title(), texts.language()),
                dataset.findings().status().label().replace(' ', '-'),
                dataset.findings().rows(),
                texts.searched(dataset.dataset(), dataset.findings()),
                dataset.findings().reasons().stream()
                        .map(reason -> reason.kind().name().toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList(),
                dataset.findings().reasons().stream().map(Shortfall::sentence).toList(),
                !dataset.maskedColumns().isEmpty(),
                dataset.findings().review().rows(),
                dataset.files().stream()
                        .map(file -> new FileView(
                                label(file), file.rows(), link(file.page(1)), link(file.csv()), link(file.jsonl())))
                        .toList());
    }

    /** What tells a dataset's files apart; null if there is only one. */
    String label(DataFile file) {
        if (file.pieces() == 1) {
            return file.partition();
        }
        return file.partition() == null
                ? texts.get("index.piece", file.piece(), file.pieces())
                : texts.get("index.piece.of", file.partition(), file.piece(), file.pieces());
    }

    /** Of all characters in a data file's name only the percent sign means something else in a link. */
    static String link(String path) {
        return path.replace("%", "%25");
    }

    private TimeView time(Instant instant) {
        return new TimeView(instant.toString(), texts.time(instant));
    }
}
