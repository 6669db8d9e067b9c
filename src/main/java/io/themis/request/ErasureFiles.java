package io.themis.request;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The lake files that erasures have to rewrite, and how far each has come. Notes are texts of JSON that nothing here looks into. */
@Repository
public class ErasureFiles {

    private final JdbcClient jdbc;
    private final Requests requests;

    ErasureFiles(JdbcClient jdbc, Requests requests) {
        this.jdbc = jdbc;
        this.requests = requests;
    }

    /**
     * Notes the files that the current plan rewrites. One that is known of this plan keeps its state; one that was done
     * by an earlier plan is to be done again.
     *
     * @throws IllegalStateException if there is no plan
     */
    @Transactional
    public void plan(UUID id, Collection<ErasureFile.Name> files) {
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
    public void mark(UUID id, String dataset, String file, ErasureFile.State state, String noteJson) {
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

    public Optional<ErasureFile> find(UUID id, ErasureFile.Name name) {
        return jdbc.sql("""
                        SELECT dataset, file, state, note FROM erasure_file
                        WHERE request_id = :id AND dataset = :dataset AND file = :file""")
                .param("id", id)
                .param("dataset", name.dataset())
                .param("file", name.file())
                .query(ErasureFiles::file)
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
    public List<ErasureFile> of(UUID id) {
        return jdbc.sql("""
                        SELECT dataset, file, state, note FROM erasure_file WHERE request_id = :id
                        ORDER BY dataset COLLATE "C", file COLLATE "C\"""").param("id", id).query(ErasureFiles::file).list();
    }

    /** Files to which something may have been done stay: it has been done. */
    static void forgetPlanned(JdbcClient jdbc, UUID id) {
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

    /** Files to which an earlier plan may have done something are to be done by the current one. */
    void takeUpAgain(UUID id) {
        jdbc.sql("""
                        UPDATE erasure_file f SET state = :pending, plan_number = e.number FROM erasure e
                        WHERE f.request_id = :id AND e.request_id = f.request_id AND f.state = :earlier""")
                .param("pending", ErasureFile.State.PENDING.name())
                .param("earlier", ErasureFile.State.REWRITTEN.name())
                .param("id", id)
                .update();
    }

    /** Forgets the files that are records themselves. */
    void forgetRecords(UUID id) {
        jdbc.sql("DELETE FROM erasure_file WHERE request_id = :id AND is_record")
                .param("id", id)
                .update();
    }

    private static ErasureFile file(ResultSet row, int n) throws SQLException {
        return new ErasureFile(
                row.getString("dataset"),
                row.getString("file"),
                ErasureFile.State.valueOf(row.getString("state")),
                row.getString("note"));
    }
}
