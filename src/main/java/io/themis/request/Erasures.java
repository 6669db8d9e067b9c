package io.themis.request;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What erasures plan, who approved it, and how far each has come. Plans, reports and certificates are texts of JSON that
 * nothing here looks into.
 */
@Repository
public class Erasures {

    private final JdbcClient jdbc;
    private final Requests requests;
    private final Clock clock;

    public Erasures(JdbcClient jdbc, Requests requests, Clock clock) {
        this.jdbc = jdbc;
        this.requests = requests;
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
                                    approved_at = excluded.approved_at, begun_at = NULL, report = NULL
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
     * Whether nobody has to approve a plan: of an erasure that was approved before, and is done again with the keys of then. Keys that
     * were not known then may be of somebody who has come back since.
     */
    public boolean isWaived(UUID id) {
        return jdbc.sql("""
                        SELECT replay_of IS NOT NULL
                            AND NOT EXISTS (SELECT FROM subject_key k WHERE k.request_id = r.id AND NOT k.replayed)
                        FROM data_subject_request r WHERE id = :id""").param("id", id).query(Boolean.class).single();
    }

    /** Files to which something may have been done stay: it has been done. */
    static void forgetPlanned(JdbcClient jdbc, UUID id) {
        jdbc.sql("DELETE FROM erasure_approval WHERE request_id = :id")
                .param("id", id)
                .update();
        jdbc.sql("DELETE FROM erasure_file WHERE request_id = :id AND state IN (:pending, :failed) AND note IS NULL")
                .param("id", id)
                .param("pending", ErasureFile.State.PENDING.name())
                .param("failed", ErasureFile.State.FAILED.name())
                .update();
        jdbc.sql("UPDATE erasure_file SET state = :earlier WHERE request_id = :id AND state IN (:pending, :failed)")
                .param("id", id)
                .param("earlier", ErasureFile.State.REWRITTEN.name())
                .param("pending", ErasureFile.State.PENDING.name())
                .param("failed", ErasureFile.State.FAILED.name())
                .update();
    }

    /** The plan of the request as it is now. */
    public Optional<Proposal> proposal(UUID id) {
        return jdbc.sql("SELECT * FROM erasure WHERE request_id = :id AND plan IS NOT NULL")
                .param("id", id)
                .query(Erasures::proposal)
                .optional();
    }

    /**
     * Notes that somebody approves the plan. Once enough people have, more change nothing.
     *
     * @param approver the same person twice counts once
     * @param needed how many different people have to
     * @return whether this was the last one needed
     * @throws WrongStateException if there is no plan, it is another one, or the request has ended
     */
    @Transactional
    public boolean approve(UUID id, String digest, String approver, int needed) {
        Proposal plan = awaited(id);
        if (!plan.digest().equals(digest)) {
            throw new WrongStateException("the plan has changed; look at it again");
        }
        jdbc.sql("""
                        INSERT INTO erasure_approval (request_id, plan_digest, approver, approved_at)
                        VALUES (:id, :digest, :approver, :now) ON CONFLICT DO NOTHING""")
                .param("id", id)
                .param("digest", digest)
                .param("approver", approver)
                .param("now", now())
                .update();
        if (plan.isApproved() || approvals(id).size() < needed) {
            return false;
        }
        jdbc.sql("UPDATE erasure SET approved_at = :now WHERE request_id = :id")
                .param("now", now())
                .param("id", id)
                .update();
        return true;
    }

    /**
     * Notes that from now on rows are destroyed as the plan says. Files to which an earlier plan may have done something are looked at
     * again, also where this one has nothing to do in them.
     */
    @Transactional
    public void begin(UUID id) {
        jdbc.sql("""
                        UPDATE erasure_file f SET state = :pending, plan_number = e.number FROM erasure e
                        WHERE f.request_id = :id AND e.request_id = f.request_id AND f.state = :earlier""")
                .param("pending", ErasureFile.State.PENDING.name())
                .param("earlier", ErasureFile.State.REWRITTEN.name())
                .param("id", id)
                .update();
        jdbc.sql("UPDATE erasure SET begun_at = coalesce(begun_at, :now) WHERE request_id = :id")
                .param("now", now())
                .param("id", id)
                .update();
    }

    /** When rows were first destroyed by the plan as it is now; nothing before. */
    public Optional<Instant> begunAt(UUID id) {
        return jdbc.sql("SELECT begun_at FROM erasure WHERE request_id = :id AND begun_at IS NOT NULL")
                .param("id", id)
                .query((row, n) -> Requests.instant(row, "begun_at"))
                .optional();
    }

    /** Notes what became of a dataset without files in this run; the first time counts. */
    public void datasetDone(DataSubjectRequest request, String dataset, long deleted, long masked) {
        jdbc.sql("""
                        INSERT INTO erasure_dataset (request_id, run, dataset, deleted, masked)
                        VALUES (:id, :run, :dataset, :deleted, :masked) ON CONFLICT DO NOTHING""")
                .param("id", request.id())
                .param("run", request.run())
                .param("dataset", dataset)
                .param("deleted", deleted)
                .param("masked", masked)
                .update();
    }

    /** Rows of a dataset without files that were deleted and masked, in all runs of the request. */
    public Done done(UUID id, String dataset) {
        return jdbc.sql("""
                        SELECT coalesce(sum(deleted), 0), coalesce(sum(masked), 0) FROM erasure_dataset
                        WHERE request_id = :id AND dataset = :dataset""")
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
     * @throws WrongStateException if there is no plan yet, it has been approved, or the request has ended
     */
    @Transactional
    public void refuse(UUID id, String reason, String officer) {
        if (awaited(id).isApproved()) {
            throw new WrongStateException("the plan has been approved; it is too late to refuse it");
        }
        jdbc.sql("""
                        UPDATE erasure SET refusal = :reason, refused_by = :officer, refused_at = :now
                        WHERE request_id = :id""")
                .param("reason", reason)
                .param("officer", officer)
                .param("now", now())
                .param("id", id)
                .update();
        // What an earlier run has begun is not to be gone on with after a backup was restored
        jdbc.sql("DELETE FROM erasure_ledger WHERE request_id = :id")
                .param("id", id)
                .update();
        requests.close(id, RequestStatus.REFUSED);
        requests.forgetKeys(id);
    }

    private Proposal awaited(UUID id) {
        lock(id);
        Proposal plan = proposal(id)
                .orElseThrow(
                        () -> new WrongStateException("there is no plan yet; GET the request to see where it stands"));
        DataSubjectRequest request = requests.get(id);
        if (request.status().isClosed()) {
            throw new WrongStateException("this request has ended");
        }
        return plan;
    }

    /**
     * Notes the files that the current plan rewrites. One that is known of this plan keeps its state; one that was done
     * by an earlier plan is to be done again.
     *
     * @throws IllegalStateException if there is no plan
     */
    @Transactional
    public void planFiles(UUID id, Collection<ErasureFile.Name> files) {
        plan(id, files, false);
    }

    /** The same for files that are records themselves. Their names hold the person's keys, and are forgotten with those. */
    @Transactional
    public void planRecords(UUID id, Collection<ErasureFile.Name> files) {
        plan(id, files, true);
    }

    private void plan(UUID id, Collection<ErasureFile.Name> files, boolean areRecords) {
        int number = jdbc.sql("SELECT number FROM erasure WHERE request_id = :id AND plan IS NOT NULL FOR SHARE")
                .param("id", id)
                .query(Integer.class)
                .optional()
                .orElseThrow(() -> new IllegalStateException("files without a plan"));
        for (ErasureFile.Name each : files) {
            jdbc.sql("""
                            INSERT INTO erasure_file AS known (request_id, dataset, file, plan_number, state, is_record)
                            VALUES (:id, :dataset, :file, :number, :pending, :isRecord)
                            ON CONFLICT (request_id, dataset, file) DO UPDATE
                            SET plan_number = excluded.plan_number, state = excluded.state
                            WHERE known.plan_number < excluded.plan_number""")
                    .param("id", id)
                    .param("dataset", each.dataset())
                    .param("file", each.file())
                    .param("number", number)
                    .param("isRecord", areRecords)
                    .param("pending", ErasureFile.State.PENDING.name())
                    .update();
        }
    }

    /** Every request that is erasing, by an approved plan, and has still to rewrite this file: one pass does them all. */
    public List<DataSubjectRequest> pendingRequestsFor(String dataset, String file) {
        return jdbc
                .sql("""
                        SELECT r.id FROM erasure_file f
                        JOIN erasure e ON e.request_id = f.request_id
                        JOIN data_subject_request r ON r.id = f.request_id AND r.run = e.run
                        WHERE f.dataset = :dataset AND f.file = :file AND f.state = 'PENDING'
                          AND e.approved_at IS NOT NULL AND r.status = :erasing AND r.closed_at IS NULL
                        ORDER BY r.received_at, r.id""")
                .param("dataset", dataset)
                .param("file", file)
                .param("erasing", RequestStatus.ERASING.label())
                .query(UUID.class)
                .list()
                .stream()
                .map(requests::get)
                .toList();
    }

    /**
     * @param noteJson null leaves the note as it is
     * @throws IllegalStateException if the request does not have this file
     */
    public void markFile(UUID id, String dataset, String file, ErasureFile.State state, String noteJson) {
        int marked = jdbc.sql("""
                        UPDATE erasure_file SET state = :state, note = coalesce(:note, note)
                        WHERE request_id = :id AND dataset = :dataset AND file = :file""")
                .param("state", state.name())
                .param("note", noteJson)
                .param("id", id)
                .param("dataset", dataset)
                .param("file", file)
                .update();
        if (marked == 0) {
            throw new IllegalStateException("a file of " + dataset + " is in no plan of this request");
        }
    }

    public Optional<ErasureFile> file(UUID id, ErasureFile.Name name) {
        return jdbc.sql("""
                        SELECT dataset, file, state, note FROM erasure_file
                        WHERE request_id = :id AND dataset = :dataset AND file = :file""")
                .param("id", id)
                .param("dataset", name.dataset())
                .param("file", name.file())
                .query(Erasures::file)
                .optional();
    }

    /**
     * Puts another note in the place of one, of a file that is still to be done.
     *
     * @param before null if there was none
     * @return false if there is another by now, or the file is not to be done any more
     */
    public boolean renote(UUID id, ErasureFile.Name name, String before, String note) {
        return jdbc.sql("""
                                UPDATE erasure_file SET note = :note
                                WHERE request_id = :id AND dataset = :dataset AND file = :file AND state = :pending
                                  AND note IS NOT DISTINCT FROM :before""")
                        .param("note", note)
                        .param("id", id)
                        .param("dataset", name.dataset())
                        .param("file", name.file())
                        .param("pending", ErasureFile.State.PENDING.name())
                        .param("before", before, Types.VARCHAR)
                        .update()
                == 1;
    }

    /** By dataset and name. */
    public List<ErasureFile> files(UUID id) {
        return jdbc.sql("""
                        SELECT dataset, file, state, note FROM erasure_file WHERE request_id = :id
                        ORDER BY dataset COLLATE "C", file COLLATE "C\"""").param("id", id).query(Erasures::file).list();
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
        jdbc.sql("DELETE FROM erasure_file WHERE request_id = :id AND is_record")
                .param("id", id)
                .update();
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

    /** Numbers recipients who are to be told, in this order. One who has a number keeps it. */
    @Transactional
    public void planNotices(UUID id, Collection<String> recipients) {
        // Two at the same moment would count the same number.
        lock(id);
        for (String recipient : recipients) {
            jdbc.sql("""
                            INSERT INTO recipient_notice (request_id, number, recipient)
                            SELECT :id, coalesce(max(number), 0) + 1, :recipient
                            FROM recipient_notice WHERE request_id = :id
                            ON CONFLICT (request_id, recipient) DO NOTHING""").param("id", id).param("recipient", recipient).update();
        }
    }

    /** Notes that a recipient has been told; the first time counts. */
    public void noticeSent(UUID id, int number) {
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
    public boolean noticeReceived(UUID id, int number) {
        return jdbc.sql("""
                                UPDATE recipient_notice SET receipt_at = coalesce(receipt_at, :now)
                                WHERE request_id = :id AND number = :number AND sent_at IS NOT NULL""")
                        .param("now", now())
                        .param("id", id)
                        .param("number", number)
                        .update()
                == 1;
    }

    public List<RecipientNotice> notices(UUID id) {
        return jdbc.sql("SELECT * FROM recipient_notice WHERE request_id = :id ORDER BY number")
                .param("id", id)
                .query((row, n) -> new RecipientNotice(
                        row.getInt("number"),
                        row.getString("recipient"),
                        Requests.instant(row, "sent_at"),
                        Requests.instant(row, "receipt_at")))
                .list();
    }

    /** Always the request before what belongs to it, so that nobody waits for each other. */
    private void lock(UUID id) {
        jdbc.sql("SELECT id FROM data_subject_request WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(UUID.class)
                .single();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private static ErasureFile file(ResultSet row, int n) throws SQLException {
        return new ErasureFile(
                row.getString("dataset"),
                row.getString("file"),
                ErasureFile.State.valueOf(row.getString("state")),
                row.getString("note"));
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
