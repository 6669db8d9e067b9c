package io.themis.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Knows a gateway by its key. A wrong key is refused even beside a good token; a token beside a good key is checked next
 * and, being the narrower of the two, decides who calls.
 */
final class GatewayKeyFilter extends OncePerRequestFilter {

    /** The header in which Azure API Management, and so the original's web app, sends a key. */
    static final String HEADER = "Ocp-Apim-Subscription-Key";

    private final GatewayKeys keys;

    GatewayKeyFilter(GatewayKeys keys) {
        this.keys = keys;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader(HEADER);
        if (key != null && !keys.accept(key)) {
            Unauthorized.answer(request, response);
            return;
        }
        if (key != null) {
            SecurityContext context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(new CallerAuthentication(Caller.gateway()));
            SecurityContextHolder.setContext(context);
        }
        chain.doFilter(request, response);
    }
}
