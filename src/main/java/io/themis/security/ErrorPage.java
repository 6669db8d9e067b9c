package io.themis.security;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.InternalResourceView;
import org.springframework.web.util.UriUtils;

/**
 * Answers every error outside the routes (an unknown path, another method, a failure) as a problem detail that carries the
 * status alone: no path, no message of an exception, no stack trace. Where people are, it is the page that says so.
 */
@RestController
class ErrorPage implements ErrorController {

    private final boolean hasPage;

    ErrorPage(Environment environment) {
        this.hasPage = WithPage.HasClient.isIn(environment);
    }

    @RequestMapping("${server.error.path:/error}")
    Object error(HttpServletRequest request) {
        HttpStatus status = status(request);
        if (hasPage
                && request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String path
                && PageAddress.isPath(UriUtils.decode(path, StandardCharsets.UTF_8))) {
            return new ModelAndView(new InternalResourceView(PageAddress.ROOT + "/problem"));
        }
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem(status).json());
    }

    /** Asked for by its own path there is no error to tell: 404 like any other path that isn't there. */
    private static HttpStatus status(HttpServletRequest request) {
        if (request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code) {
            HttpStatus known = HttpStatus.resolve(code);
            return known == null ? HttpStatus.INTERNAL_SERVER_ERROR : known;
        }
        return HttpStatus.NOT_FOUND;
    }

    static Problem problem(HttpStatus status) {
        return Problem.of(status, detail(status));
    }

    private static String detail(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> "There is nothing at this path.";
            case METHOD_NOT_ALLOWED -> "This path takes other methods, which Allow names.";
            case NOT_ACCEPTABLE -> "The answer is JSON; Accept must allow application/json.";
            case UNSUPPORTED_MEDIA_TYPE ->
                "Send the body as application/json (or events as application/cloudevents+json).";
            default ->
                status.is5xxServerError() ? "Themis failed to answer. Try again later." : Problem.UNREADABLE.detail();
        };
    }
}
