package io.themis.certificate;

import io.themis.certificate.Certificate.Kept;
import io.themis.erasure.ErasureReport.FileReport;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.export.PageTemplates;
import io.themis.export.ReadableSize;
import io.themis.request.DataSubjectRequest;
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

    private static final PageTemplates TEMPLATES = new PageTemplates(CertificateWords.FOLDER);

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
        CertificateWords words = new CertificateWords(wanted);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            TEMPLATES.write("certificate.ftlh", words.texts(), model(certificate, words), page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> model(Certificate certificate, CertificateWords words) {
        Map<String, Object> model = new HashMap<>();
        model.put("language", words.texts().language().toLanguageTag());
        model.put("certificate", certificate);
        model.put("received", moment(certificate.receivedAt(), words));
        model.put(
                "approvals",
                certificate.approvals().stream()
                        .map(approval -> new Approved(approval.people(), moment(approval.approvedAt(), words)))
                        .toList());
        model.put(
                "packages",
                certificate.packages().stream()
                        .map(left -> moment(left.goesAt(), words))
                        .toList());
        if (!words.isSameMinute(certificate.beganAt(), certificate.endedAt())) {
            model.put("began", moment(certificate.beganAt(), words));
        }
        model.put("ended", moment(certificate.endedAt(), words));
        model.put("issued", moment(certificate.issuedAt(), words));
        model.put(
                "datasets",
                certificate.datasets().stream()
                        .map(dataset -> place(dataset, words))
                        .toList());
        return model;
    }

    /** @param iso for programs */
    public record Moment(String iso, String words) {}

    public record Approved(int people, Moment when) {}

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
            List<String> masks,
            List<Stays> kept,
            long keptRows,
            String check,
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
    public record Copy(String kind, Moment from, Moment goes, String why, boolean held, Moment locked) {}

    private static Place place(Certificate.Dataset dataset, CertificateWords words) {
        return new Place(
                dataset.name(),
                dataset.title() == null ? new Said(null, dataset.name()) : said(dataset.title(), words),
                dataset.deleted(),
                dataset.masked(),
                dataset.masks() == null
                        ? List.of()
                        : dataset.masks().stream().map(words::replaced).toList(),
                dataset.kept().stream().map(kept -> stays(kept, words)).toList(),
                dataset.kept().stream().mapToLong(Kept::rows).sum(),
                words.texts().get("check." + dataset.verification()),
                dataset.files().stream().map(file -> lake(file, words)).toList());
    }

    private static Stays stays(Kept kept, CertificateWords words) {
        return new Stays(
                kept.rows(),
                kept.article() == null ? null : words.article(kept.article()),
                said(kept.ground(), words),
                said(kept.until(), words));
    }

    private static Lake lake(FileReport file, CertificateWords words) {
        return new Lake(
                file.file(),
                ReadableSize.of(file.bytesBefore(), words.texts().language()),
                ReadableSize.of(file.bytesAfter(), words.texts().language()),
                file.deleted(),
                file.masked(),
                file.rows(),
                file.sha256(),
                moment(file.rewrittenAt(), words),
                moment(file.verifiedAt(), words),
                file.oldCopies().stream().map(copy -> copy(copy, words)).toList(),
                file.remark() == null ? null : words.texts().get("remark." + file.remark()));
    }

    private static Copy copy(OldCopy copy, CertificateWords words) {
        return new Copy(
                words.texts().get("copies." + copy.kind()),
                moment(copy.from(), words),
                moment(copy.goesAt(), words),
                words.why(copy),
                copy.held(),
                moment(copy.lockedUntil(), words));
    }

    private static Moment moment(Instant instant, CertificateWords words) {
        return instant == null
                ? null
                : new Moment(instant.toString(), words.texts().time(instant));
    }

    private static Said said(Map<String, String> byLanguage, CertificateWords words) {
        String page = words.texts().language().toLanguageTag();
        String language = Certificate.languageFor(byLanguage, page);
        return new Said(language.equals(page) ? null : language, byLanguage.get(language));
    }
}
