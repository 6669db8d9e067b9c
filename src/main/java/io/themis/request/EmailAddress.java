package io.themis.request;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** One bare e-mail address (RFC 5321 addr-spec, ASCII), safe as the recipient of a mail. */
public record EmailAddress(String value) {

    private static final int MAX_LENGTH = 254;

    /**
     * Separators and control characters are how a second recipient or a header gets into a mail; quotes, brackets,
     * comments and spaces belong to the display form of an address, which is not what is asked for.
     */
    private static final Pattern FORBIDDEN = Pattern.compile("[^!-~]|[,;:<>()\\[\\]\\\\\"]");

    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    /** One @, at most 64 characters before it, and after it a host name (RFC 5321 sections 4.1.2 and 4.5.3.1). */
    private static final Pattern FORM = Pattern.compile("[^@]{1,64}@" + LABEL + "(?:\\." + LABEL + ")*");

    /** @throws InvalidRequestException if {@code value} is not one bare address; the message does not repeat it */
    public EmailAddress {
        if (value == null || value.isBlank()) {
            throw invalid("is missing; give one e-mail address");
        }
        if (value.length() > MAX_LENGTH) {
            throw invalid("is longer than " + MAX_LENGTH + " characters (RFC 5321)");
        }
        if (FORBIDDEN.matcher(value).find()) {
            throw invalid("has a character that one plain address can't have; write it like name@example.org, "
                    + "an international domain in its ASCII form (xn--…)");
        }
        try {
            new InternetAddress(value, true).validate();
        } catch (AddressException e) {
            throw invalid("is not an e-mail address; write it like name@example.org");
        }
        if (!FORM.matcher(value).matches()) {
            throw invalid("is not an e-mail address; write it like name@example.org");
        }
    }

    /** Two addresses with the same normal form are the same person's. */
    public String normalForm() {
        return value.toLowerCase(Locale.ROOT);
    }

    /** Never the address: this object ends up in log lines and exception messages by accident. */
    @Override
    public String toString() {
        return "<e-mail address>";
    }

    private static InvalidRequestException invalid(String what) {
        return new InvalidRequestException("/emailAddress", "emailAddress " + what);
    }
}
