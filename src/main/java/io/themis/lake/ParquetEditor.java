package io.themis.lake;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes rows out of Parquet files, and replaces values in others. The judge is asked about each row that the match finds, as {@link
 * ParquetRowSearch} hands it on, and every row of a file is read: nothing is believed of what its writer noted of the values.
 *
 * <p>Stays as it is: the schema with all its types, what the footer says of the file, codecs, versions of pages, encodings, and which
 * columns have statistics, indexes and bloom filters. A column of a row group in which nothing changes is copied byte for byte; any other
 * is written anew, page by page, and what tells of its values is made of the new ones alone, as a bloom filter or a least value can give
 * away who was there. A row group without rows is left out, and a file without row groups is whole. Left out too are notes that nothing
 * but the speed of a search depends on and that can't be made here: size and geospatial statistics of what is written anew.
 *
 * <p>Unreadable: what is unreadable for {@link ParquetRowSearch}, any row group that is damaged, and a file in which a column can't hold
 * what is to replace its values ({@link ParquetStored}); a survey finds out all of it.
 *
 * <p>Memory: see {@link ParquetPages}; besides, the footer, what is replaced in the row group at hand, and of a column that is
 * written with a dictionary, its encoded pages. For one thread.
 */
public final class ParquetEditor {

    private final RowMatch match;
    private final RowJudge judge;

    public ParquetEditor(RowMatch match, RowJudge judge) {
        this.match = match;
        this.judge = judge;
    }

    /**
     * Reads the file, all of it, and tells what goes and changes. Of a file that was rewritten nothing goes any more, and the checksum is
     * that of before.
     *
     * @return without edits, as they are not of bytes; the checksum is of all rows as they will be ({@link ParquetDigest})
     * @throws UnreadableFileException if the file can't be read to its end or can't be changed as the judge says
     * @throws IOException from the store, whose unchecked exceptions come through too
     */
    public FileEdits survey(FileRanges file) throws UnreadableFileException, IOException {
        return new ParquetRewrite(file, match, judge, null).run();
    }

    /**
     * Writes the file as it is to be. What was written before an exception is no file.
     *
     * @param target stays open
     * @return what a survey of the old file tells, of what has been written
     * @throws UnreadableFileException as a survey does
     * @throws IOException from either store, whose unchecked exceptions come through too
     */
    public FileEdits rewrite(FileRanges file, OutputStream target) throws UnreadableFileException, IOException {
        return new ParquetRewrite(file, match, judge, target).run();
    }
}
