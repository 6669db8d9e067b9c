package io.themis.page;

import io.themis.request.RequestProgress;
import java.util.Map;

/**
 * How far a request has come that is being worked on.
 *
 * @param bytes of the lake that are to be searched, 0 if none has been asked for
 * @param secondsLeft null if it is not known
 */
record Progress(long datasetsAnswered, long datasets, long bytesDone, long bytes, Long secondsLeft) {

    /** @param lake null if none has been asked for */
    static Progress of(long datasetsAnswered, long datasets, RequestProgress lake) {
        return lake == null
                ? new Progress(datasetsAnswered, datasets, 0, 0, null)
                : new Progress(datasetsAnswered, datasets, lake.bytesDone(), lake.bytes(), lake.secondsLeft());
    }

    /** @param view of a request, as {@code getRequest} shows it */
    static Progress of(Map<String, Object> view) {
        Map<?, ?> progress = (Map<?, ?>) view.get("progress");
        Map<?, ?> lake = progress.get("lake") instanceof Map<?, ?> known ? known : Map.of();
        return new Progress(
                number(progress, "datasetsAnswered"),
                number(progress, "datasets"),
                number(lake, "bytesDone"),
                number(lake, "bytes"),
                lake.containsKey("secondsLeft") ? number(lake, "secondsLeft") : null);
    }

    private static long number(Map<?, ?> object, String name) {
        return object.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /**
     * From 0 to 1: of the bytes, which take the time, or of the datasets where there are none. Of a dataset that has not begun the bytes
     * are not known yet, so it is never more than if the next one had answered, too.
     */
    double share() {
        return bytes == 0
                ? share(datasetsAnswered, datasets)
                : Math.min(share(bytesDone, bytes), share(datasetsAnswered + 1, datasets));
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : Math.min(1, Math.round(1000.0 * part / whole) / 1000.0);
    }
}
