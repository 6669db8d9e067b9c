package io.themis.spark;

import io.themis.enrichment.LakeEngine;
import io.themis.enrichment.LakeJob;
import io.themis.enrichment.LakeJob.Source;
import io.themis.enrichment.SparkSettings;
import io.themis.spark.BatchQuery.Found;
import io.themis.spark.SparkFailure.Kind;
import java.io.IOException;
import java.net.URI;
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
 * Has Spark cut the records of people out of the lake's files. What Spark fails with is told by its condition alone: its messages and plans
 * may quote what was looked for or found.
 */
final class SparkEngine implements LakeEngine {

    private static final Logger LOG = LoggerFactory.getLogger(SparkEngine.class);

    /** More make the plan of a query large. */
    private static final int MOST_FILES = 10_000;

    private static final int MOST_SESSIONS = 3;

    /** Each costs a job. */
    private static final int MOST_DAMAGED = 20;

    /** As above. */
    private static final int MOST_ROUNDS = 5;

    /** Then it is not for some files that it fails. */
    private static final int MOST_FAILED = 20;

    private final SparkConnection connection;
    private final SparkFiles files;

    SparkEngine(SparkSettings settings) {
        connection = new SparkConnection(settings);
        files = new SparkFiles(URI.create(settings.lake()));
    }

    @Override
    public void search(LakeJob job) throws IOException {
        List<Source> all = job.files().stream()
                .filter(file -> file.length() > 0 && SparkFiles.isPlain(file.name()))
                .toList();
        List<Source> left = all;
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            left = search(job, left, round > 0, length(all) - length(left));
        }
    }

    /**
     * @param readBefore bytes of other files
     * @return files for another query
     */
    private List<Source> search(LakeJob job, List<Source> sources, boolean isAgain, long readBefore) throws IOException {
        List<Source> forOtherQuery = new ArrayList<>();
        Deque<List<Source>> batches = new ArrayDeque<>();
        for (int i = 0; i < sources.size(); i += MOST_FILES) {
            batches.add(sources.subList(i, Math.min(sources.size(), i + MOST_FILES)));
        }
        long read = readBefore;
        int lost = 0;
        int damaged = 0;
        int failed = 0;
        while (!batches.isEmpty()) {
            List<Source> batch = new ArrayList<>(batches.pop());
            Set<Source> told = new HashSet<>();
            try {
                search(job, batch, isAgain, told, forOtherQuery, read);
            } catch (SparkFailure e) {
                batch.removeAll(told);
                switch (e.kind()) {
                    case FILE -> {
                        if (!batch.removeIf(file -> files.isOf(file, e.path()))) {
                            throw e;
                        }
                        if (++damaged >= MOST_DAMAGED) {
                            // Themis reads them all sooner than Spark has found out which it can read
                            batch = List.of();
                        }
                    }
                    case TOO_MUCH, OTHER -> {
                        if (e.kind() == Kind.OTHER && ++failed >= MOST_FAILED) {
                            throw e;
                        }
                        if (batch.size() > 1) {
                            batches.push(List.copyOf(batch.subList(batch.size() / 2, batch.size())));
                        }
                        // What Spark can't read by itself, Themis may
                        batch = batch.size() > 1 ? batch.subList(0, batch.size() / 2) : List.of();
                    }
                    case LOST -> {
                        if (++lost == MOST_SESSIONS) {
                            throw e;
                        }
                    }
                    case LATE -> throw e;
                }
                LOG.warn("dataset {}: {}; {} files once more", job.dataset().name(), e.getMessage(), batch.size());
                if (!batch.isEmpty()) {
                    batches.push(List.copyOf(batch));
                }
            }
            read += length(told);
        }
        return forOtherQuery;
    }

    /** @param read bytes of other files before */
    private void search(
            LakeJob job, List<Source> sources, boolean isAgain, Set<Source> told, List<Source> forOtherQuery, long read)
            throws IOException {
        long length = length(sources);
        connection.run(bytes -> job.hasRead(read + Math.min(bytes, length)), spark -> {
            // Else a column in other letters would be the same
            spark.conf().set("spark.sql.caseSensitive", "true");
            // Else the last of several would be the value
            spark.conf().set("spark.sql.variant.allowDuplicateKeys", "false");
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
