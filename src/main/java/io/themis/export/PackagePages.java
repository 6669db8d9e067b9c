package io.themis.export;

import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateMethodModelEx;
import freemarker.template.TemplateModel;
import freemarker.template.TemplateModelException;
import freemarker.template.utility.DeepUnwrap;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The package's pages for people, from {@code templates/package}. A page holds one structure for all languages and takes
 * its words from {@link Texts}; README is all words, so it is one template a language. {@code .ftlh} escapes HTML.
 */
final class PackagePages {

    static final String FOLDER = "templates/package";

    private static final Configuration TEMPLATES = templates();

    private final Texts texts;
    private final Article15Sheet sheet;
    private final Map<String, Object> model = new HashMap<>();

    PackagePages(PackageContent content, List<DatasetFiles> datasets, boolean isDivided) {
        texts = new Texts(content.language());
        sheet = Article15Sheet.of(content, texts);
        model.put("t", (TemplateMethodModelEx) this::text);
        model.put("type", texts.type(content.type()));
        model.put("created", time(content.createdAt()));
        model.put("expires", time(content.expiresAt()));
        model.put("sheet", sheet);
        model.put("divided", isDivided);
        model.put("datasets", datasets.stream().map(this::view).toList());
    }

    /** A dataset as the pages show it. */
    public record DatasetView(
            String name,
            String title,
            String status,
            long rows,
            String searched,
            List<String> reasons,
            List<FileView> files) {}

    /** @param csv link, seen from the root of the package */
    public record FileView(String partition, long rows, String csv, String jsonl) {}

    /** @param iso for programs */
    public record TimeView(String iso, String words) {}

    Article15Sheet sheet() {
        return sheet;
    }

    void write(String template, OutputStream out) throws IOException {
        write(template, model, out);
    }

    /** What a zip says that is one of several. */
    void writeNote(int number, int count, OutputStream out) throws IOException {
        Map<String, Object> note = new HashMap<>(model);
        note.put("number", Integer.toString(number));
        note.put("count", Integer.toString(count));
        write("PART.ftl", note, out);
    }

    private void write(String template, Map<String, Object> model, OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        try {
            TEMPLATES.getTemplate(template, texts.language()).process(model, writer);
        } catch (TemplateException e) {
            throw new IllegalStateException("Template " + template + " of the package failed", e);
        }
        writer.flush();
    }

    private DatasetView view(DatasetFiles dataset) {
        return new DatasetView(
                dataset.dataset().name(),
                dataset.dataset().title(),
                dataset.findings().status().label().replace(' ', '-'),
                dataset.findings().rows(),
                texts.searched(dataset.dataset(), dataset.findings()),
                dataset.findings().reasons(),
                dataset.files().stream()
                        .map(file -> new FileView(label(file), file.rows(), link(file.csv()), link(file.jsonl())))
                        .toList());
    }

    /** What tells a dataset's files apart; null if there is only one. */
    private String label(DataFile file) {
        if (file.pieces() == 1) {
            return file.partition();
        }
        return file.partition() == null
                ? texts.get("index.piece", file.piece(), file.pieces())
                : texts.get("index.piece.of", file.partition(), file.piece(), file.pieces());
    }

    /** Of all characters in a data file's name only the percent sign means something else in a link. */
    private static String link(String path) {
        return path.replace("%", "%25");
    }

    private TimeView time(Instant instant) {
        return new TimeView(instant.toString(), texts.time(instant));
    }

    /** {@code t("key", value, …)} in a template. */
    private String text(List<?> arguments) throws TemplateModelException {
        Object[] values = new Object[arguments.size() - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = DeepUnwrap.unwrap((TemplateModel) arguments.get(i + 1));
        }
        return texts.get(arguments.get(0).toString(), values);
    }

    private static Configuration templates() {
        Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
        templates.setClassLoaderForTemplateLoading(PackagePages.class.getClassLoader(), FOLDER);
        templates.setDefaultEncoding(StandardCharsets.UTF_8.name());
        templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        templates.setLogTemplateExceptions(false); // the log would quote the data model
        templates.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
        return templates;
    }
}
