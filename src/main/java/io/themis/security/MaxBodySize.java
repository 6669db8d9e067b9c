package io.themis.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies over {@value #LIMIT} bytes with 413, before anybody parses them: a request of this API is a line of
 * JSON. A body that doesn't tell its length is read here up to the limit, so that the refusal comes before the route.
 *
 * <p>The webhook may get {@value #WEBHOOK_LIMIT} bytes, the most that Event Grid sends at once: it takes a 413 as final and
 * drops the event.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class MaxBodySize extends OncePerRequestFilter {

    static final int LIMIT = 64 * 1024;
    static final int WEBHOOK_LIMIT = 1024 * 1024;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            // Unpacked, a few bytes can be gigabytes, and the limit would count the few.
            Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Send the body without a Content-Encoding.")
                    .answer(response);
            return;
        }
        int limit = request.getRequestURI().equals("/hooks/event-grid") ? WEBHOOK_LIMIT : LIMIT;
        long length = request.getContentLengthLong();
        if (length > limit) {
            refuse(response, limit);
        } else if (length >= 0 || !hasBody(request)) {
            chain.doFilter(request, response);
        } else {
            byte[] body = request.getInputStream().readNBytes(limit + 1);
            if (body.length > limit) {
                refuse(response, limit);
            } else {
                chain.doFilter(new ReadBody(request, body), response);
            }
        }
    }

    /** HTTP/1.1 announces a body of unknown length (RFC 9112 section 6.3); HTTP/2 does not. */
    private static boolean hasBody(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
                || request.getProtocol().startsWith("HTTP/2");
    }

    private static void refuse(HttpServletResponse response, int limit) throws IOException {
        response.setHeader(HttpHeaders.CONNECTION, "close");
        Problem.of(HttpStatus.PAYLOAD_TOO_LARGE, "A body here has at most " + limit + " bytes.")
                .answer(response);
    }

    /** The request with a body that was read already, and now has a length. */
    private static final class ReadBody extends HttpServletRequestWrapper {

        private final ServletInputStream body;

        ReadBody(HttpServletRequest request, byte[] bytes) {
            super(request);
            this.body = new BodyStream(new ByteArrayInputStream(bytes));
        }

        @Override
        public ServletInputStream getInputStream() {
            return body;
        }

        @Override
        public BufferedReader getReader() {
            String encoding = getCharacterEncoding();
            Charset charset = encoding == null ? StandardCharsets.ISO_8859_1 : Charset.forName(encoding);
            return new BufferedReader(new InputStreamReader(body, charset));
        }
    }

    private static final class BodyStream extends ServletInputStream {

        private final ByteArrayInputStream bytes;

        BodyStream(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException("The body is here already: read it");
        }
    }
}
