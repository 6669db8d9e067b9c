package io.themis.export;

import io.themis.request.Part;
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
        return new Part(name, partition, lines.length, content.length, columns);
    }

    /** Puts other content in the place of a staged part. */
    void overwrite(Part part, String content) {
        contents.put(part.name(), content.getBytes(StandardCharsets.UTF_8));
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
