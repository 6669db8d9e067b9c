package io.themis.bench;

import io.themis.lake.FileRanges;
import io.themis.lake.ParquetRowSearch;
import io.themis.lake.RowMatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

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
            new ParquetRowSearch(match, Set.of(), Set.of(), found::row).search(new Ranges(channel, channel.size()));
        }
        return found.answer();
    }

    private record Ranges(FileChannel channel, long length) implements FileRanges {

        @Override
        public CompletableFuture<byte[]> read(long from, int length) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            try {
                while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
                    // until all is there
                }
                return CompletableFuture.completedFuture(bytes.array());
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }
}
