package io.themis.delivery;

import io.themis.eventgrid.ReceivedEvent;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Requests;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The event {@code User.DataConsolidated}: what it says, and what it means when it comes back. */
@Component
public class Announcements {

    private static final String TYPE = "User.DataConsolidated";

    /** Event Grid's own first retries come within a few minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final Packages packages;
    private final Requests requests;
    private final Clock clock;

    Announcements(Packages packages, Requests requests, Clock clock) {
        this.packages = packages;
        this.requests = requests;
        this.clock = clock;
    }

    /**
     * No personal data and no token: a blob's address helps only who may read the container. {@code packageUrl} is the
     * package, or the first zip of one that is in several; {@code packageUrls}, there only then, are all of them.
     */
    public Map<String, Object> data(DataSubjectRequest request) {
        List<String> urls =
                request.sealed().volumes().stream().map(packages::url).toList();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("requestId", request.id().toString());
        data.put("packageUrl", urls.get(0));
        if (urls.size() > 1) {
            data.put("packageUrls", urls);
        }
        return data;
    }

    /** One package, one event, however often it is published. */
    public String id(DataSubjectRequest request) {
        String name = "%s/%s/%d".formatted(TYPE, request.id(), request.run());
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    public OffsetDateTime time(DataSubjectRequest request) {
        return request.sealed().sealedAt().atOffset(ZoneOffset.UTC);
    }

    /** When the person is told even if the event never comes back. */
    public Instant latestMail() {
        return clock.instant().plus(PATIENCE);
    }

    /** The request whose package is announced; null if there is no such package, so that nobody can make us say so. */
    public DataSubjectRequest announced(ReceivedEvent event) {
        return requests.find(UUID.fromString(event.requestId()))
                .filter(request -> request.sealed() != null)
                .orElse(null);
    }
}
