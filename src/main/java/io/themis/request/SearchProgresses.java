package io.themis.request;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The progress of searches, as any replica may be asked for it. */
@Repository
public class SearchProgresses implements ProgressLog {

    private final JdbcClient jdbc;
    private final Clock clock;

    SearchProgresses(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public void note(SearchProgress progress) {
        jdbc.sql("""
                        INSERT INTO lake_progress AS noted
                            (request_id, dataset, run, begun_at, files, files_done, bytes, bytes_done, bytes_per_second,
                             noted_at)
                        VALUES (:id, :dataset, :run, :begunAt, :files, :filesDone, :bytes, :bytesDone, :rate, :notedAt)
                        ON CONFLICT (request_id, dataset) DO UPDATE
                        SET run = excluded.run, begun_at = excluded.begun_at, files = excluded.files,
                            files_done = excluded.files_done, bytes = excluded.bytes, bytes_done = excluded.bytes_done,
                            bytes_per_second = excluded.bytes_per_second, noted_at = excluded.noted_at
                        WHERE (noted.run, noted.begun_at, noted.bytes_done, noted.files_done)
                            <= (excluded.run, excluded.begun_at, excluded.bytes_done, excluded.files_done)""")
                .param("id", progress.requestId())
                .param("dataset", progress.dataset())
                .param("run", progress.run())
                .param("begunAt", progress.begunAt().atOffset(ZoneOffset.UTC))
                .param("files", progress.files())
                .param("filesDone", progress.filesDone())
                .param("bytes", progress.bytes())
                .param("bytesDone", progress.bytesDone())
                .param("rate", progress.bytesPerSecond())
                .param("notedAt", progress.notedAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    @Override
    public List<SearchProgress> unfinished() {
        return jdbc.sql("""
                        SELECT p.* FROM lake_progress p
                        JOIN data_subject_request r ON r.id = p.request_id AND r.run = p.run
                        WHERE r.closed_at IS NULL AND (p.files_done < p.files OR p.bytes_done < p.bytes)
                        ORDER BY r.received_at, p.request_id, p.dataset""").query(SearchProgresses::progress).list();
    }

    /** How far all searches for the request have come; nothing if there has been none since it began, or began again. */
    public Optional<RequestProgress> of(DataSubjectRequest request) {
        return RequestProgress.sum(
                jdbc.sql("SELECT * FROM lake_progress WHERE request_id = :id AND run = :run ORDER BY dataset")
                        .param("id", request.id())
                        .param("run", request.run())
                        .query(SearchProgresses::progress)
                        .list(),
                clock.instant());
    }

    /** The same for several requests at once; those without a search are not in it. */
    public Map<UUID, RequestProgress> of(Collection<UUID> ids) {
        Map<UUID, List<SearchProgress>> byRequest =
                jdbc.sql("""
                        SELECT p.* FROM lake_progress p
                        JOIN data_subject_request r ON r.id = p.request_id AND r.run = p.run
                        WHERE r.id IN (:ids) ORDER BY p.dataset""").param("ids", ids).query(SearchProgresses::progress).list().stream()
                        .collect(Collectors.groupingBy(SearchProgress::requestId));
        Map<UUID, RequestProgress> sums = new HashMap<>();
        byRequest.forEach(
                (id, searches) -> RequestProgress.sum(searches, clock.instant()).ifPresent(sum -> sums.put(id, sum)));
        return sums;
    }

    private static SearchProgress progress(ResultSet row, int n) throws SQLException {
        return new SearchProgress(
                row.getObject("request_id", UUID.class),
                row.getInt("run"),
                row.getString("dataset"),
                Requests.instant(row, "begun_at"),
                row.getLong("files"),
                row.getLong("files_done"),
                row.getLong("bytes"),
                row.getLong("bytes_done"),
                row.getObject("bytes_per_second", Long.class),
                Requests.instant(row, "noted_at"));
    }
}
