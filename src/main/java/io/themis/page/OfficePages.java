package io.themis.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.Deadlines;
import io.themis.security.PageAddress;
import io.themis.security.WithPage;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.springframework.core.io.Resource;
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

/** What privacy officers and operators see and do: all requests with their clocks, and one of them in full. */
@RestController
@WithPage
@RequestMapping(PageAddress.ROOT + "/office")
class OfficePages {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FILTERS = List.of("open", "late", "waiting", "partial", "stuck", "closed");

    private static final Pattern NUMBER = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** The file has all of them. */
    private static final int MOST_HOMONYMS = 100;

    private final Pages pages;
    private final Operations operations;
    private final Clock clock;

    OfficePages(Pages pages, Operations operations, Clock clock) {
        this.pages = pages;
        this.operations = operations;
        this.clock = clock;
    }

    @GetMapping
    ResponseEntity<byte[]> list(
            HttpServletRequest request,
            @RequestParam(defaultValue = "open") String show,
            @RequestParam(required = false) String after) {
        if (!FILTERS.contains(show)) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST);
        }
        Map<String, String> parameters = new HashMap<>(Map.of("show", show));
        if (after != null) {
            parameters.put("after", after);
        }
        Map<String, Object> shown = new HashMap<>(
                operations.call(request, "listRequests", parameters).object());
        shown.put("filters", FILTERS);
        shown.put("show", show);
        shown.put("first", after == null);
        return pages.show("office", request, shown);
    }

    /**
     * Finds a request by its number, or all about one person by their address. What was looked for is in no address of a page, so that
     * it is in no log and no history of a browser.
     */
    @PostMapping("/search")
    ResponseEntity<byte[]> search(HttpServletRequest request, @RequestParam(defaultValue = "") String wanted) {
        String text = wanted.strip();
        if (NUMBER.matcher(text).matches()
                && operations.call(request, "getRequest", Map.of("id", text)).isGood()) {
            return pages.goTo("/office/requests/" + text);
        }
        Answer found = operations.call(request, "findRequests", Map.of(), Map.of("emailAddress", text));
        // What can't be an address is nobody's, and an operator knows none.
        boolean isNobodys =
                found.status() == HttpStatus.BAD_REQUEST.value() || found.status() == HttpStatus.FORBIDDEN.value();
        Map<String, Object> shown = new HashMap<>(isNobodys ? Map.of("requests", List.of()) : found.object());
        shown.put("filters", FILTERS);
        shown.put("show", "found");
        shown.put("first", true);
        return pages.show("office", request, shown);
    }

    /** Who loads a page of results by its address again, or comes back to it, finds nothing there that was looked for. */
    @GetMapping("/search")
    ResponseEntity<byte[]> search() {
        return pages.goTo("/office");
    }

    @GetMapping("/requests/{id}")
    ResponseEntity<byte[]> request(HttpServletRequest request, @PathVariable String id) {
        return request(HttpStatus.OK, request, id, Map.of());
    }

    private ResponseEntity<byte[]> request(
            HttpStatus status, HttpServletRequest request, String id, Map<String, Object> more) {
        Map<String, Object> view =
                operations.call(request, "getRequest", Map.of("id", id)).object();
        Map<String, Object> shown = RequestModel.of(view, pages.words(request));
        Answer plan = operations.call(request, "getErasurePlan", Map.of("id", id));
        if (plan.isGood()) {
            shown.put("plan", plan.object());
        }
        shown.put("isLate", RequestModel.isLate(view, clock.instant()));
        Instant receivedAt = Instant.parse(view.get("receivedAt").toString());
        shown.put(
                "longer",
                IntStream.rangeClosed(1, Deadlines.MOST_MONTHS)
                        .mapToObj(
                                months -> Deadlines.extended(receivedAt, months).toString())
                        .toList());
        shown.put("done", request.getParameter("done"));
        shown.put("still", request.getParameter("still") != null || !more.isEmpty());
        shown.putAll(more);
        return pages.show(status, "office-request", request, shown);
    }

    @PostMapping("/requests/{id}/approval")
    ResponseEntity<byte[]> approve(
            HttpServletRequest request, @PathVariable String id, @RequestParam(defaultValue = "") String planDigest) {
        return act(request, id, "approveErasure", Map.of("id", id), Map.of("planDigest", planDigest));
    }

    @PostMapping("/requests/{id}/refusal")
    ResponseEntity<byte[]> refuse(
            HttpServletRequest request, @PathVariable String id, @RequestParam(defaultValue = "") String reason) {
        return act(request, id, "refuseErasure", Map.of("id", id), Map.of("reason", reason));
    }

    @PostMapping("/requests/{id}/extension")
    ResponseEntity<byte[]> extend(
            HttpServletRequest request,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String months,
            @RequestParam(defaultValue = "") String reason) {
        Object number = months.matches("[0-9]{1,4}") ? (Object) Integer.valueOf(months) : months;
        return act(request, id, "extendDeadline", Map.of("id", id), Map.of("months", number, "reason", reason));
    }

    @PostMapping("/requests/{id}/resend")
    ResponseEntity<byte[]> resend(HttpServletRequest request, @PathVariable String id) {
        return act(request, id, "resendMail", Map.of("id", id), Map.of());
    }

    @PostMapping("/requests/{id}/restart")
    ResponseEntity<byte[]> restart(HttpServletRequest request, @PathVariable String id) {
        return act(request, id, "restartRequest", Map.of("id", id), Map.of());
    }

    @PostMapping("/requests/{id}/end-links")
    ResponseEntity<byte[]> endLinks(HttpServletRequest request, @PathVariable String id) {
        return act(request, id, "endLinks", Map.of("id", id), Map.of());
    }

    @PostMapping("/requests/{id}/steps/{step}/retry")
    ResponseEntity<byte[]> retry(HttpServletRequest request, @PathVariable String id, @PathVariable String step) {
        return act(request, id, "retryStep", Map.of("id", id, "step", step), Map.of());
    }

    @PostMapping("/requests/{id}/recipients/{recipient}/receipt")
    ResponseEntity<byte[]> confirm(
            HttpServletRequest request, @PathVariable String id, @PathVariable String recipient) {
        return act(request, id, "confirmReceipt", Map.of("id", id, "recipient", recipient), Map.of());
    }

    /** Does it, or shows the page again with what was written and what is wrong with it. */
    private ResponseEntity<byte[]> act(
            HttpServletRequest request,
            String id,
            String operation,
            Map<String, String> parameters,
            Map<String, Object> body) {
        Answer answer = operations.call(request, operation, parameters, body);
        HttpStatus status = HttpStatus.valueOf(answer.status());
        if (status == HttpStatus.BAD_REQUEST || status == HttpStatus.CONFLICT) {
            Map<String, Object> problem = answer.problem();
            return request(
                    status,
                    request,
                    id,
                    Map.of(
                            "error",
                            operation,
                            "detail",
                            problem.get("detail"),
                            "field",
                            problem.getOrDefault("pointer", ""),
                            "written",
                            body));
        }
        answer.good();
        return pages.goTo("/office/requests/" + id + "?done=" + operation);
    }

    @GetMapping("/requests/{id}/homonyms")
    ResponseEntity<byte[]> homonyms(HttpServletRequest request, @PathVariable String id) {
        Map<String, Object> view =
                operations.call(request, "getRequest", Map.of("id", id)).object();
        Map<String, Object> shown = new HashMap<>(Map.of("request", view));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                operations.open(request, "getHomonyms", Map.of("id", id)), StandardCharsets.UTF_8))) {
            List<Map<String, Object>> rows =
                    lines.lines().limit(MOST_HOMONYMS).map(OfficePages::read).toList();
            shown.put("rows", rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pages.show("homonyms", request, shown);
    }

    private static Map<String, Object> read(String line) {
        try {
            return JSON.readValue(line, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GetMapping("/requests/{id}/homonyms.jsonl")
    ResponseEntity<Resource> allHomonyms(HttpServletRequest request, @PathVariable String id) {
        return operations.file(request, "getHomonyms", id, "homonyms-%s.jsonl", MediaType.APPLICATION_NDJSON);
    }

    @GetMapping("/requests/{id}/plan.json")
    ResponseEntity<Resource> plan(HttpServletRequest request, @PathVariable String id) {
        return operations.file(request, "getErasurePlan", id, "erasure-plan-%s.json", MediaType.APPLICATION_JSON);
    }

    @GetMapping("/requests/{id}/record.json")
    ResponseEntity<Resource> record(HttpServletRequest request, @PathVariable String id) {
        return operations.file(request, "getRecord", id, "record-%s.json", MediaType.APPLICATION_JSON);
    }
}
