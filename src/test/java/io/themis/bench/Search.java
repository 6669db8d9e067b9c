package io.themis.bench;

import io.themis.lake.RowFormat;
import io.themis.lake.RowMatch;
import io.themis.lake.RowSearch;
import io.themis.lake.RowSink;
import io.themis.lake.Searched;
import java.nio.file.Files;
import java.nio.file.Path;

/** Themis on XML rows, JSON Lines and CSV. */
record Search(String name, Way way) implements Engine {

    /** How rows are searched. */
    private interface Way {
        RowSearch begin(RowFormat format, RowMatch match, RowSink sink);
    }

    static Engine scan() {
        return new Search("Themis, scan", RowFormat::scan);
    }

    /** Every row goes through the parser of its format. */
    static Engine fullParser() {
        return new Search("Themis, full parser", RowFormat::search);
    }

    @Override
    public Answer answer(Question question) throws Exception {
        RowMatch match = question.match();
        RowFormat format = question.rowFormat();
        return Answer.sum(Threads.each(question.files(), file -> answer(file, format, match)));
    }

    private Answer answer(Path file, RowFormat format, RowMatch match) throws Exception {
        Answer.Builder found = new Answer.Builder();
        try (RowSearch search = way.begin(format, match, found::row)) {
            Threads.read(file, (bytes, length) -> search.write(bytes, 0, length));
            Searched searched = search.finish();
            if (searched.bytes() != Files.size(file)) {
                throw new AssertionError("%s was not read to its end".formatted(file));
            }
        }
        return found.answer();
    }
}
