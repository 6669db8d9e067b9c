package io.themis.lake;

/** Where bytes stop being UTF-8 (RFC 3629, section 4). What is all ASCII, as most of a lake is, costs next to nothing. */
final class Utf8 {

    private static final int AT_ONCE = 64;

    private Utf8() {}

    /** Where the first byte is that is of no character, or begins one that does not end in the range; -1 if none is. */
    static int firstInvalid(byte[] buffer, int from, int to) {
        int next = pass(buffer, from, to, to);
        return next < 0 ? ~next : -1;
    }

    /**
     * Looks at the characters that begin before a place.
     *
     * @param to where the range ends in which they must end
     * @return where the next one begins; if one is invalid, its first byte's {@code ~place}
     */
    static int pass(byte[] buffer, int from, int until, int to) {
        int i = from;
        while (i < until) {
            while (i <= until - AT_ONCE
                    && ((Words.eightAt(buffer, i)
                                            | Words.eightAt(buffer, i + 8)
                                            | Words.eightAt(buffer, i + 16)
                                            | Words.eightAt(buffer, i + 24)
                                            | Words.eightAt(buffer, i + 32)
                                            | Words.eightAt(buffer, i + 40)
                                            | Words.eightAt(buffer, i + 48)
                                            | Words.eightAt(buffer, i + 56))
                                    & Words.HIGHS)
                            == 0) {
                i += AT_ONCE;
            }
            for (int end = Math.min(until, i + AT_ONCE); i < end; ) {
                long highs = i <= until - Long.BYTES ? Words.eightAt(buffer, i) & Words.HIGHS : -1;
                int length = highs == 0 ? Long.BYTES : buffer[i] >= 0 ? 1 : lengthAt(buffer, i, to);
                if (length == 0) {
                    return ~i;
                }
                i += length;
            }
        }
        return i;
    }

    /** How many bytes the character has that begins there, in the range; 0 if none does. */
    static int lengthAt(byte[] buffer, int at, int to) {
        int lead = buffer[at] & 0xFF;
        int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        int second = buffer[at + 1] & 0xFF;
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        boolean isCharacter = second >= least && second <= most;
        for (int i = 2; i < length; i++) {
            isCharacter &= (buffer[at + i] & 0xC0) == 0x80;
        }
        return isCharacter ? length : 0;
    }

    /** How many characters, of Java's kind, valid UTF-8 has. */
    static int characters(byte[] buffer, int from, int to) {
        int characters = 0;
        for (int i = from; i < to; i++) {
            int b = buffer[i] & 0xFF;
            characters += (b & 0xC0) == 0x80 ? 0 : b < 0xF0 ? 1 : 2;
        }
        return characters;
    }
}
