package io.themis.request;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Extends the time in which a request must be answered: one month, and where it has to be two more (GDPR Art. 12(3)). */
@Repository
public class Deadlines {

    /** By how many months at most. */
    public static final int MOST_MONTHS = 2;

    private final JdbcClient jdbc;
    private final Requests requests;
    private final Clock clock;

    public Deadlines(JdbcClient jdbc, Requests requests, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.clock = clock;
    }

    /**
     * Extends it, once.
     *
     * @param months from 1 to {@link #MOST_MONTHS}
     * @param reason for the person to read
     * @throws WrongStateException if the request has ended, it is not known yet whose it is, its month is over, or it has been
     *     extended before
     */
    @Transactional
    public void extend(UUID id, int months, String reason, String officer) {
        requests.lock(id);
        DataSubjectRequest request = requests.get(id);
        Instant now = clock.instant();
        if (request.status().isClosed()) {
            throw new WrongStateException("this request has ended");
        }
        if (requests.isReplay(request)) {
            throw new WrongStateException("nobody has asked for this erasure, so nobody waits for it");
        }
        if (extension(id).isPresent()) {
            throw new WrongStateException("the deadline has been extended before; the law allows no more");
        }
        if (request.greeting() == null) {
            throw new WrongStateException(
                    "it is not known yet whose request this is, and only the person can be told of another deadline");
        }
        if (!now.isBefore(request.dueAt())) {
            throw new WrongStateException(
                    "the month in which the person has to be told of another deadline is over (Art. 12(3))");
        }
        jdbc.sql("""
                        INSERT INTO deadline_extension (request_id, former_due_at, reason, officer, extended_at)
                        VALUES (:id, :former, :reason, :officer, :now)""")
                .param("id", id)
                .param("former", request.dueAt().atOffset(ZoneOffset.UTC))
                .param("reason", reason)
                .param("officer", officer)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        jdbc.sql("UPDATE data_subject_request SET due_at = :due WHERE id = :id")
                .param("due", extended(request.receivedAt(), months).atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
    }

    /** When a request is due that is given so many months more: calendar months from its receipt, in UTC. */
    public static Instant extended(Instant receivedAt, int months) {
        return receivedAt.atOffset(ZoneOffset.UTC).plusMonths(1L + months).toInstant();
    }

    /** Nothing if the deadline is the first one. */
    public Optional<Extension> extension(UUID id) {
        return jdbc.sql("SELECT * FROM deadline_extension WHERE request_id = :id")
                .param("id", id)
                .query((row, n) -> new Extension(
                        Requests.instant(row, "former_due_at"),
                        row.getString("reason"),
                        row.getString("officer"),
                        Requests.instant(row, "extended_at")))
                .optional();
    }
}
