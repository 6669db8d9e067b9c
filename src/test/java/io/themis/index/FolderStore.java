package io.themis.index;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A store that takes no memory. */
public record FolderStore(Path folder) implements IndexStore {

    @Override
    public void put(String name, Content content) throws IOException {
        Path file = folder.resolve(name);
        Path part = folder.resolve(name + ".part");
        Files.createDirectories(file.getParent());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part))) {
            content.writeTo(out);
        }
        Files.move(part, file);
    }

    @Override
    public CompletableFuture<byte[]> read(String name, long from, int length) {
        try (FileChannel file = FileChannel.open(folder.resolve(name))) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {
                // reads on
            }
            return CompletableFuture.completedFuture(Arrays.copyOf(bytes.array(), bytes.position()));
        } catch (NoSuchFileException e) {
            return CompletableFuture.failedFuture(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Stored> list(String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".run"))
                    .map(file -> new Stored(
                            folder.relativize(file).toString(), file.toFile().length()))
                    .filter(run -> run.name().startsWith(prefix))
                    .toList();
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }
}
