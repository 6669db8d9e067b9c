package io.themis.page;

import io.themis.security.PageAddress;
import io.themis.security.SignInService;
import io.themis.security.WithPage;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The way in and out, and what went wrong. */
@RestController
@WithPage
class CommonPages {

    private final Pages pages;
    private final SignInService signIn;

    CommonPages(Pages pages, SignInService signIn) {
        this.pages = pages;
        this.signIn = signIn;
    }

    @GetMapping("/")
    ResponseEntity<byte[]> root() {
        return pages.goTo("");
    }

    @GetMapping(PageAddress.ROOT + "/signed-out")
    ResponseEntity<byte[]> signedOut(HttpServletRequest request) {
        return pages.show("message", request, withSignOut("signed-out"));
    }

    /** With the way out of the account at the provider, if there is one. */
    private Map<String, Object> withSignOut(String what) {
        Map<String, Object> shown = new HashMap<>(Map.of("what", what));
        signIn.signOut().map(URI::toString).ifPresent(address -> shown.put("everywhere", address));
        return shown;
    }

    @GetMapping(PageAddress.ROOT + "/not-signed-in")
    ResponseEntity<byte[]> notSignedIn(HttpServletRequest request) {
        if (request.getParameter(SignInService.NAMELESS) != null) {
            return pages.show(HttpStatus.FORBIDDEN, "message", request, withSignOut("no-role"));
        }
        return pages.show(HttpStatus.UNAUTHORIZED, "message", request, Map.of("what", "not-signed-in"));
    }

    /** Where the error page sends those who were on a page; asked for by its own path, there is no problem to tell. */
    @RequestMapping(PageAddress.ROOT + "/problem")
    ResponseEntity<byte[]> problem(HttpServletRequest request) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        HttpStatus status = code instanceof Integer known ? HttpStatus.resolve(known) : HttpStatus.NOT_FOUND;
        String what = switch (status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status) {
            case BAD_REQUEST -> "not-understood";
            case FORBIDDEN -> "forbidden";
            case NOT_FOUND, METHOD_NOT_ALLOWED -> "not-found";
            case SERVICE_UNAVAILABLE -> "away";
            default -> "failed";
        };
        return pages.show(
                status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status, "message", request, Map.of("what", what));
    }
}
