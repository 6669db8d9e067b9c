package io.themis.lake;

import java.util.HashSet;
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
 */
public final class LakePath {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}/]*)}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    private static final String INSIDE = "!/";

    private final String path;
    private final Pattern files;
    private final Pattern entries;

    private LakePath(String path, Pattern files, Pattern entries) {
        this.path = path;
        this.files = files;
        this.entries = entries;
    }

    /** @throws IllegalArgumentException if this is not such a path; the message says what to write */
    public static LakePath parse(String path) {
        Set<String> names = new HashSet<>();
        int inside = path.indexOf(INSIDE);
        if (inside < 0) {
            if (path.endsWith(".zip")) {
                throw wrong(path, "say which files in the zip, such as exports/{day}.zip!/orders.csv");
            }
            return new LakePath(path, pattern(path, path, names), null);
        }
        String zip = path.substring(0, inside);
        String entry = path.substring(inside + INSIDE.length());
        if (!zip.endsWith(".zip") || entry.contains(INSIDE)) {
            throw wrong(path, "write !/ once, after a zip that ends in .zip, such as exports/{day}.zip!/orders.csv");
        }
        return new LakePath(path, pattern(path, zip, names), pattern(path, entry, names));
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
        String name = placeholder.group(1);
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
        return literal(path, segment.substring(0, placeholder.start())) + "([^/]+)" + literal(path, after);
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

    /** The file, or the zip, of that name; nothing if the name does not match. */
    public Optional<LakeFile> file(String blobName) {
        Matcher matcher = files.matcher(blobName);
        return matcher.matches() ? Optional.of(new LakeFile(blobName, partition(null, matcher))) : Optional.empty();
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
