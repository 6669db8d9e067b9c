package io.themis.bench;

import io.themis.lake.ParquetRowSearch;
import io.themis.lake.RowMatch;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;

/** Themis on Parquet. */
final class ParquetSearch implements Engine {

    @Override
    public String name() {
        return "Themis";
    }

    @Override
    public Answer answer(Question question) throws Exception {
        RowMatch match = question.match();
        return Answer.sum(Threads.each(question.files(), file -> answer(file, match)));
    }

    private static Answer answer(Path file, RowMatch match) throws Exception {
        Answer.Builder found = new Answer.Builder();
        try (FileChannel channel = FileChannel.open(file)) {
            new ParquetRowSearch(match, Set.of(), Set.of(), found::row)
                    .search(new LocalRanges(channel, channel.size()));
        }
        return found.answer();
    }
}
