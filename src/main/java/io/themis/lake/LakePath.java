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
 */
public final class LakePath {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}/]*)}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    private final String path;
    private final Pattern files;
    private final int placeholders;

    private LakePath(String path, Pattern files, int placeholders) {
        this.path = path;
        this.files = files;
        this.placeholders = placeholders;
    }

    /** @throws IllegalArgumentException if this is not such a path; the message says what to write */
    public static LakePath parse(String path) {
        Set<String> names = new HashSet<>();
        StringBuilder regex = new StringBuilder();
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw wrong(path, "write it from the top of the lake, with one / between two names");
            }
            regex.append(regex.isEmpty() ? "" : "/").append(regex(path, segment, names));
        }
        return new LakePath(path, Pattern.compile(regex.toString(), Pattern.DOTALL), names.size());
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

    /** What the names of all its files start with; empty if it starts with a placeholder. */
    public String listingPrefix() {
        int placeholder = path.indexOf('{');
        return placeholder < 0 ? path : path.substring(0, placeholder);
    }

    /** The file of that name, or nothing if the name does not match. */
    public Optional<LakeFile> file(String blobName) {
        Matcher matcher = files.matcher(blobName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        StringBuilder partition = new StringBuilder();
        for (int i = 1; i <= placeholders; i++) {
            partition.append(i == 1 ? "" : "/").append(matcher.group(i));
        }
        return Optional.of(new LakeFile(blobName, placeholders == 0 ? null : partition.toString()));
    }
}
