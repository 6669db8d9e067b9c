package io.themis.request;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Who did what to a request, for its record. What Themis does by itself is in the steps. */
@Repository
public class Acts {

    private final JdbcClient jdbc;
    private final Requests requests;
    private final Clock clock;

    public Acts(JdbcClient jdbc, Requests requests, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.clock = clock;
    }

    /** Notes an act in the transaction of the caller. */
    @Transactional
    public void note(UUID id, String act, String detail, String actor) {
        requests.lock(id);
        jdbc.sql("""
                        INSERT INTO request_act (request_id, number, act, detail, actor, acted_at)
                        SELECT :id, coalesce(max(number), 0) + 1, :act, :detail, :actor, :now
                        FROM request_act WHERE request_id = :id""")
                .param("id", id)
                .param("act", act)
                .param("detail", detail)
                .param("actor", actor)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** In their order. */
    public List<Act> of(UUID id) {
        return jdbc.sql("SELECT * FROM request_act WHERE request_id = :id ORDER BY number")
                .param("id", id)
                .query((row, n) -> new Act(
                        row.getInt("number"),
                        row.getString("act"),
                        row.getString("detail"),
                        row.getString("actor"),
                        Requests.instant(row, "acted_at")))
                .list();
    }

    public long count(UUID id, String act) {
        return jdbc.sql("SELECT count(*) FROM request_act WHERE request_id = :id AND act = :act")
                .param("id", id)
                .param("act", act)
                .query(Long.class)
                .single();
    }
}
