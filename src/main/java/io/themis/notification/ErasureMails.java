package io.themis.notification;

import io.themis.certificate.Certificate;
import io.themis.certificate.CertificatePage;
import io.themis.certificate.Certificates;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Fills the templates of the mails about an erasure: to the person, and to those who had been given the data. */
@Component
public class ErasureMails {

    private final Mails mails;
    private final Erasures erasures;
    private final RecipientNotices notices;
    private final Certificates certificates;
    private final CertificatePage page;
    private final DataMap map;
    private final Controller controller;

    ErasureMails(
            Mails mails,
            Erasures erasures,
            RecipientNotices notices,
            Certificates certificates,
            CertificatePage page,
            DataMap map,
            Controller controller) {
        this.mails = mails;
        this.erasures = erasures;
        this.notices = notices;
        this.certificates = certificates;
        this.page = page;
        this.map = map;
        this.controller = controller;
    }

    /** The values of the mail that says what was erased, and what was not and why. */
    public Map<String, Object> erased(DataSubjectRequest request) {
        Certificate certificate = certificates.get(request);
        String language = mails.language(request);
        Map<String, Object> values = values(request);
        values.put("erasedAt", Mails.day(certificate.endedAt(), language));
        values.put("changed", certificate.datasets().stream().anyMatch(Certificate.Dataset::hasChanged));
        values.put(
                "kept",
                certificate.datasets().stream()
                        .flatMap(dataset -> dataset.kept().stream().map(kept -> Kept.of(dataset, kept, language)))
                        .toList());
        return values;
    }

    /** What stays, in the words of the data map, those of its own language where there are none in the mail's. */
    public record Kept(String title, String rows, String article, String ground, String until) {

        private static Kept of(Certificate.Dataset dataset, Certificate.Kept kept, String language) {
            return new Kept(
                    dataset.title() == null ? dataset.name() : in(dataset.title(), language),
                    Long.toString(kept.rows()),
                    kept.article(),
                    in(kept.ground(), language),
                    in(kept.until(), language));
        }

        private static String in(Map<String, String> byLanguage, String language) {
            return byLanguage.get(Certificate.languageFor(byLanguage, language));
        }
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
        values.put("controller", orEmpty(controller.name()));
        values.put(
                "kinds",
                certificate.datasets().stream()
                        .filter(Certificate.Dataset::hasChanged)
                        .flatMap(changed -> map.datasets().stream()
                                .filter(dataset -> dataset.name().equals(changed.name())))
                        .filter(dataset -> dataset.erasure().recipients().contains(address(notice)))
                        .map(dataset -> Kind.of(dataset, language))
                        .toList());
        return values;
    }

    /** Which data it was. */
    public record Kind(String title, List<String> categories) {

        private static Kind of(Dataset dataset, Locale language) {
            Words<List<String>> categories = dataset.article15().categories();
            return new Kind(dataset.title().in(language), categories.in(language));
        }
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
