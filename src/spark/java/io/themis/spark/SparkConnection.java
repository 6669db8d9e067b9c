package io.themis.spark;

import io.themis.enrichment.SparkSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.client.RetryPolicy;
import org.apache.spark.sql.connect.client.SparkConnectClient;
import scala.Option;
import scala.concurrent.duration.Duration;

/** Sessions of a server, one for each query, so that what happens to one is no matter of the others. */
final class SparkConnection {

    private static final int MOST_RETRIES = 6;
    private static final int LONGEST_PAUSE_S = 4;
    private static final long PAUSE_OF_STOPS_MS = 1_000;

    private final SparkSettings settings;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "spark-timeout");
        thread.setDaemon(true);
        return thread;
    });

    SparkConnection(SparkSettings settings) {
        this.settings = settings;
    }

    /** What is done with a session. */
    interface Job {
        void run(SparkSession spark) throws IOException;
    }

    /**
     * @param bytesRead is told how many bytes of files the job has read by now, from any thread
     * @throws SparkFailure if Spark fails
     * @throws InterruptedIOException if the thread is interrupted; the server does not go on then
     */
    void run(LongConsumer bytesRead, Job job) throws IOException {
        SparkSession spark = open(bytesRead);
        AtomicBoolean isLate = new AtomicBoolean();
        // Again and again, as what is asked for after the first time would go on
        Future<?> timeout = clock.scheduleWithFixedDelay(
                () -> {
                    isLate.set(true);
                    stop(spark);
                },
                settings.queryTimeout().toMillis(),
                PAUSE_OF_STOPS_MS,
                TimeUnit.MILLISECONDS);
        try {
            greet(spark);
            job.run(spark);
        } catch (Exception e) {
            // Also what Java would have a method declare, and Scala does not
            if (Thread.interrupted() || SparkFailure.isInterrupt(e)) {
                stop(spark);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while Spark was searching");
            }
            if (isLate.get()) {
                throw SparkFailure.timeout();
            }
            throw e instanceof IOException told ? told : SparkFailure.of(e);
        } finally {
            timeout.cancel(false);
            close(spark);
        }
    }

    private SparkSession open(LongConsumer bytesRead) throws SparkFailure {
        String separator = settings.server().contains(";") ? ";" : "/;";
        String address = settings.token() == null
                ? settings.server()
                : settings.server() + separator + "use_ssl=true;token=" + settings.token();
        try {
            SparkConnectClient client = SparkConnectClient.builder()
                    .connectionString(address)
                    .retryPolicy(shortly())
                    .interceptor(new SparkProgress(bytesRead))
                    .build();
            return org.apache.spark.sql.connect.SparkSession.builder().client(client).create();
        } catch (Exception e) {
            throw SparkFailure.away(e);
        }
    }

    /** The first that the server hears of a session. */
    private static void greet(SparkSession spark) throws SparkFailure {
        try {
            // Else a column in other letters would be the same
            spark.conf().set("spark.sql.caseSensitive", "true");
            // Else the last of several would be the value
            spark.conf().set("spark.sql.variant.allowDuplicateKeys", "false");
            // Else what is no text would be, and a file could speak for others
            spark.conf().set("spark.sql.parquet.binaryAsString", "false");
            spark.conf().set("spark.sql.parquet.respectSummaryFiles", "false");
        } catch (Exception e) {
            if (SparkFailure.isInterrupt(e)) {
                Thread.currentThread().interrupt();
            }
            throw SparkFailure.away(e);
        }
    }

    /** The client's own would go on for ten minutes with a server that is away; the step is tried again anyway. */
    private static RetryPolicy shortly() {
        RetryPolicy usual = RetryPolicy.defaultPolicy();
        return RetryPolicy.apply(
                Option.apply(MOST_RETRIES),
                usual.initialBackoff(),
                Option.apply(Duration.create(LONGEST_PAUSE_S, TimeUnit.SECONDS)),
                usual.backoffMultiplier(),
                usual.jitter(),
                usual.minJitterThreshold(),
                usual.canRetry(),
                "themis",
                usual.recognizeServerRetryDelay(),
                usual.maxServerRetryDelay());
    }

    private static void stop(SparkSession spark) {
        try {
            spark.interruptAll();
        } catch (Exception e) {
            // The server is away, and then does nothing more for a session that nobody asks after
        }
    }

    private static void close(SparkSession spark) {
        try {
            spark.close();
        } catch (Exception e) {
            // As above
        }
    }
}
