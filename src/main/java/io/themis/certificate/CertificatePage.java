package io.themis.certificate;

import io.themis.certificate.Certificate.Kept;
import io.themis.erasure.ErasureReport.FileReport;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.export.PageTemplates;
import io.themis.export.ReadableSize;
import io.themis.export.Texts;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Languages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * The certificate for people: one HTML file that opens without a network and runs no script, from
 * {@code templates/certificate}. It shows the certificate that was signed and nothing else.
 */
@Component
public class CertificatePage {

    private static final String FOLDER = "templates/certificate";
    private static final PageTemplates TEMPLATES = new PageTemplates(FOLDER);

    private final Certificates certificates;

    CertificatePage(Certificates certificates) {
        this.certificates = certificates;
    }

    /**
     * In the language of the request.
     *
     * @throws IllegalStateException if there is no certificate
     */
    public String html(DataSubjectRequest request) {
        return html(certificates.get(request), request.language());
    }

    static String html(Certificate certificate, Locale wanted) {
        Locale language = Locale.forLanguageTag(wanted.getLanguage());
        Texts texts = new Texts(FOLDER, Languages.SPOKEN.contains(language) ? language : Languages.SPOKEN.get(0));
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            TEMPLATES.write("certificate.ftlh", texts, model(certificate, texts), page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> model(Certificate certificate, Texts texts) {
        Map<String, Object> model = new HashMap<>();
        model.put("language", texts.language().toLanguageTag());
        model.put("certificate", certificate);
        model.put("received", moment(certificate.receivedAt(), texts));
        model.put("approved", moment(certificate.approvedAt(), texts));
        model.put("began", moment(certificate.beganAt(), texts));
        model.put("ended", moment(certificate.endedAt(), texts));
        model.put("issued", moment(certificate.issuedAt(), texts));
        model.put(
                "datasets",
                certificate.datasets().stream()
                        .map(dataset -> place(dataset, texts))
                        .toList());
        return model;
    }

    /** @param iso for programs */
    public record Moment(String iso, String words) {}

    /**
     * Words of the data map.
     *
     * @param lang their language if it is not that of the page; null otherwise
     */
    public record Said(String lang, String words) {}

    /** A dataset as the page shows it. */
    public record Place(
            String name,
            Said title,
            long deleted,
            long masked,
            List<Stays> kept,
            String verification,
            List<Lake> files) {}

    public record Stays(long rows, String article, Said ground, Said until) {}

    /** A file as the page shows it. */
    public record Lake(
            String file,
            String before,
            String after,
            long deleted,
            long masked,
            long rows,
            String sha256,
            Moment rewritten,
            Moment verified,
            List<Copy> copies,
            String remark) {}

    /** @param goes null if nobody knows when */
    public record Copy(String kind, Moment from, Moment goes, String why) {}

    private static Place place(Certificate.Dataset dataset, Texts texts) {
        return new Place(
                dataset.name(),
                dataset.title() == null ? new Said(null, dataset.name()) : said(dataset.title(), texts),
                dataset.deleted(),
                dataset.masked(),
                dataset.kept().stream().map(kept -> stays(kept, texts)).toList(),
                dataset.verification(),
                dataset.files().stream().map(file -> lake(file, texts)).toList());
    }

    private static Stays stays(Kept kept, Texts texts) {
        return new Stays(kept.rows(), kept.article(), said(kept.ground(), texts), said(kept.until(), texts));
    }

    private static Lake lake(FileReport file, Texts texts) {
        return new Lake(
                file.file(),
                ReadableSize.of(file.bytesBefore(), texts.language()),
                ReadableSize.of(file.bytesAfter(), texts.language()),
                file.deleted(),
                file.masked(),
                file.rows(),
                file.sha256(),
                moment(file.rewrittenAt(), texts),
                moment(file.verifiedAt(), texts),
                file.oldCopies().stream().map(copy -> copy(copy, texts)).toList(),
                file.remark());
    }

    private static Copy copy(OldCopy copy, Texts texts) {
        return new Copy(copy.kind(), moment(copy.from(), texts), moment(copy.goesAt(), texts), copy.whyKept());
    }

    private static Moment moment(Instant instant, Texts texts) {
        return instant == null ? null : new Moment(instant.toString(), texts.time(instant));
    }

    private static Said said(Map<String, String> byLanguage, Texts texts) {
        String page = texts.language().toLanguageTag();
        String language = Certificate.languageFor(byLanguage, page);
        return new Said(language.equals(page) ? null : language, byLanguage.get(language));
    }
}
