package io.themis.page;

import io.themis.request.RequestStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/** A request as {@code getRequest} shows it, and what follows from that for a page. */
final class RequestModel {

    private RequestModel() {}

    static Map<String, Object> of(Map<String, Object> view, PageWords words) {
        Map<String, Object> model = new HashMap<>();
        RequestStatus status = status(view);
        Progress progress = Progress.of(view);
        model.put("request", view);
        model.put("progressText", words.progress(progress));
        model.put("share", progress.share());
        model.put("state", Watchers.state(status, view.containsKey("package")));
        model.put("working", status.isWorking() || isAboutToErase(view));
        model.put("aboutToErase", isAboutToErase(view));
        model.put("open", !status.isClosed());
        return model;
    }

    /** Of a request, or of an entry in a list. */
    static RequestStatus status(Map<String, Object> view) {
        return RequestStatus.of(view.get("status").toString());
    }

    /** Whether everybody has approved, and the first step of the erasing has not run. */
    private static boolean isAboutToErase(Map<String, Object> view) {
        return status(view) == RequestStatus.AWAITING_APPROVAL
                && view.get("erasure") instanceof Map<?, ?> erasure
                && Boolean.TRUE.equals(erasure.get("approved"));
    }

    /** Whether a request that is open is late. */
    static boolean isLate(Map<String, Object> view, Instant now) {
        return !now.isBefore(Instant.parse(view.get("dueAt").toString()));
    }

    /** When a request would be due that is given so many months more. */
    static Instant dueAfter(Map<String, Object> view, int months) {
        return Instant.parse(view.get("receivedAt").toString())
                .atOffset(ZoneOffset.UTC)
                .plusMonths(1L + months)
                .toInstant();
    }
}
