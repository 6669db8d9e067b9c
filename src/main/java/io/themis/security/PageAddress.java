package io.themis.security;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Where the page is: here, and as browsers see it through the gateway in front, which may put a path before it. */
@Component
@WithPage
public class PageAddress {

    public static final String ROOT = "/privacy";

    private final Environment environment;

    PageAddress(Environment environment) {
        this.environment = environment;
    }

    /** Whether a request is for the page, and so not for the API. By the decoded path, as that chooses who answers. */
    static boolean isAskedFor(HttpServletRequest request) {
        return isPath(request.getServletPath());
    }

    /** @param path decoded */
    static boolean isPath(String path) {
        return path.equals("/") || path.equals(ROOT) || path.startsWith(ROOT + "/");
    }

    /**
     * The path that a browser asks for.
     *
     * @param path within the page, begins with a slash or is empty
     */
    public String path(String path) {
        return base().getRawPath().replaceFirst("/+$", "") + ROOT + path;
    }

    /** The same with scheme and host. */
    public URI of(String path) {
        return base().resolve(path(path));
    }

    /** Whether browsers reach it by TLS alone. */
    boolean isSecure() {
        return "https".equals(base().getScheme());
    }

    /** Read when it is needed: in a development run the port is not known before the server has one. */
    private URI base() {
        return URI.create(environment.getRequiredProperty("themis.public-url"));
    }
}
