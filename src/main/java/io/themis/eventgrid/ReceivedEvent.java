package io.themis.eventgrid;

/**
 * All that is kept of an event. Its data, its other extensions and any URL in it are left behind, so nothing a sender puts
 * there can become a header or an address to call (CVE-2026-63621).
 *
 * @param id unique within the source; the same again is the same event again
 * @param requestId the request that the subject names
 * @param traceParent the trace it was published in (CloudEvents extension "Distributed Tracing"); null if it says none
 */
public record ReceivedEvent(
        String id, String type, String source, String subject, String requestId, String traceParent) {}
