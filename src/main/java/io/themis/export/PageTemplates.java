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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The templates of pages for people in one folder of the class path. {@code .ftlh} escapes HTML. */
public final class PageTemplates {

    private final String folder;
    private final Configuration templates = new Configuration(Configuration.VERSION_2_3_34);

    public PageTemplates(String folder) {
        this.folder = folder;
        templates.setClassLoaderForTemplateLoading(PageTemplates.class.getClassLoader(), folder);
        templates.setDefaultEncoding(StandardCharsets.UTF_8.name());
        templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        templates.setLogTemplateExceptions(false); // the log would quote the data model
        templates.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    }

    /**
     * Writes a page in UTF-8.
     *
     * @param texts what {@code t("key", value, …)} says in the template
     */
    public void write(String template, Texts texts, Map<String, ?> shown, OutputStream out) throws IOException {
        Map<String, Object> model = new HashMap<>(shown);
        model.put("t", (TemplateMethodModelEx) arguments -> text(texts, arguments));
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        try {
            templates.getTemplate(template, texts.language()).process(model, writer);
        } catch (TemplateException e) {
            throw new IllegalStateException("Template " + template + " of " + folder + " failed", e);
        }
        writer.flush();
    }

    private static String text(Texts texts, List<?> arguments) throws TemplateModelException {
        Object[] values = new Object[arguments.size() - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = DeepUnwrap.unwrap((TemplateModel) arguments.get(i + 1));
        }
        return texts.get(arguments.get(0).toString(), values);
    }
}
