package io.themis.lake;

import java.text.Normalizer;

/**
 * How the values of one key are compared: two are the same key if their normal forms are equal.
 *
 * <p>Characters are normalized first, then spaces taken out, then cases made one. What is normalized stays so: the normal
 * form of a normal form is itself.
 *
 * @param unicode the form of Unicode (UAX #15) in which characters are compared, or null if as they are stored
 * @param spaces what white space of any kind says
 * @param ignoresCase whether a letter in upper and in lower case is the same. A letter outside of ASCII never becomes one
 *     of ASCII by this: the Kelvin sign is not k, and the Turkish dotless ı is not i, since an address with one of them is
 *     another person's
 */
public record NormalForm(Normalizer.Form unicode, Spaces spaces, boolean ignoresCase) {

    /** What white space says. */
    public enum Spaces {
        AS_STORED,
        /** Any run of it is one space, and none stands at the ends. */
        RUN_IS_ONE,
        IGNORED
    }

    /** Character by character. */
    public static final NormalForm EXACT = new NormalForm(null, false, false);

    /** As mail servers compare addresses in practice. */
    public static final NormalForm EMAIL_ADDRESS = new NormalForm(null, false, true);

    /** As people take two names for the same. By it rows are listed for somebody to look at, and never found. */
    public static final NormalForm PERSON_NAME = new NormalForm(Normalizer.Form.NFKC, Spaces.RUN_IS_ONE, true);

    private static final int LAST_OF_ASCII = 0x7F;

    /** @param ignoresSpaces whether white space of any kind, anywhere, says nothing */
    public NormalForm(Normalizer.Form unicode, boolean ignoresSpaces, boolean ignoresCase) {
        this(unicode, ignoresSpaces ? Spaces.IGNORED : Spaces.AS_STORED, ignoresCase);
    }

    /** The normal form of a stored value; blank if nothing of the value counts. */
    public String of(String value) {
        if (equals(EXACT)) {
            return value;
        }
        StringBuilder kept = new StringBuilder(value.length());
        boolean isSpaceDue = false;
        for (int character : normalized(value).codePoints().toArray()) {
            boolean isSpace = spaces != Spaces.AS_STORED && isSpace(character);
            if (!isSpace) {
                if (isSpaceDue && !kept.isEmpty()) {
                    kept.append(' ');
                }
                kept.appendCodePoint(ignoresCase ? withoutCase(character) : character);
            }
            isSpaceDue = isSpace && spaces == Spaces.RUN_IS_ONE;
        }
        // A letter and an accent that a space has kept apart are one character now.
        return normalized(kept.toString());
    }

    /**
     * The same of a text in ASCII, which has no character that is written in two ways.
     *
     * @param into where the normal form goes; as long as the text at least
     * @return its length, or -1 if the text is not all ASCII
     */
    int ofAscii(byte[] text, int from, int to, byte[] into) {
        int length = 0;
        boolean isSpaceDue = false;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b < 0) {
                return -1;
            }
            boolean isSpace = spaces != Spaces.AS_STORED && isSpace(b);
            if (!isSpace) {
                if (isSpaceDue && length > 0) {
                    into[length++] = ' ';
                }
                into[length++] = ignoresCase && b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
            }
            isSpaceDue = isSpace && spaces == Spaces.RUN_IS_ONE;
        }
        return length;
    }

    private String normalized(String text) {
        return unicode == null ? text : Normalizer.normalize(text, unicode);
    }

    private static boolean isSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character);
    }

    private static int withoutCase(int character) {
        int folded = Character.toLowerCase(Character.toUpperCase(character));
        return character > LAST_OF_ASCII && folded <= LAST_OF_ASCII ? character : folded;
    }
}
