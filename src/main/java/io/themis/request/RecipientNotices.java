package io.themis.request;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Which recipients are told of an erasure (GDPR Art. 19), when each was, and when each confirmed. */
@Repository
public class RecipientNotices {

    private final JdbcClient jdbc;
    private final Requests requests;
    private final Clock clock;

    RecipientNotices(JdbcClient jdbc, Requests requests, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.clock = clock;
    }

    /** Numbers recipients who are to be told, in this order. One who has a number keeps it. */
    @Transactional
    public void plan(UUID id, Collection<String> recipients) {
        // Two at the same moment would count the same number.
        requests.lock(id);
        for (String recipient : recipients) {
            jdbc.sql("""
                            INSERT INTO recipient_notice (request_id, number, recipient)
                            SELECT :id, coalesce(max(number), 0) + 1, :recipient
                            FROM recipient_notice WHERE request_id = :id
                            ON CONFLICT (request_id, recipient) DO NOTHING""").param("id", id).param("recipient", recipient).update();
        }
    }

    /** Notes that a recipient has been told; the first time counts. */
    public void sent(UUID id, int number) {
        jdbc.sql("""
                        UPDATE recipient_notice SET sent_at = coalesce(sent_at, :now)
                        WHERE request_id = :id AND number = :number""")
                .param("now", now())
                .param("id", id)
                .param("number", number)
                .update();
    }

    /**
     * Notes that a recipient has confirmed; the first time counts.
     *
     * @return false if nobody of that number has been told
     */
    public boolean received(UUID id, int number) {
        return jdbc.sql("""
                                UPDATE recipient_notice SET receipt_at = coalesce(receipt_at, :now)
                                WHERE request_id = :id AND number = :number AND sent_at IS NOT NULL""")
                        .param("now", now())
                        .param("id", id)
                        .param("number", number)
                        .update()
                == 1;
    }

    public List<RecipientNotice> of(UUID id) {
        return jdbc.sql("SELECT * FROM recipient_notice WHERE request_id = :id ORDER BY number")
                .param("id", id)
                .query((row, n) -> new RecipientNotice(
                        row.getInt("number"),
                        row.getString("recipient"),
                        Requests.instant(row, "sent_at"),
                        Requests.instant(row, "receipt_at")))
                .list();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
