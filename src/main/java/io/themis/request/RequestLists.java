package io.themis.request;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lists of requests: of all people for those who look after them, and of one person for themself. */
@Repository
public class RequestLists {

    /** More than one person asks for. */
    private static final int MOST_OF_ONE = 200;

    private static final String PARTIAL =
            "EXISTS (SELECT FROM dataset_findings f WHERE f.request_id = r.id AND f.findings ->> 'status' = 'PARTIAL')";

    private static final String STUCK = "(r.closed_at IS NULL AND (r.status IN ('incomplete', 'undelivered')"
            + " OR EXISTS (SELECT FROM request_step s WHERE s.request_id = r.id AND s.state = 'PARKED')))";

    private static final String WAITING = "(r.status = 'awaiting-approval'"
            + " AND EXISTS (SELECT FROM erasure e WHERE e.request_id = r.id AND e.approved_at IS NULL))";

    private static final String LISTED =
            "SELECT r.*, %s AS is_partial, %s AS is_stuck FROM data_subject_request r ".formatted(PARTIAL, STUCK);

    private final JdbcClient jdbc;
    private final Requests requests;
    private final Clock clock;

    public RequestLists(JdbcClient jdbc, Requests requests, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.clock = clock;
    }

    /** Which requests are wanted. All but the last are open, and come in the order in which they are due. */
    public enum Filter {
        OPEN("true"),
        /** Nobody waits for a replay, so none is late. */
        LATE("r.due_at <= :now AND r.replay_of IS NULL"),
        /** Erasures whose plan nobody, or not everybody who has to, has approved. */
        WAITING(RequestLists.WAITING),
        PARTIAL(RequestLists.PARTIAL),
        STUCK(RequestLists.STUCK),
        /** What ended last comes first. */
        CLOSED("true");

        private final String condition;

        Filter(String condition) {
            this.condition = condition;
        }
    }

    /** A place in a list. */
    public record Place(Instant time, UUID id) {}

    /** How many open requests each filter has. */
    public record Counts(long open, long late, long waiting, long partial, long stuck) {}

    /** @param after where the list goes on, or null for its beginning */
    public List<ListedRequest> list(Filter filter, Place after, int most) {
        boolean isClosed = filter == Filter.CLOSED;
        String column = isClosed ? "r.closed_at" : "r.due_at";
        String sql = LISTED + "WHERE r.closed_at IS " + (isClosed ? "NOT NULL" : "NULL") + " AND " + filter.condition
                + (after == null ? "" : " AND (%s, r.id) %s (:time, :id)".formatted(column, isClosed ? "<" : ">"))
                + " ORDER BY %1$s %2$s, r.id %2$s LIMIT :most".formatted(column, isClosed ? "DESC" : "ASC");
        JdbcClient.StatementSpec statement = jdbc.sql(sql).param("most", most).param("now", now());
        if (after != null) {
            statement = statement
                    .param("time", after.time().atOffset(ZoneOffset.UTC))
                    .param("id", after.id());
        }
        return statement.query(this::listed).list();
    }

    /** What a person has asked for, the newest first; not what was begun without their asking. */
    public List<ListedRequest> of(EmailAddress address) {
        return of(address, "r.replay_of IS NULL", MOST_OF_ONE);
    }

    /** All that there is about a person, the newest first. */
    public List<ListedRequest> about(EmailAddress address, int most) {
        return of(address, "true", most);
    }

    private List<ListedRequest> of(EmailAddress address, String condition, int most) {
        return jdbc.sql(LISTED + """
                        WHERE lower(r.email_address COLLATE "C") = :address AND %s
                        ORDER BY r.received_at DESC, r.id LIMIT :most""".formatted(condition))
                .param("address", address.normalForm())
                .param("most", most)
                .query(this::listed)
                .list();
    }

    public Counts counts() {
        return jdbc.sql("""
                        SELECT count(*), count(*) FILTER (WHERE %s), count(*) FILTER (WHERE %s),
                            count(*) FILTER (WHERE %s), count(*) FILTER (WHERE %s)
                        FROM data_subject_request r WHERE r.closed_at IS NULL""".formatted(Filter.LATE.condition, WAITING, PARTIAL, STUCK))
                .param("now", now())
                .query((row, n) ->
                        new Counts(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)))
                .single();
    }

    /** Where requests stand, of those of these that are there. */
    public List<Standing> standings(Collection<UUID> ids) {
        return jdbc.sql("""
                        SELECT r.id, r.status, r.package_sealed_at IS NOT NULL,
                            EXISTS (SELECT FROM request_step s WHERE s.request_id = r.id AND s.state = 'PARKED')
                                AND NOT EXISTS (SELECT FROM request_step s WHERE s.request_id = r.id AND s.state = 'RUNNING'),
                            (SELECT count(*) FROM dataset_findings f WHERE f.request_id = r.id)
                        FROM data_subject_request r WHERE r.id IN (:ids)""")
                .param("ids", ids)
                .query((row, n) -> new Standing(
                        row.getObject(1, UUID.class),
                        RequestStatus.of(row.getString(2)),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        row.getInt(5)))
                .list();
    }

    /**
     * Where a request stands.
     *
     * @param hasPackage whether a package has been made
     * @param isParked whether a step is parked and none is being done
     * @param datasetsAnswered how many datasets have answered
     */
    public record Standing(UUID id, RequestStatus status, boolean hasPackage, boolean isParked, int datasetsAnswered) {}

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private ListedRequest listed(ResultSet row, int n) throws SQLException {
        return new ListedRequest(
                requests.request(row, n),
                Requests.instant(row, "closed_at"),
                row.getBoolean("is_partial"),
                row.getBoolean("is_stuck"),
                row.getObject("replay_of") != null);
    }
}
