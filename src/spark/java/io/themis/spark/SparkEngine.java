package io.themis.spark;

import io.themis.enrichment.EngineFailedException;
import io.themis.enrichment.LakeEngine;
import io.themis.enrichment.LakeJob;
import io.themis.enrichment.SparkSettings;
import java.io.IOException;
import java.net.URI;

/** Has Spark cut the records of people out of the lake's files. */
final class SparkEngine implements LakeEngine {

    private final SparkConnection connection;
    private final SparkFiles files;

    SparkEngine(SparkSettings settings) {
        connection = new SparkConnection(settings);
        files = new SparkFiles(URI.create(settings.lake()));
    }

    @Override
    public void search(LakeJob job) throws IOException {
        try {
            new SparkJob(connection, files, job).run();
        } catch (SparkFailure e) {
            throw e.isForAnybody() ? new EngineFailedException(e.getMessage()) : e;
        }
    }
}
