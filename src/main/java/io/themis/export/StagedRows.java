package io.themis.export;

import io.themis.request.Part;
import io.themis.request.StagedFile;
import java.io.IOException;
import java.io.InputStream;

/** Copies what is staged, byte for byte, and holds it to what was recorded of it. */
final class StagedRows {

    private StagedRows() {}

    /** Joins the staged parts of a data file. */
    static void copy(DataFile file, PartStore store, MeasuredOutputStream out) throws IOException {
        for (Part part : file.parts()) {
            long bytes = out.bytes();
            long lines = out.lines();
            try (InputStream rows = store.open(part.name())) {
                rows.transferTo(out);
            }
            check(part, out.bytes() - bytes, out.lines() - lines);
            if (!out.atLineStart()) {
                throw new PartDamagedException(part.name(), "its last line does not end");
            }
        }
    }

    /** Copies a staged file, byte for byte. */
    static void copy(StagedFile file, PartStore store, MeasuredOutputStream out) throws IOException {
        try (InputStream bytes = store.open(file.name())) {
            bytes.transferTo(out);
        }
        if (out.bytes() != file.bytes()) {
            throw new PartDamagedException(
                    file.name(), "%d bytes were recorded, %d were read".formatted(file.bytes(), out.bytes()));
        }
    }

    static void check(Part part, long bytes, long rows) {
        if (bytes != part.bytes() || rows != part.rows()) {
            throw new PartDamagedException(
                    part.name(),
                    "%d bytes in %d rows were recorded, %d bytes in %d rows were read"
                            .formatted(part.bytes(), part.rows(), bytes, rows));
        }
    }
}
