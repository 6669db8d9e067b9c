package io.themis.page;

import io.themis.request.RequestStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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
        boolean isParked = isParked(view);
        boolean isToGoOn = status.isWorking() || isAboutToErase(view);
        model.put("state", Watchers.state(status, view.containsKey("package"), isParked));
        model.put("working", isToGoOn && !isParked);
        model.put("held", isToGoOn && isParked);
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

    /** Whether nothing goes on before somebody has seen to it, by the same rule as of those who watch. */
    private static boolean isParked(Map<String, Object> view) {
        Set<Object> states = ((List<?>) view.get("steps"))
                .stream().map(step -> ((Map<?, ?>) step).get("state")).collect(Collectors.toSet());
        return states.contains("parked") && !states.contains("running");
    }

    /** Whether somebody still waits for an answer that is past its deadline. Nobody waits for a replay. */
    static boolean isLate(Map<String, Object> view, Instant now) {
        boolean isReplay =
                view.get("erasure") instanceof Map<?, ?> erasure && Boolean.TRUE.equals(erasure.get("replay"));
        return !status(view).isClosed()
                && !isReplay
                && !now.isBefore(Instant.parse(view.get("dueAt").toString()));
    }
}
