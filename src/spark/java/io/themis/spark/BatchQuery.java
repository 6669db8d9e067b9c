package io.themis.spark;

import io.themis.enrichment.LakeJob.Cut;
import io.themis.enrichment.LakeJob.Source;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The query of one job: every file of a batch once through. */
interface BatchQuery {

    /** In the order of files. */
    Dataset<Row> rows();

    Found read(Iterator<Row> rows);

    /** What a query brings of one file after the other. */
    interface Found {

        /** The number of the file that is next; -1 after the last. */
        int file();

        /** Whether that file begins as it must for this query; to be asked once, before it is cut. */
        boolean isRightQuery();

        /** Of that file, which is the source; to be read before {@link #leave}. */
        Cut cut(Source source);

        /**
         * Goes on to the next file.
         *
         * @return whether the one that is left should be read by another query
         */
        boolean leave();
    }
}
