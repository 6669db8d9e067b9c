package io.themis.request;

import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * An exception as one line for an operator: what failed and why in the end, without e-mail addresses, signatures of
 * links, or what a database quotes from its rows.
 */
public final class ReadableError {

    private static final int MAX_LENGTH = 1000;
    private static final int MAX_CAUSES = 50;

    /** Answers of Azure Storage come as XML: a code, and a message whose later lines are numbers for a support case. */
    private static final Pattern XML = Pattern.compile(
            "(?s)\"?\uFEFF?(?:<\\?xml[^>]*>\\s*)?<Error>.*?<Code>([^<]*)</Code>\\s*(?:<Message>([^<\\n]*)[^<]*</Message>)?.*?(?:</Error>\"?|$)");

    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>\"'(]+(?:@|%40)[^\\s<>\"')]+");
    private static final Pattern QUERY = Pattern.compile("(https?://[^\\s?\"'<>]+)\\?[^\\s\"'<>]*");
    private static final Pattern SECRET = Pattern.compile("(?i)\\b(sig|code|password)=[^&\\s\"]+");

    private static final Pattern PACKAGE =
            Pattern.compile("\\b(?:[a-z]\\w*\\.){2,}(?:\\w+\\$)*(?=[A-Z]\\w*(?:Exception|Error)\\b)");

    /** Also characters that a database takes no text with. */
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Cntrl}]+");

    private ReadableError() {}

    /** What failed and, where it differs, why in the end. */
    public static String of(Throwable thrown) {
        Throwable failure = thrown;
        // A wrapper that says nothing of its own.
        while (failure.getCause() != null && failure.getCause().toString().equals(failure.getMessage())) {
            failure = failure.getCause();
        }
        Throwable cause = failure;
        String quotation = quotation(failure);
        for (int i = 0; cause.getCause() != null && i < MAX_CAUSES; i++) {
            cause = cause.getCause();
            quotation = quotation == null ? quotation(cause) : quotation;
        }
        String what = describe(failure, quotation);
        String why = describe(cause, quotation);
        return cut(what.contains(why) ? what : what + " – because: " + why);
    }

    /** For a log: where it happened, and what in the words of {@link #of}, as the exceptions themselves may quote a row. */
    public static Throwable trace(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause.getCause() != null && i < MAX_CAUSES; i++) {
            cause = cause.getCause();
        }
        Throwable trace = new Throwable(of(failure));
        trace.setStackTrace(cause.getStackTrace());
        return trace;
    }

    /** Data exceptions (class 22) and broken constraints (23) say which value was wrong, and others repeat them. */
    private static String quotation(Throwable failure) {
        return failure instanceof SQLException e
                        && e.getMessage() != null
                        && e.getSQLState() != null
                        && (e.getSQLState().startsWith("22") || e.getSQLState().startsWith("23"))
                ? e.getMessage()
                : null;
    }

    private static String describe(Throwable failure, String quotation) {
        String name = failure.getClass().getSimpleName();
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return name;
        }
        String told = quotation == null ? message : message.replace(quotation, "<message>");
        String state = failure instanceof SQLException e ? " (SQL state " + e.getSQLState() + ")" : "";
        return name + ": " + clean(told) + state;
    }

    private static String clean(String message) {
        String text = XML.matcher(message).replaceAll("$1 $2");
        text = QUERY.matcher(text).replaceAll("$1");
        text = SECRET.matcher(text).replaceAll("$1=<removed>");
        text = PACKAGE.matcher(text).replaceAll("");
        text = ADDRESS.matcher(text).replaceAll("<address>");
        return SPACE.matcher(text).replaceAll(" ").strip();
    }

    private static String cut(String text) {
        if (text.length() <= MAX_LENGTH) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return text.substring(0, end) + "…";
    }
}
