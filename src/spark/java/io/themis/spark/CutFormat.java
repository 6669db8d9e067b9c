package io.themis.spark;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How Spark cuts the files of a format into records, and what it has to see in a file to be sure that they are those which Themis' own
 * reader would find there. Expressions are of the columns {@value #RECORD} and {@value #AT}, and of those that {@link #parsed} makes.
 */
interface CutFormat extends Batch.Keys {

    /** The text between two separators. */
    String RECORD = "value";

    /** Where the stretch of the file begins that it is in. */
    String STRETCH = "stretch";

    /** Where that is in its stretch: a number that grows. */
    String AT = "at";

    /** Counted in each stretch, besides {@link #counts}: all that was cut, and what {@link #isMalformed} says. */
    String RECORDS = "records";

    String MALFORMED = "malformed";

    /** Characters of the longest record that Themis reads. */
    int LONGEST = 16 * 1024 * 1024;

    /** What ends a record. */
    String separator();

    /** The record that each file must have before all others, as its rows can't be read without it; empty if there is no such thing. */
    default byte[] head() {
        return new byte[0];
    }

    /** Whether it is that record. */
    default Column isHead() {
        return lit(false);
    }

    /** Whether Spark can be told to read the column. */
    boolean canRead(String column);

    /** A record as Themis reads it. */
    default byte[] record(byte[] cut) {
        return cut;
    }

    /**
     * Makes records of what was cut, where those are not the same.
     *
     * @param pieces with {@value #RECORD}, {@value #STRETCH}, {@value #AT}, and others of the file
     */
    default Dataset<Row> records(Dataset<Row> pieces) {
        return pieces;
    }

    /** Columns to be made once of each record, by name, before others are made of them. */
    Map<String, Column> parsed();

    /** Whether it may hold a row of somebody. */
    Column isRecord();

    /** Whether it should hold a row and does not. */
    Column isMalformed();

    /** What else is to be known of each stretch, by name. */
    Map<String, Count> counts();

    /** What a file with these stretches is, in their order. */
    Verdict verdict(List<Stretch> stretches);

    /**
     * A number that is made of those of many records. Whole numbers only: for others Spark sorts all that it reads.
     *
     * @param ofRecord of a record; null if it has none
     */
    record Count(Kind kind, Column ofRecord) {

        enum Kind {
            SUM,
            LEAST,
            MOST;

            private long join(long one, long other) {
                return switch (this) {
                    case SUM -> one + other;
                    case LEAST -> Math.min(one, other);
                    case MOST -> Math.max(one, other);
                };
            }
        }

        static Count many(Column condition) {
            return new Count(Kind.SUM, when(condition, lit(1L)).otherwise(lit(0L)));
        }

        Column aggregate() {
            return switch (kind) {
                case SUM -> sum(ofRecord);
                case LEAST -> min(ofRecord);
                case MOST -> max(ofRecord);
            };
        }

        /** Of two parts of a stretch; null where no record has one. */
        Long join(Long one, Long other) {
            return one == null ? other : other == null ? one : (Long) kind.join(one, other);
        }
    }

    /**
     * What a file turns out to be.
     *
     * @param isSure whether it is cut right
     * @param malformed records that should hold a row and do not
     * @param isForOtherQuery whether it may be cut right by another query
     */
    record Verdict(boolean isSure, long malformed, boolean isForOtherQuery) {

        static final Verdict SURE = new Verdict(true, 0, false);
        static final Verdict UNSURE = new Verdict(false, 0, false);
        static final Verdict FOR_OTHER_QUERY = new Verdict(false, 0, true);
    }

    /** What was counted in a stretch of a file. */
    record Stretch(Map<String, Long> counts) {

        boolean has(String count) {
            return counts.get(count) != null;
        }

        long of(String count) {
            return counts.get(count);
        }

        static long sum(List<Stretch> stretches, String count) {
            return stretches.stream().mapToLong(stretch -> stretch.of(count)).sum();
        }
    }
}
