package io.themis.devservices;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a Stack Exchange dump holds, read by the JDK's own parser: the answer that tests compare Themis with. It shares no
 * code with Themis, nor with the sample lake. A row is its attributes, in their order, as the parser unescapes them.
 */
public final class StackExchangeRows {

    /** Which column of which table names the person, by the person's id on the same site. */
    private static final Map<String, String> USER_ID_COLUMN = Map.of(
            "Posts", "OwnerUserId",
            "Comments", "UserId",
            "Badges", "UserId",
            "Votes", "UserId",
            "PostHistory", "UserId");

    private StackExchangeRows() {}

    /** A file of a lake, which can be opened more than once. */
    @FunctionalInterface
    public interface Source {
        InputStream open() throws IOException;
    }

    /** The files {@code <site>/<Table>.xml} in a folder, by that path. */
    public static Map<String, Source> filesIn(Path folder) throws IOException {
        Map<String, Source> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(folder, 2)) {
            found.filter(file -> file.toString().endsWith(".xml")).forEach(file -> {
                Path path = folder.relativize(file);
                files.put(path.getName(0) + "/" + path.getName(1), () -> Files.newInputStream(file));
            });
        }
        return files;
    }

    /**
     * Gives every row of one file to {@code row}, one at a time; the stream stays open.
     *
     * @throws IllegalArgumentException if the file has not the form of a table: rows with attributes only
     */
    public static void read(InputStream in, Consumer<Map<String, String>> row) throws XMLStreamException {
        // The JDK's own, not one that the class path brings: those are what Themis reads with
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        // Without a DTD no entity can grow, but the parser counts every &lt; and would stop after 50 million of them
        factory.setProperty("http://www.oracle.com/xml/jaxp/properties/totalEntitySizeLimit", "0");
        XMLStreamReader reader = factory.createXMLStreamReader(in);
        int depth = 0;
        while (reader.hasNext()) {
            int event = reader.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                depth++;
                if (depth > 2 || depth == 2 && !reader.getLocalName().equals("row")) {
                    throw new IllegalArgumentException("<" + reader.getLocalName() + "> in line "
                            + reader.getLocation().getLineNumber() + " is no row of a table");
                }
                if (depth == 2) {
                    row.accept(attributes(reader));
                }
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
            } else if (event == XMLStreamConstants.CHARACTERS && !reader.isWhiteSpace()) {
                throw new IllegalArgumentException("text outside of attributes in line "
                        + reader.getLocation().getLineNumber());
            }
        }
    }

    /** Every row of a file that fits in memory. */
    public static List<Map<String, String>> of(Source file) throws IOException, XMLStreamException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (InputStream in = file.open()) {
            read(in, rows::add);
        }
        return rows;
    }

    /**
     * The rows of one person: the accounts whose {@code Users.AccountId} is the given one and, on the site of each
     * account, the rows whose user id is the account's.
     *
     * @param lake the lake's files by their path, {@code <site>/<Table>.xml}; other tables have nobody's rows
     * @return rows in the order of the file, by {@code <site>/<Table>}; nothing for a table without a row of this person
     */
    public static Map<String, List<Map<String, String>>> ofPerson(Map<String, Source> lake, long accountId)
            throws IOException, XMLStreamException {
        Map<String, List<Map<String, String>>> found = new TreeMap<>();
        Map<String, Set<String>> idsBySite = new TreeMap<>();
        for (var file : lake.entrySet()) {
            if (table(file.getKey()).equals("Users")) {
                List<Map<String, String>> accounts =
                        rowsWhere(file.getValue(), "AccountId", Set.of(Long.toString(accountId)));
                if (!accounts.isEmpty()) {
                    found.put(site(file.getKey()) + "/Users", accounts);
                    accounts.forEach(account -> idsBySite
                            .computeIfAbsent(site(file.getKey()), site -> new TreeSet<>())
                            .add(account.get("Id")));
                }
            }
        }
        for (var file : lake.entrySet()) {
            String column = USER_ID_COLUMN.get(table(file.getKey()));
            Set<String> ids = idsBySite.getOrDefault(site(file.getKey()), Set.of());
            if (column != null && !ids.isEmpty()) {
                List<Map<String, String>> rows = rowsWhere(file.getValue(), column, ids);
                if (!rows.isEmpty()) {
                    found.put(site(file.getKey()) + "/" + table(file.getKey()), rows);
                }
            }
        }
        return found;
    }

    private static List<Map<String, String>> rowsWhere(Source file, String column, Set<String> values)
            throws IOException, XMLStreamException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (InputStream in = file.open()) {
            read(in, row -> {
                if (row.containsKey(column) && values.contains(row.get(column))) {
                    rows.add(row);
                }
            });
        }
        return rows;
    }

    private static Map<String, String> attributes(XMLStreamReader reader) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            row.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
        return row;
    }

    private static String site(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private static String table(String path) {
        return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.xml$", "");
    }
}
