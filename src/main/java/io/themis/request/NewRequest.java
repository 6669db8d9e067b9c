package io.themis.request;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A data subject request as it arrives, checked.
 *
 * @param language the person's language, for mails and the package
 * @param caller who sent it; scopes the idempotency key
 * @param idempotencyKey the caller's own name for this request, or null
 * @param isAccessFirst whether an erasure is to wait for a package of all that it erases
 */
public record NewRequest(
        RequestType type,
        EmailAddress emailAddress,
        Locale language,
        String caller,
        String idempotencyKey,
        boolean isAccessFirst) {

    /** Caller of what came as a message, whose id is the key. */
    public static final String QUEUE = "queue";

    private static final Pattern KEY = Pattern.compile("(?=.*\\S)[ -~]{1,255}");

    public NewRequest {
        if (idempotencyKey != null && !KEY.matcher(idempotencyKey).matches()) {
            throw new InvalidRequestException(
                    "", "Idempotency-Key must be 1 to 255 printable ASCII characters, not all of them blank");
        }
        if (isAccessFirst && type != RequestType.ERASURE) {
            throw new InvalidRequestException("/accessFirst", "accessFirst is for requests of type \"erasure\"");
        }
    }

    /** Without another request before it. */
    public NewRequest(
            RequestType type, EmailAddress emailAddress, Locale language, String caller, String idempotencyKey) {
        this(type, emailAddress, language, caller, idempotencyKey, false);
    }
}
