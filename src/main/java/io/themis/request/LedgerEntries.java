package io.themis.request;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The ledger of erasures as it is kept: sealed, one entry a request. */
@Repository
public class LedgerEntries {

    private final JdbcClient jdbc;
    private final Clock clock;

    public LedgerEntries(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * One entry.
     *
     * @param keyId names the key that it is sealed with
     */
    public record LedgerEntry(UUID requestId, String keyId, byte[] sealed) {}

    /** Keeps an entry, in place of the request's one before. */
    public void put(LedgerEntry entry) {
        jdbc.sql("""
                        INSERT INTO erasure_ledger (id, request_id, key_id, sealed, written_at)
                        VALUES (:entry, :id, :keyId, :sealed, :now)
                        ON CONFLICT (request_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed""")
                .param("entry", UUID.randomUUID())
                .param("id", entry.requestId())
                .param("keyId", entry.keyId())
                .param("sealed", entry.sealed())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    public Optional<LedgerEntry> find(UUID requestId) {
        return jdbc.sql("SELECT request_id, key_id, sealed FROM erasure_ledger WHERE request_id = :id")
                .param("id", requestId)
                .query((row, n) -> new LedgerEntry(row.getObject(1, UUID.class), row.getString(2), row.getBytes(3)))
                .optional();
    }

    /**
     * The entries of erasures that a backup of that time does not have, or not the whole of: those that had not ended. One whose request
     * is open is left out: it goes on by itself, or is begun again.
     * The oldest first.
     */
    public List<LedgerEntry> notEndedBy(Instant backup) {
        return jdbc.sql("""
                        SELECT l.request_id, l.key_id, l.sealed FROM erasure_ledger l
                        LEFT JOIN erasure e ON e.request_id = l.request_id
                        LEFT JOIN data_subject_request r ON r.id = l.request_id
                        WHERE (e.ended_at IS NULL OR e.ended_at >= :backup) AND (r.id IS NULL OR r.closed_at IS NOT NULL)
                        ORDER BY l.written_at, l.request_id""")
                .param("backup", backup.atOffset(ZoneOffset.UTC))
                .query((row, n) -> new LedgerEntry(row.getObject(1, UUID.class), row.getString(2), row.getBytes(3)))
                .list();
    }

    /** Drops what was written before, except of erasures that are still open, or were until then. */
    public void dropWrittenBefore(Instant time) {
        jdbc.sql("""
                        DELETE FROM erasure_ledger l WHERE written_at < :time AND NOT EXISTS (
                            SELECT FROM data_subject_request r LEFT JOIN erasure e ON e.request_id = r.id
                            WHERE r.id = l.request_id AND (r.closed_at IS NULL OR e.ended_at >= :time))""").param("time", time.atOffset(ZoneOffset.UTC)).update();
    }
}
