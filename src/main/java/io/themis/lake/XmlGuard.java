package io.themis.lake;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at a piece of XML before aalto 1.4.0 does, for what that takes although it is no XML, takes for something else, or
 * chokes on. A piece reaches from one {@code <} to before the next.
 */
final class XmlGuard {

    private static final int LONGEST_PIECE = 16 * 1024 * 1024;
    // aalto compares names pair by pair: a million attributes would keep it busy for hours
    private static final int MOST_ATTRIBUTES = 10_000;
    private static final int SHORTEST_ATTRIBUTE = " a=\"\"".length();
    private static final String DOCTYPE = "<!DOCTYPE";
    private static final Pattern DECLARED_ENCODING =
            Pattern.compile("<\\?xml\\s[^>]*\\sencoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']");

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final CharBuffer decoded = CharBuffer.allocate(8192);

    /** Whether a piece that is not yet complete is too long already. */
    static boolean isTooLong(int length) {
        return length > LONGEST_PIECE;
    }

    static String tooLong() {
        return "an element is longer than %d MiB".formatted(LONGEST_PIECE >> 20);
    }

    /** What is wrong with what stands before the root element. */
    Optional<String> faultOfProlog(byte[] piece, int start, int length, boolean atStartOfFile) {
        String text = new String(piece, start, Math.min(length, 200), StandardCharsets.ISO_8859_1);
        // A DOCTYPE does not even reach the parser; nor does one in a comment, as telling that would take a parser
        if (text.startsWith(DOCTYPE)) {
            return Optional.of("the file has a DOCTYPE, which is refused");
        }
        Matcher declared = DECLARED_ENCODING.matcher(text);
        String encoding = declared.lookingAt() ? declared.group(1) : "UTF-8";
        if (atStartOfFile) {
            String hex = HexFormat.of().formatHex(piece, start, start + Math.min(length, 4));
            if (hex.startsWith("fffe0000") || hex.startsWith("0000feff")) {
                encoding = "UTF-32";
            } else if (hex.startsWith("fffe") || hex.startsWith("feff")) {
                encoding = "UTF-16";
            } else if (hex.startsWith("00") || hex.startsWith("3c00")) {
                encoding = "UTF-16 or UTF-32";
            }
        }
        return encoding.equalsIgnoreCase("UTF-8")
                ? Optional.empty()
                : Optional.of("the file is encoded in %s, not in UTF-8".formatted(encoding));
    }

    /** What is wrong with any piece. */
    Optional<String> fault(byte[] piece, int start, int length) {
        if (isTooLong(length)) {
            return Optional.of(tooLong());
        }
        if (length > MOST_ATTRIBUTES * SHORTEST_ATTRIBUTE && countQuoted(piece, start, length) > MOST_ATTRIBUTES) {
            return Optional.of("an element has more than %d attributes".formatted(MOST_ATTRIBUTES));
        }
        if (!isUtf8(piece, start, length)) {
            return Optional.of("the file is not valid UTF-8");
        }
        if (hasForbiddenControl(piece, start, length)) {
            return Optional.of("the file has a control character that XML does not allow");
        }
        return Optional.empty();
    }

    /** Whether a tag holds {@code &#x;}, which aalto takes for the reference before it once more. */
    static boolean hasEmptyReference(byte[] tag, int start, int length) {
        for (int i = start; i < start + length - 3; i++) {
            if (tag[i] == '&' && tag[i + 1] == '#' && tag[i + 2] == 'x' && tag[i + 3] == ';') {
                return true;
            }
        }
        return false;
    }

    private static int countQuoted(byte[] piece, int start, int length) {
        int quoted = 0;
        byte quote = 0;
        for (int i = start; i < start + length; i++) {
            byte b = piece[i];
            if (quote == 0 && (b == '"' || b == '\'')) {
                quote = b;
                quoted++;
            } else if (b == quote) {
                quote = 0;
            }
        }
        return quoted;
    }

    private boolean isUtf8(byte[] piece, int start, int length) {
        ByteBuffer input = ByteBuffer.wrap(piece, start, length);
        CoderResult result = CoderResult.OVERFLOW;
        utf8.reset();
        while (result.isOverflow()) {
            result = utf8.decode(input, decoded.clear(), true);
        }
        return result.isUnderflow();
    }

    private static boolean hasForbiddenControl(byte[] piece, int start, int length) {
        for (int i = start; i < start + length; i++) {
            byte b = piece[i];
            if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r') {
                return true;
            }
        }
        return false;
    }
}
