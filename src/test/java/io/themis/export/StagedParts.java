package io.themis.export;

import io.themis.request.Part;
import io.themis.request.StagedFile;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parts staged in memory. */
final class StagedParts implements PartStore {

    private final Map<String, byte[]> contents = new HashMap<>();

    /** Stages the lines and records them truly. */
    Part stage(String partition, List<String> columns, String... lines) {
        String name = "part-" + contents.size();
        byte[] content = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        contents.put(name, content);
        return new Part(name, partition, lines.length, content.length, columns, Map.of());
    }

    /** Stages the lines and says that others' values are hidden in them. */
    Part stage(String partition, List<String> columns, Map<String, Long> hidden, String... lines) {
        Part part = stage(partition, columns, lines);
        return new Part(part.name(), partition, part.rows(), part.bytes(), columns, hidden);
    }

    /** Stages a file and a record of it, truly. */
    Part stageFile(String path, String mediaType, byte[] content) {
        Part record = stage(
                null,
                List.of("path", "bytes", "file"),
                "{\"path\":\"lake/%1$s\",\"bytes\":%2$d,\"file\":\"%1$s\"}".formatted(path, content.length));
        String name = record.name() + ".file";
        contents.put(name, content);
        return new Part(
                record.name(),
                null,
                1,
                record.bytes(),
                record.columns(),
                Map.of(),
                new StagedFile(name, path, content.length, mediaType));
    }

    /** Puts other content in the place of a staged part. */
    void overwrite(Part part, String content) {
        overwrite(part.name(), content);
    }

    void overwrite(String name, String content) {
        contents.put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public InputStream open(String name) throws IOException {
        byte[] content = contents.get(name);
        if (content == null) {
            throw new FileNotFoundException(name);
        }
        return new ByteArrayInputStream(content);
    }
}
