package io.themis.notification;

import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.attachment.AttachmentMessage;
import org.apache.camel.component.mail.MailBinding;
import org.apache.camel.component.mail.MailConfiguration;
import org.springframework.stereotype.Component;

/**
 * Puts attachments beside what is to be read: mixed(alternative(text, HTML), attachments). Camel's own puts them into the HTML
 * alternative, where whoever reads the text never sees them.
 */
@Component("mailParts")
public class MailParts extends MailBinding {

    @Override
    protected void createMultipartAlternativeMessage(
            MimeMessage mail, MailConfiguration configuration, Exchange exchange)
            throws MessagingException, IOException {
        if (!exchange.getIn(AttachmentMessage.class).hasAttachments()) {
            super.createMultipartAlternativeMessage(mail, configuration, exchange);
            return;
        }
        MimeBodyPart text = new MimeBodyPart();
        text.setText(getAlternativeBody(configuration, exchange), StandardCharsets.UTF_8.name());
        MimeMultipart alternative = new MimeMultipart("alternative");
        alternative.addBodyPart(text);
        addBodyToMultipart(configuration, alternative, exchange);
        MimeBodyPart readable = new MimeBodyPart();
        readable.setContent(alternative);
        MimeMultipart mixed = new MimeMultipart("mixed");
        mixed.addBodyPart(readable);
        addAttachmentsToMultipart(
                mixed, Part.ATTACHMENT, configuration.getAttachmentsContentTransferEncodingResolver(), exchange);
        mail.setContent(mixed);
    }
}
