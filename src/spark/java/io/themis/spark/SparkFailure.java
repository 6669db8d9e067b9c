package io.themis.spark;

import java.io.IOException;
import java.util.Optional;
import org.apache.spark.SparkThrowable;
import org.sparkproject.io.grpc.StatusRuntimeException;

/** What Spark has failed with, without its message, which may quote rows. */
final class SparkFailure extends IOException {

    /** What there is to do about it. */
    enum Kind {
        /** A file is gone or damaged. The others may be searched without it. */
        FILE,
        /** A file is gone, or the lake is elsewhere. */
        NOT_THERE,
        /** More was found than Spark hands out at once. */
        TOO_MUCH,
        /** The server does not answer, or lets nobody in. */
        AWAY,
        /** The session, or the server, in the middle of a query. */
        LOST,
        /** It takes longer than it may. */
        LATE,
        OTHER
    }

    private final Kind kind;
    private final String path;
    private final String what;

    private SparkFailure(Kind kind, String path, String what) {
        super("Spark: " + what);
        this.kind = kind;
        this.path = path;
        this.what = what;
    }

    static SparkFailure of(Throwable failure) {
        String condition = condition(failure)
                .or(() -> status(failure))
                .orElse(failure.getClass().getSimpleName());
        String path = path(failure).orElse(null);
        String all = messages(failure);
        if (path != null && condition.equals("PATH_NOT_FOUND")) {
            return new SparkFailure(Kind.NOT_THERE, path, "a file is not there, " + condition);
        }
        if (path != null && condition.startsWith("FAILED_READ_FILE")) {
            return new SparkFailure(Kind.FILE, path, "a file is gone or damaged, " + condition);
        }
        if (all.contains("maxResultSize")) {
            return new SparkFailure(Kind.TOO_MUCH, null, "more was found than the server hands out at once");
        }
        boolean isLost = condition.startsWith("INVALID_HANDLE") || condition.equals("UNAVAILABLE") || all.contains("UNAVAILABLE");
        return isLost
                ? new SparkFailure(
                        Kind.LOST,
                        null,
                        "the server does not answer, or has closed the session; is it up, and is themis.spark.server where it is?")
                : new SparkFailure(Kind.OTHER, null, condition);
    }

    /** Of gRPC, such as {@code UNAUTHENTICATED}, where Spark has nothing to say itself. */
    private static Optional<String> status(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof StatusRuntimeException status) {
                return Optional.of(status.getStatus().getCode().name());
            }
        }
        return Optional.empty();
    }

    /** Whatever it is, nobody gets a session. */
    static SparkFailure away(Throwable failure) {
        return new SparkFailure(Kind.AWAY, null, of(failure).what);
    }

    /** It has told of not one file. */
    static SparkFailure ofAll(SparkFailure last) {
        String what = last.kind == Kind.NOT_THERE
                ? "it finds none of the files; does themis.spark.lake name the lake's container?"
                : "it can read none of the files, and says %s; may it read the lake?".formatted(last.getMessage());
        return new SparkFailure(last.kind, null, what);
    }

    static SparkFailure timeout() {
        return new SparkFailure(Kind.LATE, null, "a query took longer than themis.spark.query-timeout");
    }

    /** Whether the thread was interrupted; the client takes the mark of that away. */
    static boolean isInterrupt(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> condition(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SparkThrowable spark && spark.getCondition() != null) {
                return Optional.of(spark.getCondition());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> path(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SparkThrowable spark && spark.getMessageParameters() != null) {
                String path = spark.getMessageParameters().get("path");
                if (path != null) {
                    return Optional.of(path);
                }
            }
        }
        return Optional.empty();
    }

    private static String messages(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            all.append(each.getMessage()).append('\n');
        }
        return all.toString();
    }

    Kind kind() {
        return kind;
    }

    /** Whoever is looked for. */
    boolean isForAnybody() {
        return kind == Kind.AWAY || kind == Kind.LATE || kind == Kind.NOT_THERE;
    }

    /** Of the file; null if it is not a file that it failed with. */
    String path() {
        return path;
    }
}
