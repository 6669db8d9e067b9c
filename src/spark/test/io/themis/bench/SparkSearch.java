package io.themis.bench;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakeEngine;
import io.themis.enrichment.LakeJob;
import io.themis.enrichment.SparkSettings;
import io.themis.lake.CutRows;
import io.themis.lake.RowMatch;
import io.themis.spark.SparkDatasets;
import io.themis.spark.SparkProvider;
import io.themis.spark.SparkServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Spark on XML rows and JSON Lines, as one job, until Themis has read the rows that it hands over. */
record SparkSearch(String name, LakeEngine engine) implements Engine {

    private static final Duration TIMEOUT = Duration.ofMinutes(30);
    private static final byte[] NO_HEAD = {};

    static SparkSearch by(String name, SparkServer server) {
        String lake = Path.of("").toAbsolutePath().toUri().toString();
        return new SparkSearch(
                name, new SparkProvider().connect(new SparkSettings(server.address("sc"), null, lake, TIMEOUT)));
    }

    @Override
    public Answer answer(Question question) throws IOException {
        Job job = new Job(question);
        engine.search(job);
        return job.answer();
    }

    private static final class Job implements LakeJob {

        private final Question question;
        private final RowMatch match;
        private final List<Source> files = new ArrayList<>();
        private final Set<Source> taken = new HashSet<>();
        private final Answer.Builder found = new Answer.Builder();

        private Job(Question question) {
            this.question = question;
            match = question.match();
            for (Path file : question.files()) {
                files.add(new Source(file.toString(), null, file.toFile().length()));
            }
        }

        @Override
        public Dataset dataset() {
            return SparkDatasets.of(
                    question.format().equals("xml") ? Format.XML_ROWS : Format.JSONL,
                    question.table().key());
        }

        @Override
        public List<Source> files() {
            return files;
        }

        @Override
        public Optional<RowMatch> match(String partition) {
            return Optional.of(match);
        }

        @Override
        public void take(Source file, Cut cut) {
            CutRows rows = question.rowFormat()
                    .cutRows(NO_HEAD, match, found::row)
                    .orElseThrow();
            try {
                for (byte[] row = cut.next(); row != null; row = cut.next()) {
                    rows.read(row);
                }
            } catch (IOException e) {
                throw new AssertionError("rows are only counted", e);
            }
            if (cut.isSure() && cut.malformed() == 0) {
                taken.add(file);
            }
        }

        /** @throws AssertionError if there are files that Themis would have to read itself, which is not what is measured */
        private Answer answer() {
            if (taken.size() < files.size()) {
                throw new AssertionError("Spark is sure of %d of %d files of %s"
                        .formatted(taken.size(), files.size(), question.format()));
            }
            return found.answer();
        }
    }
}
