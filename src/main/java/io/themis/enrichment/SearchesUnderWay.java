package io.themis.enrichment;

import io.themis.console.ConsoleView;
import io.themis.request.ProgressLog;
import io.themis.request.SearchProgress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.service.ServiceSupport;

/** What the console shows of lake searches: a service among Camel's own, so that it is found beside the routes. */
@ManagedResource(description = "Lake searches that are not done, of every replica")
public class SearchesUnderWay extends ServiceSupport implements ConsoleView {

    private final ProgressLog log;

    SearchesUnderWay(ProgressLog log) {
        this.log = log;
    }

    /** One map a dataset and request. */
    @ManagedAttribute(description = "Files and bytes done of total, by request and dataset")
    public List<Map<String, Object>> getSearches() {
        return log.unfinished().stream().map(SearchesUnderWay::shown).toList();
    }

    private static Map<String, Object> shown(SearchProgress search) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("request", search.requestId().toString());
        shown.put("dataset", search.dataset());
        shown.put("files", search.files());
        shown.put("filesDone", search.filesDone());
        shown.put("bytes", search.bytes());
        shown.put("bytesDone", search.bytesDone());
        shown.put("bytesPerSecond", search.bytesPerSecond());
        shown.put("notedAt", search.notedAt().toString());
        return shown;
    }
}
