package io.themis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the files of Stack Exchange dumps are without some people, worked out line by line as a person with a text editor would: no
 * parser, and no code of Themis. Rows are one a line there, and a quote in a value is written {@code &quot;}.
 */
final class DumpWithout {

    /** Table to the column that names whose a row is, by the person's number on the site. */
    private static final Map<String, String> OWNER = Map.of(
            "Users", "Id",
            "Posts", "OwnerUserId",
            "Comments", "UserId",
            "Badges", "UserId",
            "Votes", "UserId",
            "PostHistory", "UserId");

    private static final Pattern ACCOUNT = Pattern.compile(" AccountId=\"([^\"]*)\"");
    private static final Pattern ID = Pattern.compile(" Id=\"([^\"]*)\"");

    private final Map<String, Set<String>> idsBySite = new HashMap<>();
    private final Map<String, byte[]> files = new TreeMap<>();
    private int rows;

    /**
     * @param lake {@code <site>/<Table>.xml} to its bytes
     * @param accounts numbers of the people across all sites
     */
    DumpWithout(Map<String, byte[]> lake, Set<String> accounts) {
        lake.forEach((path, bytes) -> {
            if (path.endsWith("/Users.xml")) {
                Set<String> ids = idsBySite.computeIfAbsent(site(path), site -> new HashSet<>());
                for (String line : text(bytes).split("(?<=\n)")) {
                    if (accounts.contains(value(ACCOUNT, line))) {
                        ids.add(value(ID, line));
                    }
                }
            }
        });
        lake.forEach((path, bytes) -> files.put(path, without(path, text(bytes))));
    }

    private byte[] without(String path, String text) {
        String column = OWNER.get(path.substring(path.indexOf('/') + 1).replace(".xml", ""));
        Set<String> ids = idsBySite.getOrDefault(site(path), Set.of());
        if (column == null) {
            return text.getBytes(ISO_8859_1);
        }
        Pattern owner = Pattern.compile(" " + column + "=\"([^\"]*)\"");
        StringBuilder left = new StringBuilder();
        for (String line : text.split("(?<=\n)")) {
            if (line.contains("<row ") && ids.contains(value(owner, line))) {
                rows++;
            } else {
                left.append(line);
            }
        }
        return left.toString().getBytes(ISO_8859_1);
    }

    /** By path. */
    Map<String, byte[]> files() {
        return files;
    }

    /** How many rows went. */
    int rows() {
        return rows;
    }

    private static String site(String path) {
        return path.substring(0, path.indexOf('/'));
    }

    /** A byte a character, as nothing but ASCII is looked at. */
    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static String value(Pattern attribute, String line) {
        Matcher matcher = attribute.matcher(line);
        return matcher.find() ? matcher.group(1) : "";
    }
}
