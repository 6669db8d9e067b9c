package io.themis.request;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A data subject request as it arrives, checked.
 *
 * @param language the person's language, for mails and the package
 * @param caller who sent it; scopes the idempotency key
 * @param idempotencyKey the caller's own name for this request, or null
 */
public record NewRequest(
        RequestType type, EmailAddress emailAddress, Locale language, String caller, String idempotencyKey) {

    private static final Pattern KEY = Pattern.compile("(?=.*\\S)[ -~]{1,255}");

    public NewRequest {
        if (idempotencyKey != null && !KEY.matcher(idempotencyKey).matches()) {
            throw new InvalidRequestException(
                    "", "Idempotency-Key must be 1 to 255 printable ASCII characters, not all of them blank");
        }
    }
}
