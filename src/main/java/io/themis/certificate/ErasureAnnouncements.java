package io.themis.certificate;

import io.themis.request.DataSubjectRequest;
import io.themis.request.Erasures;
import io.themis.request.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The event {@code User.DataErased}, for whoever else has to know that a person's data is gone. */
@Component
public class ErasureAnnouncements {

    private static final String TYPE = "User.DataErased";

    private final Erasures erasures;

    ErasureAnnouncements(Erasures erasures) {
        this.erasures = erasures;
    }

    /** No personal data: who may know more asks for the request. */
    public Map<String, Object> data(DataSubjectRequest request) {
        return Map.of("requestId", request.id().toString());
    }

    /** One certificate, one event, however often it is published. */
    public String id(DataSubjectRequest request) {
        String name = "%s/%s".formatted(TYPE, request.id());
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** When the certificate was kept. */
    public OffsetDateTime time(DataSubjectRequest request) {
        return erasures.outcome(request.id())
                .map(Outcome::endedAt)
                .orElseThrow(() -> new IllegalStateException("there is no certificate"))
                .atOffset(ZoneOffset.UTC);
    }
}
