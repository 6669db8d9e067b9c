package io.themis.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;

/** The one answer to a caller that nobody knows, whether credentials are missing or wrong. */
final class Unauthorized {

    private Unauthorized() {}

    /** The challenge is that of RFC 6750 section 3: an error code only if a token was sent, and no reason with it. */
    static void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean tokenSent = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        response.setHeader(
                HttpHeaders.WWW_AUTHENTICATE,
                tokenSent ? "Bearer realm=\"themis\", error=\"invalid_token\"" : "Bearer realm=\"themis\"");
        Problem.UNAUTHORIZED.answer(response);
    }
}
