package io.themis.export;

import io.themis.request.Part;
import java.io.IOException;
import java.io.InputStream;

/** Joins the staged parts of a data file, byte for byte, and holds each to what was recorded of it. */
final class StagedRows {

    private StagedRows() {}

    static void copy(DataFile file, PartStore store, MeasuredOutputStream out) throws IOException {
        for (Part part : file.parts()) {
            long bytes = out.bytes();
            long lines = out.lines();
            try (InputStream rows = store.open(part)) {
                rows.transferTo(out);
            }
            check(part, out.bytes() - bytes, out.lines() - lines);
            if (!out.atLineStart()) {
                throw new PartDamagedException(part, "its last line does not end");
            }
        }
    }

    static void check(Part part, long bytes, long rows) {
        if (bytes != part.bytes() || rows != part.rows()) {
            throw new PartDamagedException(
                    part,
                    "%d bytes in %d rows were recorded, %d bytes in %d rows were read"
                            .formatted(part.bytes(), part.rows(), bytes, rows));
        }
    }
}
