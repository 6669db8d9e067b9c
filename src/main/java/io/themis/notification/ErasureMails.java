package io.themis.notification;

import io.themis.certificate.Certificate;
import io.themis.certificate.CertificatePage;
import io.themis.certificate.CertificateWords;
import io.themis.certificate.Certificates;
import io.themis.certificate.PublicAddress;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Words;
import io.themis.export.Controller;
import io.themis.notification.Mails.Attachment;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.Erasures;
import io.themis.request.Languages;
import io.themis.request.Outcome;
import io.themis.request.RecipientNotice;
import io.themis.request.RecipientNotices;
import io.themis.request.Requests;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Fills the templates of the mails about an erasure: to the person, and to those who had been given the data. */
@Component
public class ErasureMails {

    private final Mails mails;
    private final Requests requests;
    private final Erasures erasures;
    private final RecipientNotices notices;
    private final Certificates certificates;
    private final CertificatePage page;
    private final DataMap map;
    private final Controller controller;
    private final PublicAddress address;

    ErasureMails(
            Mails mails,
            Requests requests,
            Erasures erasures,
            RecipientNotices notices,
            Certificates certificates,
            CertificatePage page,
            DataMap map,
            Controller controller,
            PublicAddress address) {
        this.mails = mails;
        this.requests = requests;
        this.erasures = erasures;
        this.notices = notices;
        this.certificates = certificates;
        this.page = page;
        this.map = map;
        this.controller = controller;
        this.address = address;
    }

    /** The values of the mail that says: we have started, and whether the erasure waits for a copy of the data. */
    public Map<String, Object> started(DataSubjectRequest request) {
        Map<String, Object> values = new HashMap<>(mails.started(request));
        values.put("copyFirst", requests.accessBefore(request) != null);
        return values;
    }

    /** The values of the mail that says what was erased, and what was not and why. */
    public Map<String, Object> erased(DataSubjectRequest request) {
        Certificate certificate = certificates.get(request);
        String language = mails.language(request);
        CertificateWords words = new CertificateWords(Locale.forLanguageTag(language));
        Map<String, Object> values = values(request);
        values.put("erasedAt", Mails.day(certificate.endedAt(), language));
        values.put("changed", certificate.datasets().stream().anyMatch(Certificate.Dataset::hasChanged));
        certificate.packages().stream()
                .map(Certificate.PackageLeft::goesAt)
                .max(Comparator.naturalOrder())
                .ifPresent(goesAt -> values.put("packageGoesAt", Mails.day(goesAt, language)));
        values.put(
                "replaced",
                certificate.datasets().stream()
                        .filter(dataset -> dataset.masked() > 0)
                        .map(dataset -> Replaced.of(dataset, words))
                        .toList());
        values.put(
                "kept",
                certificate.datasets().stream()
                        .flatMap(dataset -> dataset.kept().stream().map(kept -> Kept.of(dataset, kept, words)))
                        .toList());
        return values;
    }

    /** What stays, in the words of the data map, those of its own language where there are none in the mail's. */
    public record Kept(String title, String rows, String article, String ground, String until) {

        private static Kept of(Certificate.Dataset dataset, Certificate.Kept kept, CertificateWords words) {
            return new Kept(
                    titleOf(dataset, words),
                    Long.toString(kept.rows()),
                    kept.article() == null ? null : words.article(kept.article()),
                    words.in(kept.ground()),
                    words.in(kept.until()));
        }
    }

    /**
     * What stays without the person.
     *
     * @param records {@code in 112 records}
     * @param columns in which values were replaced; nothing if the data map names none
     */
    public record Replaced(String title, String records, String columns) {

        private static Replaced of(Certificate.Dataset dataset, CertificateWords words) {
            return new Replaced(
                    titleOf(dataset, words), words.masked(dataset.masked()), words.columns(dataset.masks()));
        }
    }

    private static String titleOf(Certificate.Dataset dataset, CertificateWords words) {
        return dataset.title() == null ? dataset.name() : words.in(dataset.title());
    }

    /** The certificate: to read, and to verify. */
    public List<Attachment> certificate(DataSubjectRequest request) {
        String name = "erasure-" + request.id();
        return List.of(
                new Attachment(name + ".html", "text/html", page.html(request)),
                new Attachment(name + ".json", "application/json", certificates.document(request)));
    }

    /**
     * The values of the mail that says why nothing is erased, and what the person can do (GDPR Art. 12(4)).
     *
     * @throws IllegalStateException if nobody refused
     */
    public Map<String, Object> refused(DataSubjectRequest request) {
        Map<String, Object> values = values(request);
        values.put(
                "reason",
                erasures.outcome(request.id())
                        .map(Outcome::refusal)
                        .orElseThrow(() -> new IllegalStateException("nobody refused this request")));
        return values;
    }

    private Map<String, Object> values(DataSubjectRequest request) {
        Map<String, Object> values = new HashMap<>();
        values.put("greeting", Mails.greeting(request));
        values.put("requestId", request.id().toString());
        values.put("contact", orEmpty(controller.contact()));
        values.put("authority", orEmpty(controller.supervisoryAuthority()));
        return values;
    }

    /** The recipients who are still to be told, in the order of their numbers. */
    public List<RecipientNotice> due(DataSubjectRequest request) {
        return notices.of(request.id()).stream()
                .filter(notice -> notice.sentAt() == null)
                .toList();
    }

    /** Where a recipient is told, as the data map had it when the erasure was certified. */
    public EmailAddress address(RecipientNotice notice) {
        return new EmailAddress(notice.recipient());
    }

    /** Recipients are told in the language of the data map, which named them. */
    public String language() {
        Locale own = map.dataset(map.knownBy()).title().own();
        return (Languages.SPOKEN.contains(own) ? own : Languages.SPOKEN.get(0)).getLanguage();
    }

    /** The values of the mail to a recipient, with the address by which the recipient knows the person (GDPR Art. 19). */
    public Map<String, Object> notice(DataSubjectRequest request, RecipientNotice notice) {
        Certificate certificate = certificates.get(request);
        Locale language = Locale.forLanguageTag(language());
        Map<String, Object> values = values(request);
        values.put("emailAddress", request.emailAddress().value());
        values.put("erasedAt", Mails.day(certificate.endedAt(), language()));
        values.put("number", Integer.toString(notice.number()));
        values.put(
                "receipt",
                address.of("/api/v1/requests/%s/recipients/%d/receipt".formatted(request.id(), notice.number()))
                        .toString());
        values.put("controller", orEmpty(controller.name()));
        List<Kind> kinds = certificate.datasets().stream()
                .filter(Certificate.Dataset::hasChanged)
                .flatMap(changed -> map.datasets().stream()
                        .filter(dataset -> dataset.name().equals(changed.name()))
                        .filter(dataset -> dataset.erasure().recipients().contains(address(notice)))
                        .map(dataset -> Kind.of(dataset, changed, language)))
                .toList();
        values.put("kinds", kinds);
        values.put("erased", kinds.isEmpty() || kinds.stream().anyMatch(Kind::erased));
        values.put("replaced", kinds.stream().anyMatch(kind -> kind.replaced() != null));
        return values;
    }

    /**
     * Which data it was.
     *
     * @param erased whether records went as a whole
     * @param replaced {@code in 112 records}, if in so many only values were replaced; null if in none
     * @param columns in which they were; nothing if the data map names none
     */
    public record Kind(String title, List<String> categories, boolean erased, String replaced, String columns) {

        private static Kind of(Dataset dataset, Certificate.Dataset changed, Locale language) {
            Words<List<String>> categories = dataset.article15().categories();
            CertificateWords words = new CertificateWords(language);
            boolean isMasked = changed.masked() > 0;
            return new Kind(
                    dataset.title().in(language),
                    categories.in(language),
                    changed.deleted() > 0,
                    isMasked ? words.masked(changed.masked()) : null,
                    isMasked ? words.columns(changed.masks()) : "");
        }
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
