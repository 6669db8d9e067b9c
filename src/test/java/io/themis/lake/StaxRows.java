package io.themis.lake;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What the JDK's own pull parser finds in a file of rows; shares nothing with the code under test. */
final class StaxRows {

    private final List<Map<String, Object>> rows = new ArrayList<>();
    private boolean readToTheEnd;

    static StaxRows of(byte[] file) {
        StaxRows result = new StaxRows();
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        // From JDK 24 on, these limits are lower than a real file needs
        for (String limit : List.of("jdk.xml.maxGeneralEntitySizeLimit", "jdk.xml.totalEntitySizeLimit")) {
            factory.setProperty(limit, "0");
        }
        try {
            // The JDK's parser refuses this too, but prints every case to the console
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file));
            result.read(factory.createXMLStreamReader(new ByteArrayInputStream(file)));
            result.readToTheEnd = true;
        } catch (CharacterCodingException | XMLStreamException | Refused e) {
            result.readToTheEnd = false;
        }
        return result;
    }

    /** Every row before the end of the file, or before what makes it unreadable. */
    List<Map<String, Object>> rows() {
        return rows;
    }

    boolean isReadToTheEnd() {
        return readToTheEnd;
    }

    private void read(XMLStreamReader xml) throws XMLStreamException {
        String encoding = xml.getCharacterEncodingScheme();
        refuseIf(encoding != null && !encoding.equalsIgnoreCase("UTF-8"));
        refuseIf("1.1".equals(xml.getVersion()));
        int depth = 0;
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    refuseIf(depth == 1 && xml.getLocalName().equals("row"));
                    refuseIf(depth > 2);
                    if (depth == 2) {
                        rows.add(row(xml));
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> depth--;
                case XMLStreamConstants.CHARACTERS -> refuseIf(!xml.isWhiteSpace());
                case XMLStreamConstants.CDATA, XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    refuseIf(true);
                default -> {}
            }
        }
    }

    private static Map<String, Object> row(XMLStreamReader xml) {
        refuseIf(!xml.getName().getLocalPart().equals("row"));
        refuseIf(!xml.getPrefix().isEmpty() || xml.getNamespaceCount() > 0);
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            refuseIf(!xml.getAttributePrefix(i).isEmpty());
            row.put(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
        }
        return row;
    }

    private static void refuseIf(boolean reason) {
        if (reason) {
            throw new Refused();
        }
    }

    private static final class Refused extends RuntimeException {}
}
