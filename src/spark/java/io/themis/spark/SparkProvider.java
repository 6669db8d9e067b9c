package io.themis.spark;

import io.themis.enrichment.LakeEngine;
import io.themis.enrichment.SparkSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Connects to the company's Spark. */
public final class SparkProvider implements LakeEngine.Provider {

    @Override
    public LakeEngine connect(SparkSettings settings) {
        return new SparkEngine(settings);
    }

    @Override
    public List<String> problems(SparkSettings settings) {
        List<String> problems = new ArrayList<>();
        if (!settings.server().startsWith("sc://")) {
            problems.add("themis.spark.server must begin with sc://, as in sc://spark.example.com:15002.");
        }
        if (settings.server().contains("token=")) {
            problems.add("themis.spark.server has a token in it, which logs would show; set themis.spark.token.");
        }
        if (!settings.lake().endsWith("/")) {
            problems.add("themis.spark.lake must end with /, as the names of files follow it.");
        }
        if (!ByteBuffer.class.getModule().isOpen("java.nio", SparkProvider.class.getModule())) {
            problems.add("Spark's client needs Java to be started with --add-opens=java.base/java.nio=ALL-UNNAMED.");
        }
        return problems;
    }
}
