package io.themis.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The text of a file. A byte order mark is taken off and tells the encoding; it must not contradict the one that the data
 * map names. Without either it is UTF-8.
 *
 * <p>Not an {@code InputStreamReader}: that drops the text before bytes that are of no character, and rows with it. Here
 * the text before comes first, and the next read throws.
 */
final class DecodedText extends Reader {

    static final int LONGEST_MARK = 3;

    private final InputStream file;
    private final ByteBuffer bytes = ByteBuffer.allocate(8192).flip();
    private final Charset encoding;
    private final CharsetDecoder decoder;
    private boolean ended;
    private boolean flushed;

    /**
     * @param named by the data map, or null
     * @throws UnreadableContentException if there is a mark of another encoding than the named one
     */
    DecodedText(InputStream file, Charset named) throws IOException {
        this.file = file;
        while (bytes.remaining() < LONGEST_MARK && !ended) {
            fill();
        }
        byte[] start = Arrays.copyOf(bytes.array(), Math.min(LONGEST_MARK, bytes.remaining()));
        Charset marked = marked(start);
        if (marked != null && named != null && !marked.name().startsWith(named.name())) {
            throw new UnreadableContentException("the file is encoded in %s, as its byte order mark says, not in %s"
                    .formatted(marked.name(), named.name()));
        }
        bytes.position(markLength(start));
        encoding = encoding(start, named);
        decoder = encoding.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /**
     * The encoding of a file that begins so; what its mark says goes before what it was named.
     *
     * @param start three bytes, if the file has as many
     */
    static Charset encoding(byte[] start, Charset named) {
        Charset marked = marked(start);
        return marked != null ? marked : named != null ? named : StandardCharsets.UTF_8;
    }

    /** Bytes of the mark that a file begins with. */
    static int markLength(byte[] start) {
        Charset marked = marked(start);
        return marked == null ? 0 : marked.equals(StandardCharsets.UTF_8) ? 3 : 2;
    }

    private static Charset marked(byte[] start) {
        String hex = HexFormat.of().formatHex(start);
        return hex.startsWith("efbbbf")
                ? StandardCharsets.UTF_8
                : hex.startsWith("fffe")
                        ? StandardCharsets.UTF_16LE
                        : hex.startsWith("feff") ? StandardCharsets.UTF_16BE : null;
    }

    private void fill() throws IOException {
        bytes.compact();
        int read = file.read(bytes.array(), bytes.position(), bytes.remaining());
        ended = read < 0;
        bytes.position(bytes.position() + Math.max(0, read)).flip();
    }

    /** @param length 2 at least: a character outside the BMP is two */
    @Override
    public int read(char[] target, int from, int length) throws IOException {
        CharBuffer text = CharBuffer.wrap(target, from, length);
        while (!flushed) {
            CoderResult result = decoder.decode(bytes, text, ended);
            if (result.isUnderflow() && ended) {
                result = decoder.flush(text);
                flushed = result.isUnderflow();
            }
            if (text.position() > from) {
                return text.position() - from;
            }
            if (result.isError()) {
                throw new UnreadableContentException("the file is not valid " + encoding.name());
            }
            if (!ended) {
                fill();
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
