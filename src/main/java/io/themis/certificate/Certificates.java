package io.themis.certificate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.Column;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Erasure.Exemption;
import io.themis.datamap.Words;
import io.themis.erasure.ErasurePlan;
import io.themis.erasure.ErasureReport;
import io.themis.erasure.ErasureReport.DatasetReport;
import io.themis.export.Controller;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.Erasures;
import io.themis.request.HopelessException;
import io.themis.request.JsonText;
import io.themis.request.Outcome;
import io.themis.request.RecipientNotices;
import io.themis.request.Requests;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Certifies erasures. What was not verified is not certified, and no erasure is certified twice. */
@Component
public class Certificates {

    private static final String KEYS = "/api/v1/erasures/keys";

    private final Erasures erasures;
    private final RecipientNotices notices;
    private final Requests requests;
    private final DataMap map;
    private final Controller controller;
    private final CertificateKeys keys;
    private final PublicAddress address;
    /** What is not known is left out. */
    private final JsonText json;

    private final Clock clock;

    Certificates(
            Erasures erasures,
            RecipientNotices notices,
            Requests requests,
            DataMap map,
            Controller controller,
            CertificateKeys keys,
            PublicAddress address,
            ObjectMapper json,
            Clock clock) {
        this.erasures = erasures;
        this.notices = notices;
        this.requests = requests;
        this.map = map;
        this.controller = controller;
        this.keys = keys;
        this.address = address;
        this.json = new JsonText(json.copy().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL));
        this.clock = clock;
    }

    /**
     * Signs and keeps the certificate, forgets the person's keys, and notes which recipients are to be told. To be called in
     * one transaction with what follows from it. Does nothing if there is a certificate.
     *
     * @throws HopelessException if the report does not say that everything was erased and verified
     */
    public void issue(DataSubjectRequest request) {
        Outcome outcome = erasures.outcome(request.id()).orElseThrow(() -> new HopelessException("there is no plan"));
        if (outcome.certificate() != null) {
            return;
        }
        ErasureReport report = outcome.report() == null ? null : json.read(outcome.report(), ErasureReport.class);
        if (report == null || !report.requestId().equals(request.id()) || !isVerified(report)) {
            throw new HopelessException("not everything is erased and verified, so nothing is certified");
        }
        String certificate = json.write(certificate(request, report));
        erasures.certify(request.id(), json.write(new SignedCertificate(certificate, keys.sign(certificate))));
        notices.plan(request.id(), recipients(report));
    }

    private record SignedCertificate(@JsonRawValue String certificate, String signature) {}

    private static boolean isVerified(ErasureReport report) {
        return report.isDone()
                && report.datasets().stream()
                        .allMatch(dataset -> dataset.problems().isEmpty());
    }

    /**
     * The certificate that was issued.
     *
     * @throws IllegalStateException if there is none
     */
    public Certificate get(DataSubjectRequest request) {
        JsonNode signed = json.read(document(request), JsonNode.class);
        return json.json().convertValue(signed.required("certificate"), Certificate.class);
    }

    /**
     * {@code {"certificate": {…}, "signature": "…"}}, the certificate exactly as it was signed.
     *
     * @throws IllegalStateException if there is none
     */
    public String document(DataSubjectRequest request) {
        return erasures.outcome(request.id())
                .map(Outcome::certificate)
                .orElseThrow(() -> new IllegalStateException("there is no certificate"));
    }

    private Certificate certificate(DataSubjectRequest request, ErasureReport report) {
        return new Certificate(
                request.id(),
                requests.isReplay(request),
                request.receivedAt(),
                erasures.begun(request.id()).stream()
                        .filter(plan -> plan.approvals() > 0)
                        .map(plan -> new Certificate.Approval(plan.approvals(), plan.approvedAt()))
                        .toList(),
                report.beganAt(),
                report.endedAt(),
                clock.instant(),
                new Certificate.Issuer(
                        controller.name(),
                        controller.contact(),
                        controller.dataProtectionOfficer(),
                        controller.supervisoryAuthority()),
                requests.withPackage(request.emailAddress()).stream()
                        .map(access -> new Certificate.PackageLeft(
                                access.id(), access.sealed().expiresAt()))
                        .toList(),
                address.of(KEYS),
                report.datasets().stream().map(this::dataset).toList());
    }

    private Certificate.Dataset dataset(DatasetReport report) {
        Optional<Dataset> known = known(report.dataset());
        return new Certificate.Dataset(
                report.dataset(),
                known.map(dataset -> byLanguage(dataset.title())).orElse(null),
                report.deleted(),
                report.masked(),
                report.masked() == 0
                        ? null
                        : report.masks().stream().map(mask -> mask(mask, known)).toList(),
                report.kept().stream().map(kept -> kept(kept, known)).toList(),
                report.verification(),
                report.files());
    }

    private Optional<Dataset> known(String name) {
        return map.datasets().stream()
                .filter(dataset -> dataset.name().equals(name))
                .findFirst();
    }

    private static Certificate.Mask mask(ErasurePlan.Mask mask, Optional<Dataset> dataset) {
        Map<String, String> title = dataset.map(known -> known.columns().get(mask.column()))
                .map(Column::title)
                .map(Certificates::byLanguage)
                .orElse(null);
        return new Certificate.Mask(mask.column(), title, mask.by(), mask.text());
    }

    /** A report has the words of one language; the data map has the article and the others. */
    private static Certificate.Kept kept(ErasurePlan.Kept kept, Optional<Dataset> dataset) {
        Optional<Exemption> exemption = dataset.map(Dataset::erasure).stream()
                .flatMap(erasure -> Stream.concat(Stream.ofNullable(erasure.whole()), erasure.keep().stream()))
                .filter(each -> ErasurePlan.Kept.of(kept.rows(), each).equals(kept))
                .findFirst();
        return new Certificate.Kept(
                kept.rows(),
                exemption.map(Exemption::article).orElse(null),
                byLanguage(exemption.map(Exemption::ground).orElse(Words.of(Locale.ENGLISH, kept.ground()))),
                byLanguage(exemption.map(Exemption::until).orElse(Words.of(Locale.ENGLISH, kept.until()))));
    }

    /** The map's own language first. */
    private static Map<String, String> byLanguage(Words<String> words) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(words.own().toLanguageTag(), words.in(words.own()));
        words.byLanguage().forEach((language, text) -> texts.put(language.toLanguageTag(), text));
        return texts;
    }

    /** Those to whom something was disclosed that is no longer there. */
    private List<String> recipients(ErasureReport report) {
        return report.datasets().stream()
                .filter(dataset -> dataset.deleted() + dataset.masked() > 0)
                .flatMap(dataset -> known(dataset.dataset()).stream())
                .flatMap(dataset -> dataset.erasure().recipients().stream())
                .map(EmailAddress::value)
                .distinct()
                .toList();
    }
}
