package io.themis.datamap;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query with parameters as Camel's sql component writes them, {@code :#key}.
 *
 * <p>Camel finds parameters with a regular expression that knows nothing of SQL: it turns every {@code #} into a
 * {@code ?}, also inside text and comments, where the database then sees no parameter and the values shift by one. So
 * whatever Camel and the database would count differently is a problem here.
 *
 * @param parameters keys in order of first use, each once
 * @param prepared the query with a {@code ?} for each parameter, as JDBC wants it
 * @param bound the key of each {@code ?}, in their order
 * @param problems what is wrong with the query
 */
public record NamedQuery(List<String> parameters, String prepared, List<String> bound, List<String> problems) {

    private static final Pattern TOKEN = Pattern.compile("""
            (?<opaque> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\\n]* | /\\*(?s:.*?)\\*/ )
            | :[\\#?](?<special> in: | \\$ )
            | :\\#(?<key> \\w+ )
            | (?<stray> [\\#?] )
            | (?<open> ['"] | /\\* )
            """, Pattern.COMMENTS);

    private static final Pattern CALL = Pattern.compile(
            "(?:\\s|--[^\\n]*\\n|/\\*(?s:.*?)\\*/)*(?:\\{\\s*call|call|exec|execute)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Whether it calls a stored procedure, which a database may not be able to describe before it has run. */
    public boolean isCall() {
        return CALL.matcher(prepared).matches();
    }

    public static NamedQuery of(String query) {
        List<String> bound = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Matcher token = TOKEN.matcher(query);
        StringBuilder prepared = new StringBuilder();
        while (token.find()) {
            String replacement = token.group();
            if (token.group("opaque") != null) {
                if (replacement.contains("#") || replacement.contains("?")) {
                    problems.add("# and ? can't stand inside text, a quoted name or a comment of the query;"
                            + " write a parameter outside of them, or the letter as CHAR(35) or CHAR(63)");
                }
            } else if (token.group("special") != null) {
                problems.add("the query uses %s…; only plain parameters such as :#accountId are possible"
                                .formatted(token.group())
                        + " (a key with several values runs the query once for each)");
            } else if (token.group("key") != null) {
                bound.add(token.group("key"));
                replacement = "?";
            } else if (token.group("stray") != null) {
                problems.add("the query has a %s that is no parameter; write parameters as :#key, such as :#accountId"
                        .formatted(token.group()));
            } else {
                problems.add("the query opens %s and never closes it".formatted(token.group()));
            }
            token.appendReplacement(prepared, Matcher.quoteReplacement(replacement));
        }
        token.appendTail(prepared);
        return new NamedQuery(
                bound.stream().distinct().toList(),
                prepared.toString(),
                List.copyOf(bound),
                problems.stream().distinct().toList());
    }
}
