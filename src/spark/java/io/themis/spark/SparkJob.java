package io.themis.spark;

import io.themis.enrichment.LakeJob;
import io.themis.enrichment.LakeJob.Source;
import io.themis.spark.BatchQuery.Found;
import io.themis.spark.SparkFailure.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job, query after query, until Spark has told of each file what it can. What Spark fails with is told by its condition alone: its
 * messages and plans may quote what was looked for or found.
 */
final class SparkJob {

    private static final Logger LOG = LoggerFactory.getLogger(SparkJob.class);

    /** More make the plan of a query large. */
    private static final int MOST_FILES = 10_000;

    /** Sessions, or servers. */
    private static final int MOST_LOST = 6;

    /** Each costs a query. */
    private static final int MOST_DAMAGED = 20;

    /** As above. */
    private static final int MOST_ROUNDS = 5;

    /** As above; and if it has told of no file by then, it is not for some files that it fails. */
    private static final int MOST_FAILED = 20;

    private final SparkConnection connection;
    private final SparkFiles files;
    private final LakeJob job;
    private final Set<Source> told = new HashSet<>();
    private int lost;
    private int damaged;
    private int failed;
    private SparkFailure last;
    private SparkFailure lostBy;

    SparkJob(SparkConnection connection, SparkFiles files, LakeJob job) {
        this.connection = connection;
        this.files = files;
        this.job = job;
    }

    /** @throws SparkFailure also if Spark has told of no file, and it is not for the files */
    void run() throws IOException {
        List<Source> all = job.files().stream()
                .filter(file -> file.length() > 0 && SparkFiles.isPlain(file.name()))
                .toList();
        List<Source> left = all;
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            left = search(left, round > 0, length(all) - length(left));
        }
        boolean isForAll = last != null && (last.kind() == Kind.NOT_THERE || last.kind() == Kind.OTHER && all.size() > 1);
        if (told.isEmpty() && isForAll) {
            throw SparkFailure.ofAll(last);
        }
        LOG.info(
                "dataset {}: Spark has told of {} of {} files; Themis looks into the others",
                job.dataset().name(),
                told.size(),
                job.files().size());
    }

    /**
     * @param readBefore bytes of other files
     * @return files for another query
     */
    private List<Source> search(List<Source> sources, boolean isAgain, long readBefore) throws IOException {
        List<Source> forOtherQuery = new ArrayList<>();
        Deque<List<Source>> batches = new ArrayDeque<>();
        for (int i = 0; i < sources.size(); i += MOST_FILES) {
            batches.add(sources.subList(i, Math.min(sources.size(), i + MOST_FILES)));
        }
        long read = readBefore;
        while (!batches.isEmpty()) {
            List<Source> batch = batches.pop();
            Set<Source> done = new HashSet<>();
            try {
                search(batch, isAgain, done, forOtherQuery, read);
            } catch (SparkFailure e) {
                List<Source> rest = new ArrayList<>(batch);
                rest.removeAll(done);
                again(e, rest).forEach(batches::push);
            }
            read += length(done);
        }
        return forOtherQuery;
    }

    /**
     * What to ask for after a failure.
     *
     * @param batch what Spark has not told of
     * @throws SparkFailure if it would fail again
     */
    private List<List<Source>> again(SparkFailure failure, List<Source> batch) throws SparkFailure {
        last = failure;
        List<List<Source>> again =
                switch (failure.kind()) {
                    case FILE, NOT_THERE -> {
                        boolean isOfBatch = batch.removeIf(file -> files.isOf(file, failure.path()));
                        if (!isOfBatch && told.stream().noneMatch(file -> files.isOf(file, failure.path()))) {
                            throw failure;
                        }
                        // Themis reads them all sooner than Spark has found out which it can read
                        yield ++damaged < MOST_DAMAGED ? List.of(batch) : List.of();
                    }
                    case TOO_MUCH -> halves(batch);
                    case OTHER -> {
                        if (++failed >= MOST_FAILED && told.isEmpty()) {
                            throw failure;
                        }
                        yield failed < MOST_FAILED ? halves(batch) : List.of();
                    }
                    case AWAY -> {
                        // It was never there; or it does not come back, and the job may be what has killed it
                        if (lost == 0 || ++lost >= MOST_LOST) {
                            throw lostBy == null ? failure : lostBy;
                        }
                        yield List.of(batch);
                    }
                    case LOST -> {
                        lostBy = failure;
                        if (++lost >= MOST_LOST) {
                            throw failure;
                        }
                        // Once may be chance; then it may be a file that is too much for the server
                        yield lost == 1 ? List.of(batch) : halves(batch);
                    }
                    case LATE -> throw failure;
                };
        LOG.warn(
                "dataset {}: {}; of {} files Spark is asked for {} again",
                job.dataset().name(),
                failure.getMessage(),
                batch.size(),
                again.stream().mapToInt(List::size).sum());
        return again.stream().filter(files -> !files.isEmpty()).toList();
    }

    /** Nothing of one file: what Spark can't do with it by itself, Themis may. */
    private static List<List<Source>> halves(List<Source> batch) {
        int half = batch.size() / 2;
        return half == 0
                ? List.of()
                : List.of(List.copyOf(batch.subList(half, batch.size())), List.copyOf(batch.subList(0, half)));
    }

    /**
     * @param done is given the files that Spark has told of
     * @param read bytes of other files before
     */
    private void search(
            List<Source> sources, boolean isAgain, Set<Source> done, List<Source> forOtherQuery, long read)
            throws IOException {
        long length = length(sources);
        connection.run(bytes -> job.hasRead(read + Math.min(bytes, length)), spark -> {
            Batch batch = new Batch(spark, job, files, sources);
            Optional<BatchQuery> query =
                    batch.columns().isEmpty() ? Optional.empty() : BatchQueries.of(job.dataset(), batch, isAgain);
            if (query.isEmpty()) {
                return;
            }
            Iterator<Row> rows = query.get().rows().toLocalIterator();
            try {
                Found found = query.get().read(rows);
                while (found.file() >= 0) {
                    Source file = sources.get(found.file());
                    if (found.isRightQuery()) {
                        job.take(file, found.cut(file));
                    }
                    if (found.leave()) {
                        forOtherQuery.add(file);
                    }
                    done.add(file);
                    told.add(file);
                }
            } finally {
                release(rows);
            }
        });
    }

    private static long length(Collection<Source> files) {
        return files.stream().mapToLong(Source::length).sum();
    }

    /** What holds the rows is not Java's own memory. */
    private static void release(Iterator<Row> rows) throws IOException {
        if (rows instanceof AutoCloseable held) {
            try {
                held.close();
            } catch (Exception e) {
                throw SparkFailure.of(e);
            }
        }
    }
}
