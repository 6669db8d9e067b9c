package io.themis.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.devservices.StackExchangeRows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import javax.xml.stream.XMLStreamException;

/** A row for engines that find lines: its text, read by the JDK's or Jackson's own parser. */
final class LineOfText {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LineOfText() {}

    static Map<String, ?> parse(String format, String line) throws IOException, XMLStreamException {
        if (format.equals("jsonl")) {
            return JSON.readValue(line, new TypeReference<Map<String, Object>>() {});
        }
        Map<String, String>[] row = new Map[1];
        StackExchangeRows.read(
                new ByteArrayInputStream("<rows>%s</rows>".formatted(line).getBytes(UTF_8)), found -> row[0] = found);
        return row[0];
    }
}
