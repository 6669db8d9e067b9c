package io.themis.request;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.DataSubjectRequest.SealedPackage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The data subject requests, and what has been found for each. */
@Repository
public class Requests implements Discoveries {

    /** How long an unknown person's request stays open at most, and how long before anybody has been answered. */
    private static final Duration LONGEST_UNKNOWN = Duration.ofHours(1);

    /** A message that comes again after that is another one whose sender has used the id before. */
    private static final Duration LONGEST_IN_QUEUE = Duration.ofDays(14);

    private static final Duration USUAL = Duration.ofMinutes(1);

    /** Who asks for an erasure that is done again. */
    private static final String REPLAY = "replay";

    private final JdbcClient jdbc;
    private final JsonText json;
    private final Clock clock;
    private final RequestTraces traces;

    public Requests(JdbcClient jdbc, ObjectMapper json, Clock clock, RequestTraces traces) {
        this.jdbc = jdbc;
        this.json = new JsonText(json);
        this.clock = clock;
        this.traces = traces;
    }

    /**
     * Writes the request, or finds the one that it repeats: the one with the same idempotency key of the same caller,
     * else the person's open one of the same type. With an erasure that is to wait for a package it writes or finds the
     * person's access request as well, see {@link #accessBefore}.
     *
     * @throws IdempotencyKeyReusedException if the key already names a request for somebody or something else
     */
    @Transactional
    public DataSubjectRequest accept(NewRequest asked) {
        if (asked.idempotencyKey() == null) {
            return acceptAnonymous(asked);
        }
        // Two requests with one key at the same moment: the second waits here until the first has committed.
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:caller || ' ' || :key, 0))")
                .param("caller", asked.caller())
                .param("key", asked.idempotencyKey())
                .query((row, n) -> n)
                .single();
        Optional<DataSubjectRequest> named = jdbc.sql("""
                        SELECT r.* FROM data_subject_request r JOIN idempotency_key k ON k.request_id = r.id
                        WHERE k.caller = :caller AND k.key = :key
                          AND (k.caller <> :queue OR r.closed_at IS NULL OR r.received_at > :longAgo)""")
                .param("caller", asked.caller())
                .param("key", asked.idempotencyKey())
                .param("queue", NewRequest.QUEUE)
                .param("longAgo", clock.instant().minus(LONGEST_IN_QUEUE).atOffset(ZoneOffset.UTC))
                .query(this::request)
                .optional();
        if (named.isPresent()) {
            DataSubjectRequest known = named.get();
            if (known.type() != asked.type()
                    || (asked.isAccessFirst() && accessBefore(known) == null)
                    || !known.emailAddress()
                            .normalForm()
                            .equals(asked.emailAddress().normalForm())) {
                throw new IdempotencyKeyReusedException();
            }
            return known;
        }
        DataSubjectRequest accepted = acceptAnonymous(asked);
        jdbc.sql("INSERT INTO idempotency_key (caller, key, request_id) VALUES (:caller, :key, :id)"
                        + " ON CONFLICT (caller, key) DO UPDATE SET request_id = excluded.request_id")
                .param("caller", asked.caller())
                .param("key", asked.idempotencyKey())
                .param("id", accepted.id())
                .update();
        return accepted;
    }

    private DataSubjectRequest acceptAnonymous(NewRequest asked) {
        if (!asked.isAccessFirst()) {
            return insertOrFindOpen(asked);
        }
        DataSubjectRequest access = insertOrFindOpen(new NewRequest(
                RequestType.ACCESS, asked.emailAddress(), asked.language(), asked.caller(), asked.idempotencyKey()));
        DataSubjectRequest erasure = insertOrFindOpen(asked);
        // One that has begun no longer waits for anything
        jdbc.sql("""
                        UPDATE data_subject_request r SET after_request = :access WHERE id = :id AND NOT EXISTS (
                            SELECT FROM erasure e JOIN erasure_begun b USING (request_id, number)
                                        WHERE e.request_id = r.id AND e.plan IS NOT NULL)""").param("access", access.id()).param("id", erasure.id()).update();
        return erasure;
    }

    /** The access request whose package an erasure waits for, or has waited for; null if there is none. */
    public DataSubjectRequest accessBefore(DataSubjectRequest request) {
        if (!request.isErasure()) {
            return null;
        }
        return jdbc.sql("""
                        SELECT access.* FROM data_subject_request r
                        JOIN data_subject_request access ON access.id = r.after_request WHERE r.id = :id""")
                .param("id", request.id())
                .query(this::request)
                .optional()
                .orElse(null);
    }

    /** Whether an erasure has to wait: until the package of the access request before it is whole, or there will be none. */
    public boolean isWaitingForAccess(DataSubjectRequest request) {
        DataSubjectRequest access = accessBefore(request);
        return access != null && access.sealed() == null && !access.status().isClosed();
    }

    /** @throws NotYetException if {@link #isWaitingForAccess} */
    public void requirePackageFirst(DataSubjectRequest request) {
        if (isWaitingForAccess(request)) {
            throw new NotYetException("waits for the package of the person's access request");
        }
    }

    /**
     * Writes an erasure of somebody whom an erasure was done for before, with the keys that were known then, or finds the
     * one that was written before and adds the keys to it. An erasure that the person asks for meanwhile is another.
     *
     * @param erased the request of that erasure
     */
    @Transactional
    public DataSubjectRequest replay(UUID erased, EmailAddress address, Locale language, Collection<SubjectKey> keys) {
        DataSubjectRequest request =
                insertOrFindOpen(new NewRequest(RequestType.ERASURE, address, language, REPLAY, null), erased);
        keep(request.id(), keys, true);
        return request;
    }

    /** Whether the request erases again what was erased before, from a backup that was restored. Its person has asked nothing. */
    public boolean isReplay(DataSubjectRequest request) {
        return jdbc.sql("SELECT replay_of IS NOT NULL FROM data_subject_request WHERE id = :id")
                .param("id", request.id())
                .query(Boolean.class)
                .single();
    }

    private DataSubjectRequest insertOrFindOpen(NewRequest asked) {
        return insertOrFindOpen(asked, null);
    }

    private DataSubjectRequest insertOrFindOpen(NewRequest asked, UUID replayOf) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        while (true) {
            Optional<DataSubjectRequest> created = jdbc.sql("""
                            INSERT INTO data_subject_request
                                (id, type, email_address, language, status, received_at, due_at, caller, replay_of,
                                 trace_parent)
                            VALUES (:id, :type, :email, :language, :status, :now, :due, :caller, :replayOf, :trace)
                            ON CONFLICT DO NOTHING RETURNING *""")
                    .param("id", UUID.randomUUID())
                    .param("type", asked.type().label())
                    .param("email", asked.emailAddress().value())
                    .param("language", asked.language().toLanguageTag())
                    .param("status", RequestStatus.RECEIVED.label())
                    .param("now", now)
                    .param("due", now.plusMonths(1))
                    .param("caller", asked.caller())
                    .param("replayOf", replayOf, Types.OTHER)
                    .param("trace", traces.current())
                    .query(this::request)
                    .optional();
            if (created.isPresent()) {
                return created.get();
            }
            Optional<DataSubjectRequest> open = jdbc.sql("""
                            SELECT * FROM data_subject_request
                            WHERE type = :type AND lower(email_address COLLATE "C") = :email AND closed_at IS NULL
                              AND (replay_of IS NOT NULL) = :isReplay""")
                    .param("type", asked.type().label())
                    .param("isReplay", replayOf != null)
                    .param("email", asked.emailAddress().normalForm())
                    .query(this::request)
                    .optional();
            if (open.isPresent()) {
                return open.get();
            }
            // The open one was closed between the two statements: the next turn creates ours.
        }
    }

    public Optional<DataSubjectRequest> find(UUID id) {
        return jdbc.sql("SELECT * FROM data_subject_request WHERE id = :id")
                .param("id", id)
                .query(this::request)
                .optional();
    }

    /** @throws java.util.NoSuchElementException if there is no such request */
    public DataSubjectRequest get(UUID id) {
        return find(id).orElseThrow();
    }

    /** Notes where the request stands; a closed request stays closed. */
    public void advance(UUID id, RequestStatus status) {
        jdbc.sql("UPDATE data_subject_request SET status = :status WHERE id = :id AND closed_at IS NULL")
                .param("status", status.label())
                .param("id", id)
                .update();
    }

    /** Closes the request; its person can ask again. */
    public void close(UUID id, RequestStatus status) {
        jdbc.sql("""
                        UPDATE data_subject_request SET status = :status, closed_at = coalesce(closed_at, :now)
                        WHERE id = :id""")
                .param("status", status.label())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
    }

    /**
     * When the request of an unknown person may close: after as long as the last known person's of the same type took.
     * Until then asking again gives the same request, for the one as for the other, so that nobody learns from it who is
     * known. An erasure waits for people, so as long as none is known it is taken to last.
     */
    public Instant endOfUnknown(DataSubjectRequest request) {
        Duration usual = jdbc.sql("""
                        SELECT (1000 * extract(epoch FROM closed_at - received_at))::bigint FROM data_subject_request
                        WHERE type = :type AND closed_at IS NOT NULL AND status <> :unknown AND replay_of IS NULL
                        ORDER BY closed_at DESC LIMIT 1""")
                .param("type", request.type().label())
                .param("unknown", RequestStatus.UNKNOWN_SUBJECT.label())
                .query(Long.class)
                .optional()
                .map(Duration::ofMillis)
                .orElse(request.type() == RequestType.ERASURE ? LONGEST_UNKNOWN : USUAL);
        return request.receivedAt().plus(usual.compareTo(LONGEST_UNKNOWN) < 0 ? usual : LONGEST_UNKNOWN);
    }

    /**
     * Forgets what has been done and found for the request, so that its steps can be started again. Its id and its clock
     * stay, and nobody is told twice that it has started, or too little of a later deadline. So do the keys of an erasure that is in the ledger: what leads
     * to the rows that are left may have been erased already.
     *
     * @return the request as it is now
     */
    @Transactional
    public DataSubjectRequest startOver(UUID id) {
        DataSubjectRequest request = jdbc.sql("""
                        UPDATE data_subject_request
                        SET run = run + 1, status = :status, package_volumes = NULL,
                            package_sealed_at = NULL, package_expires_at = NULL
                        WHERE id = :id RETURNING *""")
                .param("status", RequestStatus.RECEIVED.label())
                .param("id", id)
                .query(this::request)
                .single();
        jdbc.sql("""
                        DELETE FROM request_step
                        WHERE request_id = :id AND NOT (name = :told AND state = :done) AND name <> :extended""")
                .param("id", id)
                .param("told", "send-started-mail")
                .param("extended", "send-extended-mail")
                .param("done", Step.State.DONE.name())
                .update();
        forgetFindings(id);
        jdbc.sql("""
                        DELETE FROM subject_key k USING data_subject_request r
                        WHERE k.request_id = :id AND r.id = k.request_id AND r.replay_of IS NULL
                          AND NOT EXISTS (SELECT FROM erasure_ledger l WHERE l.request_id = k.request_id)""").param("id", id).update();
        Erasures.forgetPlanned(jdbc, id);
        jdbc.sql("""
                        UPDATE erasure
                        SET plan = NULL, plan_digest = NULL, planned_at = NULL, approved_at = NULL, report = NULL
                        WHERE request_id = :id""").param("id", id).update();
        return request;
    }

    @Override
    public void greet(UUID id, String greeting) {
        jdbc.sql("UPDATE data_subject_request SET greeting = :greeting WHERE id = :id")
                .param("greeting", greeting)
                .param("id", id)
                .update();
    }

    @Override
    @Transactional
    public void record(DataSubjectRequest request, DatasetFindings findings, Collection<SubjectKey> keys) {
        UUID id = request.id();
        jdbc.sql("""
                        SELECT id FROM data_subject_request
                        WHERE id = :id AND run = :run AND package_sealed_at IS NULL AND closed_at IS NULL
                        FOR SHARE""")
                .param("id", id)
                .param("run", request.run())
                .query(UUID.class)
                .optional()
                .orElseThrow(() ->
                        new IllegalStateException("the answer of %s comes too late".formatted(findings.dataset())));
        keep(id, keys, false);
        jdbc.sql("""
                        INSERT INTO dataset_findings (request_id, dataset, findings) VALUES (:id, :dataset, :findings::jsonb)
                        ON CONFLICT (request_id, dataset) DO UPDATE SET findings = excluded.findings""")
                .param("id", id)
                .param("dataset", findings.dataset())
                .param("findings", json.write(findings))
                .update();
        SharedSearches.forget(jdbc, id, findings.dataset());
    }

    private void keep(UUID id, Collection<SubjectKey> keys, boolean areReplayed) {
        for (SubjectKey key : keys) {
            jdbc.sql("""
                            INSERT INTO subject_key AS known (request_id, name, key_partition, value, replayed, found)
                            VALUES (:id, :name, :partition, :value, :replayed, :found)
                            ON CONFLICT (request_id, name, key_partition, value) DO UPDATE SET found = true
                            WHERE excluded.found AND NOT known.found""")
                    .param("replayed", areReplayed)
                    .param("found", !areReplayed)
                    .param("id", id)
                    .param("name", key.name())
                    .param("partition", key.partition())
                    .param("value", key.value())
                    .update();
        }
    }

    /** Forgets what datasets have answered, and not the keys, so that all are asked again. */
    public void forgetFindings(UUID id) {
        SharedSearches.forget(jdbc, id);
        jdbc.sql("DELETE FROM dataset_findings WHERE request_id = :id")
                .param("id", id)
                .update();
    }

    @Override
    public boolean isIdentified(DataSubjectRequest request) {
        return jdbc.sql("""
                        SELECT replay_of IS NOT NULL OR EXISTS (SELECT FROM erasure_ledger l WHERE l.request_id = r.id)
                        FROM data_subject_request r WHERE r.id = :id""").param("id", request.id()).query(Boolean.class).single();
    }

    @Override
    public Set<SubjectKey> keys(UUID id) {
        return jdbc.sql("SELECT name, key_partition, value FROM subject_key WHERE request_id = :id")
                .param("id", id)
                .query((row, n) -> new SubjectKey(row.getString(1), row.getString(2), row.getString(3)))
                .set();
    }

    @Override
    public List<DatasetFindings> findings(UUID id) {
        return jdbc.sql("SELECT findings FROM dataset_findings WHERE request_id = :id")
                .param("id", id)
                .query((row, n) -> json.read(row.getString(1), DatasetFindings.class))
                .list();
    }

    /**
     * Keeps the facts of the package, and forgets the person's keys, which nothing needs any longer.
     *
     * @return the request as it is now
     */
    @Transactional
    public DataSubjectRequest seal(UUID id, SealedPackage sealed) {
        jdbc.sql("""
                        UPDATE data_subject_request
                        SET package_volumes = :volumes::jsonb, package_sealed_at = :sealedAt,
                            package_expires_at = :expiresAt
                        WHERE id = :id""")
                .param("volumes", json.write(sealed.volumes()))
                .param("sealedAt", sealed.sealedAt().atOffset(ZoneOffset.UTC))
                .param("expiresAt", sealed.expiresAt().atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
        forgetKeys(id);
        return get(id);
    }

    /**
     * Ends the links to the package now, whatever they were signed for: nothing is mailed or signed again for a package that has ended.
     *
     * @throws WrongStateException if the person has not got a link yet, or it has ended
     */
    @Transactional
    public void endLinks(UUID id) {
        lock(id);
        DataSubjectRequest request = get(id);
        if (request.status() != RequestStatus.DELIVERED || !isDownloadable(request)) {
            throw new WrongStateException("there is no link that could be ended, not yet or not any more");
        }
        jdbc.sql("UPDATE data_subject_request SET package_expires_at = :now WHERE id = :id")
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
    }

    /** Whether there is a package, and its links have not ended. */
    public boolean isDownloadable(DataSubjectRequest request) {
        return request.sealed() != null
                && request.status() != RequestStatus.EXPIRED
                && clock.instant().isBefore(request.sealed().expiresAt());
    }

    /** Always the request before what belongs to it, so that nobody waits for each other. */
    void lock(UUID id) {
        jdbc.sql("SELECT id FROM data_subject_request WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(UUID.class)
                .single();
    }

    void forgetKeys(UUID id) {
        SharedSearches.forget(jdbc, id);
        jdbc.sql("DELETE FROM subject_key WHERE request_id = :id")
                .param("id", id)
                .update();
    }

    /** Requests by that address that have a package which is not deleted yet; the one that goes first is the first. */
    public List<DataSubjectRequest> withPackage(EmailAddress address) {
        return jdbc.sql("""
                        SELECT * FROM data_subject_request
                        WHERE lower(email_address COLLATE "C") = lower(:address COLLATE "C")
                          AND package_sealed_at IS NOT NULL AND status <> :expired
                        ORDER BY package_expires_at, id""")
                .param("address", address.value())
                .param("expired", RequestStatus.EXPIRED.label())
                .query(this::request)
                .list();
    }

    DataSubjectRequest request(ResultSet row, int n) throws SQLException {
        OffsetDateTime sealedAt = row.getObject("package_sealed_at", OffsetDateTime.class);
        return new DataSubjectRequest(
                row.getObject("id", UUID.class),
                RequestType.of(row.getString("type")),
                new EmailAddress(row.getString("email_address")),
                Locale.forLanguageTag(row.getString("language")),
                RequestStatus.of(row.getString("status")),
                instant(row, "received_at"),
                instant(row, "due_at"),
                row.getString("caller"),
                row.getString("greeting"),
                sealedAt == null
                        ? null
                        : new SealedPackage(
                                json.read(row.getString("package_volumes"), new TypeReference<>() {}),
                                sealedAt.toInstant(),
                                instant(row, "package_expires_at")),
                row.getInt("run"));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
