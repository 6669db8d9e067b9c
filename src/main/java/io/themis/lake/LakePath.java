package io.themis.lake;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path of the data map, such as {@code {site}/Users.xml}: which files of the lake belong to a dataset, and which
 * partition each is. A placeholder stands for one or more characters other than {@code /}; everything else stands for
 * itself, upper and lower case being different.
 *
 * <p>Files in a zip have the path of the zip, {@code !/}, and their name in it: {@code exports/{day}.zip!/{shop}.csv}. Their
 * partition is that of both. A path that ends in {@code .gz} has gzipped files.
 *
 * <p>Where the {@linkplain #ofFiles files are records themselves}, placeholders are their columns, and there are no
 * partitions.
 */
public final class LakePath {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\*?)([^{}/]*)}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    private static final String INSIDE = "!/";

    private final String path;
    private final Pattern files;
    private final Pattern entries;
    private final List<String> columns;

    private LakePath(String path, Pattern files, Pattern entries, List<String> columns) {
        this.path = path;
        this.files = files;
        this.entries = entries;
        this.columns = columns;
    }

    /** @throws IllegalArgumentException if this is not such a path; the message says what to write */
    public static LakePath parse(String path) {
        if (path.contains("{*")) {
            throw wrong(path, "{*name} is for files that are records themselves (format: file); write {name}");
        }
        Set<String> names = new LinkedHashSet<>();
        int inside = path.indexOf(INSIDE);
        if (inside < 0) {
            if (path.endsWith(".zip")) {
                throw wrong(path, "say which files in the zip, such as exports/{day}.zip!/orders.csv");
            }
            return new LakePath(path, pattern(path, path, names), null, List.of());
        }
        String zip = path.substring(0, inside);
        String entry = path.substring(inside + INSIDE.length());
        if (!zip.endsWith(".zip") || entry.contains(INSIDE)) {
            throw wrong(path, "write !/ once, after a zip that ends in .zip, such as exports/{day}.zip!/orders.csv");
        }
        return new LakePath(path, pattern(path, zip, names), pattern(path, entry, names), List.of());
    }

    /**
     * The path of files of which each is a record. At its end may be {@code {*name}}, which stands for the rest of the path,
     * with any folders.
     *
     * @throws IllegalArgumentException if this is not such a path; the message says what to write
     */
    public static LakePath ofFiles(String path) {
        if (path.contains(INSIDE)) {
            throw wrong(path, "a file in a zip can't be a record; write the path of the zip");
        }
        Set<String> names = new LinkedHashSet<>();
        Pattern files = pattern(path, path, names);
        return new LakePath(path, files, null, List.copyOf(names));
    }

    private static Pattern pattern(String path, String part, Set<String> names) {
        StringBuilder regex = new StringBuilder();
        for (String segment : part.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw wrong(path, "write it from the top of the lake, with one / between two names");
            }
            regex.append(regex.isEmpty() ? "" : "/").append(regex(path, segment, names));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private static String regex(String path, String segment, Set<String> names) {
        Matcher placeholder = PLACEHOLDER.matcher(segment);
        if (!placeholder.find()) {
            return literal(path, segment);
        }
        String name = placeholder.group(2);
        boolean isRest = !placeholder.group(1).isEmpty();
        if (!NAME.matcher(name).matches()) {
            throw wrong(path, "name a placeholder with letters and digits, such as {site}");
        }
        if (!names.add(name)) {
            throw wrong(path, "{" + name + "} stands there twice; give each placeholder its own name");
        }
        String after = segment.substring(placeholder.end());
        if (PLACEHOLDER.matcher(after).find()) {
            throw wrong(path, "only one placeholder fits between two /, as it would not be clear where one ends");
        }
        if (isRest && !path.endsWith(placeholder.group())) {
            throw wrong(path, "{*" + name + "} is the rest of the path, so nothing can follow it");
        }
        return literal(path, segment.substring(0, placeholder.start()))
                + (isRest ? "(.*[^/])" : "([^/]+)")
                + literal(path, after);
    }

    private static String literal(String path, String text) {
        if (text.chars().anyMatch(c -> c == '{' || c == '}' || c == '\\' || Character.isISOControl(c))) {
            throw wrong(
                    path, "use { and } for a placeholder only, such as {site}, and neither \\ nor control characters");
        }
        return Pattern.quote(text);
    }

    private static IllegalArgumentException wrong(String path, String advice) {
        return new IllegalArgumentException("The path \"%s\" can't be used: %s".formatted(path, advice));
    }

    /** Whether its files are in zips. */
    public boolean isZip() {
        return entries != null;
    }

    /** Whether a zip holds files of more than one partition. */
    public boolean hasPartitionsInside() {
        return isZip() && entries.matcher("").groupCount() > 0;
    }

    public boolean isGzipped() {
        return path.endsWith(".gz");
    }

    /** What the names of all its files start with; empty if it starts with a placeholder. */
    public String listingPrefix() {
        String file = isZip() ? path.substring(0, path.indexOf(INSIDE)) : path;
        int placeholder = file.indexOf('{');
        return placeholder < 0 ? file : file.substring(0, placeholder);
    }

    /** The same for the files whose first placeholder has this value. */
    public String listingPrefix(String value) {
        String after = path.substring(path.indexOf('}') + 1);
        int placeholder = after.indexOf('{');
        return listingPrefix() + value + (placeholder < 0 ? after : after.substring(0, placeholder));
    }

    /** The file, or the zip, of that name; nothing if the name does not match. */
    public Optional<LakeFile> file(String blobName) {
        Matcher matcher = files.matcher(blobName);
        return matcher.matches()
                ? Optional.of(new LakeFile(blobName, columns.isEmpty() ? partition(null, matcher) : null))
                : Optional.empty();
    }

    /** The placeholders of files that are records themselves, in the order of the path; none of other files. */
    public List<String> columns() {
        return columns;
    }

    /** What a file of that name has in those columns; nothing if the name does not match. */
    public Optional<Map<String, String>> values(String blobName) {
        Matcher matcher = files.matcher(blobName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            values.put(columns.get(i), matcher.group(i + 1));
        }
        return Optional.of(values);
    }

    /** The name of a file from the folder, or file, that the first placeholder is in. */
    public String relative(String blobName) {
        return blobName.substring(listingPrefix().lastIndexOf('/') + 1);
    }

    /** The file of that name in a zip; nothing if the name does not match. */
    public Optional<LakeFile> entry(LakeFile zip, String name) {
        Matcher matcher = entries.matcher(name);
        return matcher.matches()
                ? Optional.of(new LakeFile(zip.name() + INSIDE + name, partition(zip.partition(), matcher)))
                : Optional.empty();
    }

    private static String partition(String outer, Matcher matcher) {
        String partition = outer;
        for (int i = 1; i <= matcher.groupCount(); i++) {
            partition = partition == null ? matcher.group(i) : partition + "/" + matcher.group(i);
        }
        return partition;
    }
}
