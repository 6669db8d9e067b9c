package io.themis.notification;

import io.themis.delivery.PackageLinks;
import io.themis.export.Controller;
import io.themis.export.ReadableSize;
import io.themis.request.Acts;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Deadlines;
import io.themis.request.Extension;
import io.themis.request.Languages;
import io.themis.request.NotYetException;
import io.themis.request.Steps;
import io.themis.request.Volume;
import jakarta.activation.DataHandler;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.attachment.AttachmentMessage;
import org.springframework.stereotype.Component;

/** Fills the mail templates, which are in {@code templates/mail/<mail>/<language>.<part>.ftl}. */
@Component
public class Mails {

    private final PackageLinks links;
    private final Steps steps;
    private final Deadlines deadlines;
    private final Acts acts;
    private final Controller controller;

    Mails(PackageLinks links, Steps steps, Deadlines deadlines, Acts acts, Controller controller) {
        this.links = links;
        this.steps = steps;
        this.deadlines = deadlines;
        this.acts = acts;
        this.controller = controller;
    }

    /**
     * The left side of a Message-ID. A mail that somebody has sent again is another one, or the mail program of a person who
     * has thrown the first one away would not show it.
     */
    public String id(@Variable("mailId") String mailId, @Variable("request") DataSubjectRequest request) {
        long times = acts.count(request.id(), "resend");
        return times == 0 ? mailId : mailId + ".again" + times;
    }

    /**
     * @throws NotYetException if the mail that says "we have started" is still to be sent; one that was given up holds
     *     nothing back
     */
    public void requireStarted(DataSubjectRequest request) {
        if (!steps.hasEnded(request.id(), "send-started-mail")) {
            throw new NotYetException("waits for the step send-started-mail");
        }
    }

    /** The person's language where there are templates in it, else English. */
    public String language(DataSubjectRequest request) {
        Locale language = Locale.forLanguageTag(request.language().getLanguage());
        return (Languages.SPOKEN.contains(language) ? language : Languages.SPOKEN.get(0)).getLanguage();
    }

    /** What goes with a mail. */
    public record Attachment(String name, String mediaType, String content) {}

    /**
     * Attaches what the route has in its variable {@code attachments}. Variables are set by routes alone, so that nothing a
     * message brings goes out with a mail.
     */
    public void attach(Exchange exchange, @Variable("attachments") List<Attachment> attachments) throws IOException {
        for (Attachment each : attachments == null ? List.<Attachment>of() : attachments) {
            exchange.getMessage(AttachmentMessage.class)
                    .addAttachment(
                            each.name(),
                            new DataHandler(
                                    new ByteArrayDataSource(each.content(), each.mediaType() + "; charset=UTF-8")));
        }
    }

    /** The values of the mail that says: we have started. */
    public Map<String, String> started(DataSubjectRequest request) {
        return Map.of(
                "greeting", greeting(request),
                "requestId", request.id().toString(),
                "dueAt", day(request.dueAt(), language(request)));
    }

    /** The values of the mail that says that the answer takes longer, and why. */
    public Map<String, String> extended(DataSubjectRequest request) {
        Extension extension = deadlines.extension(request.id()).orElseThrow();
        String language = language(request);
        return Map.of(
                "greeting", greeting(request),
                "requestId", request.id().toString(),
                "formerDueAt", day(extension.formerDueAt(), language),
                "dueAt", day(request.dueAt(), language),
                "reason", extension.reason(),
                "contact", controller.contact() == null ? "" : controller.contact());
    }

    /** The values of the mail that brings the link, or one for each zip. */
    public Map<String, Object> ready(DataSubjectRequest request) {
        List<Volume> volumes = request.sealed().volumes();
        Locale language = Locale.forLanguageTag(language(request));
        return Map.of(
                "greeting", greeting(request),
                "requestId", request.id().toString(),
                "links", links.sign(request),
                "sizes",
                        volumes.stream()
                                .map(volume -> ReadableSize.of(volume.bytes(), language))
                                .toList(),
                "unpackedSize",
                        ReadableSize.of(
                                volumes.stream()
                                        .mapToLong(Volume::unpackedBytes)
                                        .sum(),
                                language),
                "expiresAt", time(request.sealed().expiresAt(), language(request)));
    }

    static String greeting(DataSubjectRequest request) {
        return request.greeting() == null ? "" : request.greeting();
    }

    static String day(Instant instant, String language) {
        return format(instant, "EEEE, d MMMM yyyy", "EEEE, d. MMMM yyyy", language);
    }

    /** The same words as in the package, which names this time too. */
    private static String time(Instant instant, String language) {
        return format(instant, "EEEE, d MMMM yyyy, HH:mm 'UTC'", "EEEE, d. MMMM yyyy, HH:mm 'Uhr (UTC)'", language);
    }

    private static String format(Instant instant, String english, String german, String language) {
        return DateTimeFormatter.ofPattern(language.equals("de") ? german : english, Locale.forLanguageTag(language))
                .format(instant.atOffset(ZoneOffset.UTC));
    }
}
