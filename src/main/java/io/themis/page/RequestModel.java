package io.themis.page;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A request as {@code getRequest} shows it, and what follows from that for a page. */
final class RequestModel {

    /** In these, something is being done that can be watched. */
    private static final Set<String> WORKING =
            Set.of("received", "gathering", "packaging", "announcing", "planning", "erasing", "verifying");

    private static final Set<String> CLOSED =
            Set.of("delivered", "expired", "unknown-subject", "done", "refused", "withdrawn");

    private RequestModel() {}

    static Map<String, Object> of(Map<String, Object> view, PageWords words) {
        Map<String, Object> model = new HashMap<>();
        String status = view.get("status").toString();
        @SuppressWarnings("unchecked")
        Map<String, Object> progress = (Map<String, Object>) view.get("progress");
        model.put("request", view);
        model.put("progressText", words.progress(progress));
        model.put("share", share(progress));
        model.put("state", Watchers.state(status, view.containsKey("package")));
        model.put("working", WORKING.contains(status));
        model.put("open", !CLOSED.contains(status));
        return model;
    }

    private static double share(Map<String, Object> progress) {
        if (progress.get("lake") instanceof Map<?, ?> lake && number(lake, "bytes") > 0) {
            return Math.min(1, number(lake, "bytesDone") / number(lake, "bytes"));
        }
        double datasets = number(progress, "datasets");
        return datasets == 0 ? 0 : number(progress, "datasetsAnswered") / datasets;
    }

    private static double number(Map<?, ?> object, String name) {
        return ((Number) object.get(name)).doubleValue();
    }

    /** Whether a request that is open is late. */
    static boolean isLate(Map<String, Object> view, Instant now) {
        return !now.isBefore(Instant.parse(view.get("dueAt").toString()));
    }
}
