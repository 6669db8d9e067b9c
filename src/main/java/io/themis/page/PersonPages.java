package io.themis.page;

import io.themis.export.Controller;
import io.themis.request.RequestStatus;
import io.themis.security.Caller;
import io.themis.security.PageAddress;
import io.themis.security.WithPage;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What a person sees and does: ask, confirm, watch, download, and change their mind. */
@RestController
@WithPage
@RequestMapping(PageAddress.ROOT)
class PersonPages {

    private final Pages pages;
    private final Operations operations;
    private final Watchers watchers;
    private final Controller controller;

    PersonPages(Pages pages, Operations operations, Watchers watchers, Controller controller) {
        this.pages = pages;
        this.operations = operations;
        this.watchers = watchers;
        this.controller = controller;
    }

    @GetMapping
    ResponseEntity<byte[]> home(HttpServletRequest request) {
        Caller caller = pages.caller(request).orElse(null);
        if (caller == null) {
            return pages.show("welcome", request, Map.of("controller", controller));
        }
        if (caller.roles().isEmpty()) {
            return pages.show(HttpStatus.FORBIDDEN, "message", request, Map.of("what", "no-role"));
        }
        return home(HttpStatus.OK, request, Map.of());
    }

    private ResponseEntity<byte[]> home(HttpStatus status, HttpServletRequest request, Map<String, Object> more) {
        Map<String, Object> shown = new HashMap<>(more);
        // Without a verified address nobody knows whose data it would be.
        if (pages.caller(request).orElseThrow().emailAddress() != null) {
            shown.put("requests", own(request));
        }
        shown.putIfAbsent("done", request.getParameter("done"));
        return pages.show(status, "home", request, shown);
    }

    /**
     * What the person has asked for, each with whether it is still {@code open}, and whether it is {@code unknown}: it has come to
     * nothing, and who asks again gets it once more for a while.
     */
    private List<Map<String, Object>> own(HttpServletRequest request) {
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> own = (List<Map<String, Object>>) operations
                .call(request, "listRequests", Map.of("show", "mine"))
                .object()
                .get("requests");
        own.forEach(each -> {
            RequestStatus status = RequestModel.status(each);
            each.put("open", !status.isClosed());
            each.put("unknown", status == RequestStatus.UNKNOWN_SUBJECT && !each.containsKey("closedAt"));
        });
        return own;
    }

    @GetMapping("/erasure")
    ResponseEntity<byte[]> erasure(HttpServletRequest request) {
        return pages.show("ask-erasure", request, Map.of("copy", true));
    }

    @PostMapping("/requests")
    ResponseEntity<byte[]> ask(
            HttpServletRequest request,
            @RequestParam(required = false) String type,
            @RequestParam(required = false) String understood,
            @RequestParam(required = false) String copy) {
        Caller caller = pages.caller(request).orElseThrow();
        boolean isErasure = "erasure".equals(type);
        if (!isErasure && !"access".equals(type)) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        if (caller.emailAddress() == null) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN);
        }
        if (isErasure && understood == null) {
            return pages.show(
                    HttpStatus.BAD_REQUEST,
                    "ask-erasure",
                    request,
                    Map.of("copy", copy != null, "error", "understood"));
        }
        Map<String, Object> body = new HashMap<>();
        body.put("type", isErasure ? "erasure" : "access");
        // As the identity provider verified it, and never as a form says.
        body.put("emailAddress", caller.emailAddress().value());
        body.put("language", pages.language(request).toLanguageTag());
        if (isErasure) {
            body.put("accessFirst", copy != null);
        }
        Object id = operations
                .call(request, "submitRequest", Map.of(), body)
                .object()
                .get("id");
        return pages.goTo("/requests/" + id);
    }

    @GetMapping("/requests/{id}")
    ResponseEntity<byte[]> request(HttpServletRequest request, @PathVariable String id) {
        return request(HttpStatus.OK, request, id, null);
    }

    private ResponseEntity<byte[]> request(HttpStatus status, HttpServletRequest request, String id, String error) {
        Map<String, Object> view =
                operations.call(request, "getRequest", Map.of("id", id)).object();
        Map<String, Object> shown = RequestModel.of(view, pages.words(request));
        Answer downloads = operations.call(request, "getDownloads", Map.of("id", id));
        if (downloads.isGood()) {
            shown.put("downloads", downloads.list());
        }
        // Staff may look, and only the person whose request it is can change their mind.
        shown.put("own", downloads.status() != HttpStatus.FORBIDDEN.value());
        shown.put("error", error);
        shown.put("done", request.getParameter("done"));
        shown.put("still", request.getParameter("still") != null || error != null);
        return pages.show(status, "request", request, shown);
    }

    /** @return 204, which tells a browser not to ask again, if too many watch already */
    @GetMapping("/requests/{id}/events")
    ResponseEntity<SseEmitter> events(HttpServletRequest request, @PathVariable UUID id) {
        Map<String, Object> view = operations
                .call(request, "getRequest", Map.of("id", id.toString()))
                .object();
        long datasets = ((Number) ((Map<?, ?>) view.get("progress")).get("datasets")).longValue();
        return watchers.watch(id, pages.caller(request).orElseThrow().subject(), pages.language(request), datasets)
                .map(events -> ResponseEntity.ok()
                        .contentType(MediaType.TEXT_EVENT_STREAM)
                        // A proxy that gathers an answer before it passes it on would pass on nothing.
                        .header("X-Accel-Buffering", "no")
                        .body(events))
                .orElse(ResponseEntity.noContent().build());
    }

    /** @param number of the zip, from 1 */
    @GetMapping("/requests/{id}/downloads/{number}")
    ResponseEntity<byte[]> download(HttpServletRequest request, @PathVariable String id, @PathVariable int number) {
        List<Map<String, Object>> downloads =
                operations.call(request, "getDownloads", Map.of("id", id)).list();
        if (number < 1 || number > downloads.size()) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .header(
                        HttpHeaders.LOCATION,
                        downloads.get(number - 1).get("url").toString())
                .build();
    }

    @PostMapping("/requests/{id}/end-links")
    ResponseEntity<byte[]> endLinks(HttpServletRequest request, @PathVariable String id) {
        return done(request, id, "endLinks");
    }

    @PostMapping("/requests/{id}/withdrawal")
    ResponseEntity<byte[]> withdraw(HttpServletRequest request, @PathVariable String id) {
        return done(request, id, "withdrawErasure");
    }

    private ResponseEntity<byte[]> done(HttpServletRequest request, String id, String operation) {
        Answer answer = operations.call(request, operation, Map.of("id", id));
        if (answer.status() == HttpStatus.CONFLICT.value()) {
            return request(HttpStatus.CONFLICT, request, id, operation);
        }
        answer.good();
        return pages.goTo("/requests/" + id + "?done=" + operation);
    }

    @GetMapping("/requests/{id}/certificate.html")
    ResponseEntity<Resource> certificatePage(HttpServletRequest request, @PathVariable String id) {
        return operations.file(request, "getCertificatePage", id, "erasure-%s.html", MediaType.TEXT_HTML);
    }

    @GetMapping("/requests/{id}/certificate.json")
    ResponseEntity<Resource> certificate(HttpServletRequest request, @PathVariable String id) {
        return operations.file(request, "getCertificate", id, "erasure-%s.json", MediaType.APPLICATION_JSON);
    }
}
