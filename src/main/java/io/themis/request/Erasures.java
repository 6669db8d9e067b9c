package io.themis.request;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What erasures plan, who approved it, and what came of it. Plans, reports and certificates are texts of JSON that nothing
 * here looks into.
 */
@Repository
public class Erasures {

    private final JdbcClient jdbc;
    private final Requests requests;
    private final ErasureFiles files;
    private final Clock clock;

    public Erasures(JdbcClient jdbc, Requests requests, ErasureFiles files, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.files = files;
        this.clock = clock;
    }

    /**
     * Keeps a plan in place of the one before it, with whose approvals it has nothing to do. The same plan proposed again
     * for the same run changes nothing. See {@link #isWaived} for those that need none.
     *
     * @throws IllegalStateException if the request has begun again or has ended, as an attempt that was left behind may
     *     propose as late as that
     */
    @Transactional
    public void propose(DataSubjectRequest request, String planJson, String digest) {
        OffsetDateTime now = now();
        jdbc.sql("""
                        SELECT id FROM data_subject_request
                        WHERE id = :id AND run = :run AND closed_at IS NULL FOR SHARE""")
                .param("id", request.id())
                .param("run", request.run())
                .query(UUID.class)
                .optional()
                .orElseThrow(() -> new IllegalStateException("the plan comes too late"));
        boolean isNew = jdbc.sql("""
                                INSERT INTO erasure AS known (request_id, run, plan, plan_digest, planned_at, approved_at)
                                VALUES (:id, :run, :plan, :digest, :now, :approvedAt)
                                ON CONFLICT (request_id) DO UPDATE
                                SET run = excluded.run, number = known.number + 1, plan = excluded.plan,
                                    plan_digest = excluded.plan_digest, planned_at = excluded.planned_at,
                                    approved_at = excluded.approved_at, report = NULL
                                WHERE (known.run, known.plan_digest) IS DISTINCT FROM (excluded.run, excluded.plan_digest)""")
                        .param("id", request.id())
                        .param("run", request.run())
                        .param("plan", planJson)
                        .param("digest", digest)
                        .param("now", now)
                        .param("approvedAt", isWaived(request.id()) ? now : null, Types.TIMESTAMP_WITH_TIMEZONE)
                        .update()
                == 1;
        if (isNew) {
            forgetPlanned(jdbc, request.id());
        }
    }

    /**
     * Whether nobody has to approve a plan: of an erasure that was approved before, and is done again with just the keys to which the data
     * lead today. Keys that were not known then may be of somebody who has come back since, and one that nothing leads to may have
     * been given to somebody else.
     */
    public boolean isWaived(UUID id) {
        return jdbc.sql("""
                        SELECT replay_of IS NOT NULL
                            AND NOT EXISTS (SELECT FROM subject_key k WHERE k.request_id = r.id AND NOT (k.replayed AND k.found))
                        FROM data_subject_request r WHERE id = :id""").param("id", id).query(Boolean.class).single();
    }

    static void forgetPlanned(JdbcClient jdbc, UUID id) {
        jdbc.sql("DELETE FROM erasure_approval WHERE request_id = :id")
                .param("id", id)
                .update();
        ErasureFiles.forgetPlanned(jdbc, id);
    }

    /** The plan of the request as it is now. */
    public Optional<Proposal> proposal(UUID id) {
        return jdbc.sql("SELECT * FROM erasure WHERE request_id = :id AND plan IS NOT NULL")
                .param("id", id)
                .query(Erasures::proposal)
                .optional();
    }

    /** The digest of that plan, without its text, which can be long. */
    public Optional<String> planDigest(UUID id) {
        return jdbc.sql("SELECT plan_digest FROM erasure WHERE request_id = :id AND plan IS NOT NULL")
                .param("id", id)
                .query(String.class)
                .optional();
    }

    /**
     * Notes that somebody approves the plan.
     *
     * @param approver the same person twice counts once
     * @param needed how many different people have to
     * @throws WrongStateException if there is no plan, it is another one, enough others have approved it, or the request has ended
     */
    @Transactional
    public Approved approve(UUID id, String digest, String approver, int needed) {
        Proposal plan = awaited(id);
        if (!plan.digest().equals(digest)) {
            throw new WrongStateException("the plan has changed; look at it again");
        }
        if (plan.isApproved()) {
            if (approvals(id).stream().noneMatch(approval -> approval.approver().equals(approver))) {
                throw new WrongStateException("the plan has been approved by others, and is being carried out");
            }
            return new Approved(false, false);
        }
        boolean isNew = jdbc.sql("""
                                INSERT INTO erasure_approval (request_id, plan_digest, approver, approved_at)
                                VALUES (:id, :digest, :approver, :now) ON CONFLICT DO NOTHING""")
                        .param("id", id)
                        .param("digest", digest)
                        .param("approver", approver)
                        .param("now", now())
                        .update()
                == 1;
        if (approvals(id).size() < needed) {
            return new Approved(isNew, false);
        }
        jdbc.sql("UPDATE erasure SET approved_at = :now WHERE request_id = :id")
                .param("now", now())
                .param("id", id)
                .update();
        return new Approved(isNew, true);
    }

    /**
     * What came of an approval.
     *
     * @param isNew false if the same person had approved the same plan before
     * @param isEnough whether the plan is approved from now on
     */
    public record Approved(boolean isNew, boolean isEnough) {}

    /**
     * Notes that from now on rows are destroyed as the plan says. Files to which an earlier plan may have done something are looked at
     * again, also where this one has nothing to do in them.
     */
    @Transactional
    public void begin(UUID id) {
        files.takeUpAgain(id);
        jdbc.sql("""
                        INSERT INTO erasure_begun (request_id, number, approvals, approved_at, begun_at)
                        SELECT request_id, number,
                            (SELECT count(*) FROM erasure_approval a WHERE a.request_id = e.request_id), approved_at, :now
                        FROM erasure e WHERE request_id = :id
                        ON CONFLICT DO NOTHING""").param("now", now()).param("id", id).update();
    }

    /** The plans by which something was or is destroyed, of all runs, the first one first. */
    public List<BegunPlan> begun(UUID id) {
        return jdbc.sql("SELECT * FROM erasure_begun WHERE request_id = :id ORDER BY number")
                .param("id", id)
                .query((row, n) -> new BegunPlan(
                        row.getInt("approvals"),
                        Requests.instant(row, "approved_at"),
                        Requests.instant(row, "begun_at")))
                .list();
    }

    /** When rows were first destroyed by the plan as it is now; nothing before. */
    public Optional<Instant> begunAt(UUID id) {
        return jdbc.sql("""
                        SELECT b.begun_at FROM erasure e JOIN erasure_begun b USING (request_id, number)
                        WHERE request_id = :id AND plan IS NOT NULL""")
                .param("id", id)
                .query((row, n) -> Requests.instant(row, "begun_at"))
                .optional();
    }

    /** Notes that a dataset without files is about to be erased, and how many rows that is by the plan. */
    public void datasetBegun(DataSubjectRequest request, String dataset, long deleted, long masked) {
        jdbc.sql("""
                        INSERT INTO erasure_dataset AS known (request_id, run, dataset, deleted, masked, done)
                        VALUES (:id, :run, :dataset, :deleted, :masked, false)
                        ON CONFLICT (request_id, run, dataset) DO UPDATE SET attempts = known.attempts + 1""")
                .param("id", request.id())
                .param("run", request.run())
                .param("dataset", dataset)
                .param("deleted", deleted)
                .param("masked", masked)
                .update();
    }

    /**
     * Notes what became of a dataset without files in this run; the first time counts. Where nothing was there any more, that is what the
     * plan says if an earlier attempt may have erased it and not lived to tell, and nothing if this was the first.
     */
    public void datasetDone(DataSubjectRequest request, String dataset, long deleted, long masked) {
        jdbc.sql("""
                        INSERT INTO erasure_dataset AS known (request_id, run, dataset, deleted, masked, done)
                        VALUES (:id, :run, :dataset, :deleted, :masked, true)
                        ON CONFLICT (request_id, run, dataset) DO UPDATE SET done = true,
                            deleted = CASE WHEN known.attempts > 1 AND excluded.deleted + excluded.masked = 0
                                           THEN known.deleted ELSE excluded.deleted END,
                            masked = CASE WHEN known.attempts > 1 AND excluded.deleted + excluded.masked = 0
                                          THEN known.masked ELSE excluded.masked END
                        WHERE NOT known.done""")
                .param("id", request.id())
                .param("run", request.run())
                .param("dataset", dataset)
                .param("deleted", deleted)
                .param("masked", masked)
                .update();
    }

    /** Whether {@link #datasetDone} was noted in this run. */
    public boolean isDone(DataSubjectRequest request, String dataset) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM erasure_dataset
                                       WHERE request_id = :id AND run = :run AND dataset = :dataset AND done)""")
                .param("id", request.id())
                .param("run", request.run())
                .param("dataset", dataset)
                .query(Boolean.class)
                .single();
    }

    /** Rows of a dataset without files that were deleted and masked, in all runs of the request. */
    public Done done(UUID id, String dataset) {
        return jdbc.sql("""
                        SELECT coalesce(sum(deleted), 0), coalesce(sum(masked), 0) FROM erasure_dataset
                        WHERE request_id = :id AND dataset = :dataset AND done""")
                .param("id", id)
                .param("dataset", dataset)
                .query((row, n) -> new Done(row.getLong(1), row.getLong(2)))
                .single();
    }

    public record Done(long deleted, long masked) {}

    /** Who has approved the plan as it is now, in the order in which they did. */
    public List<Approval> approvals(UUID id) {
        return jdbc.sql("""
                        SELECT a.approver, a.approved_at FROM erasure_approval a
                        JOIN erasure e ON e.request_id = a.request_id AND e.plan_digest = a.plan_digest
                        WHERE a.request_id = :id ORDER BY a.approved_at, a.approver""")
                .param("id", id)
                .query((row, n) -> new Approval(row.getString(1), Requests.instant(row, "approved_at")))
                .list();
    }

    /**
     * Declines the erasure and closes its request (GDPR Art. 12(4)).
     *
     * @throws WrongStateException if there is no plan yet, it has been approved, an earlier one has been begun, or the request has ended
     */
    @Transactional
    public void refuse(UUID id, String reason, String officer) {
        requireNotBegun(id, "refuse");
        jdbc.sql("""
                        UPDATE erasure SET refusal = :reason, refused_by = :officer, refused_at = :now
                        WHERE request_id = :id""")
                .param("reason", reason)
                .param("officer", officer)
                .param("now", now())
                .param("id", id)
                .update();
        end(id, RequestStatus.REFUSED);
    }

    /**
     * Closes the request because its person no longer wants the erasure.
     *
     * @throws WrongStateException if there is no plan yet, it has been approved, an earlier one has been begun, or the request has ended
     */
    @Transactional
    public void withdraw(UUID id) {
        requireNotBegun(id, "withdraw");
        end(id, RequestStatus.WITHDRAWN);
    }

    private void requireNotBegun(UUID id, String what) {
        if (awaited(id).isApproved()) {
            throw new WrongStateException("the plan has been approved; it is too late to %s it".formatted(what));
        }
        if (!begun(id).isEmpty()) {
            throw new WrongStateException(
                    "an earlier plan of this erasure has been begun, so it is too late to %s it; approve this one, or restart it"
                            .formatted(what));
        }
    }

    private void end(UUID id, RequestStatus status) {
        requests.close(id, status);
        requests.forgetFindings(id);
        requests.forgetKeys(id);
    }

    private Proposal awaited(UUID id) {
        requests.lock(id);
        Proposal plan = proposal(id)
                .orElseThrow(
                        () -> new WrongStateException("there is no plan yet; GET the request to see where it stands"));
        DataSubjectRequest request = requests.get(id);
        if (request.status().isClosed()) {
            throw new WrongStateException("this request has ended");
        }
        return plan;
    }

    /** Keeps what was done, in place of an earlier report. */
    public void report(UUID id, String reportJson) {
        jdbc.sql("UPDATE erasure SET report = :report WHERE request_id = :id")
                .param("report", reportJson)
                .param("id", id)
                .update();
    }

    /**
     * Keeps the certificate, and forgets the person's keys, which only the ledger may have from now on. A second
     * certificate is not kept: the first may have been sent.
     */
    @Transactional
    public void certify(UUID id, String certificateJson) {
        jdbc.sql("""
                        UPDATE erasure SET certificate = :certificate, ended_at = :now
                        WHERE request_id = :id AND certificate IS NULL""")
                .param("certificate", certificateJson)
                .param("now", now())
                .param("id", id)
                .update();
        files.forgetRecords(id);
        requests.forgetKeys(id);
    }

    /** Nothing before there is a plan. */
    public Optional<Outcome> outcome(UUID id) {
        return jdbc.sql("SELECT report, certificate, ended_at, refusal FROM erasure WHERE request_id = :id")
                .param("id", id)
                .query((row, n) -> new Outcome(
                        row.getString("report"),
                        row.getString("certificate"),
                        Requests.instant(row, "ended_at"),
                        row.getString("refusal")))
                .optional();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private static Proposal proposal(ResultSet row, int n) throws SQLException {
        Instant approvedAt = Requests.instant(row, "approved_at");
        return new Proposal(
                row.getInt("run"),
                row.getString("plan"),
                row.getString("plan_digest"),
                Requests.instant(row, "planned_at"),
                approvedAt);
    }
}
