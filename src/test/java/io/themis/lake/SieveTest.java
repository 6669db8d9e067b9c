package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ways of looking at bytes see what somebody sees who looks at one after the other. */
class SieveTest {

    private static final byte[] KEY = "OwnerUserId".getBytes(UTF_8);
    private static final byte[] ESCAPE = "\\u00".getBytes(UTF_8);

    private enum Way {
        WORDS,
        VECTORS;

        private Sieve sieve(char wanted, boolean controls, List<Needle> needles) {
            return this == WORDS
                    ? new WordSieve((byte) wanted, controls, needles)
                    : new VectorSieve((byte) wanted, controls, needles);
        }

        private CsvMasks masks() {
            return this == WORDS
                    ? new WordCsvMasks((byte) '"', (byte) ',')
                    : new VectorCsvMasks((byte) '"', (byte) ',');
        }
    }

    @ParameterizedTest
    @EnumSource
    void noPlaceOfInterestIsMissed(Way way) {
        List<Needle> needles = List.of(new Needle(KEY), new Needle(ESCAPE));
        Random dice = new Random(1);
        Sieve sieve = way.sieve('<', true, needles);
        for (int times = 0; times < 500; times++) {
            byte[] buffer = bytes(dice);
            int from = dice.nextInt(buffer.length);
            int to = from + dice.nextInt(buffer.length - from + 1);
            TreeSet<Integer> expected = new TreeSet<>();
            for (int i = from; i < to; i++) {
                if (buffer[i] == '<' || buffer[i] >= 0 && buffer[i] < ' ') {
                    expected.add(i);
                }
            }
            for (Needle needle : needles) {
                byte[] text = needle == needles.get(0) ? KEY : ESCAPE;
                for (int i = from; i + text.length <= to; i++) {
                    if (ByteBuffer.wrap(buffer, i, text.length).equals(ByteBuffer.wrap(text))) {
                        expected.add(i + needle.mark());
                    }
                }
            }
            List<Integer> places = all(sieve.look(buffer, from, to));
            assertThat(places).isSorted().doesNotHaveDuplicates().containsAll(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsOfNoInterestIsLeftOut(Way way) {
        Sieve sieve = way.sieve('\n', false, List.of());
        byte[] buffer = ("a\tb<c é".repeat(40) + "\n").repeat(40).getBytes(UTF_8);
        int places = sieve.look(buffer, 0, buffer.length).size();
        // The last bytes, fewer than are looked at together, are given one by one
        assertThat(places).isBetween(40, 40 + Long.SIZE);
    }

    @ParameterizedTest
    @EnumSource
    void theFirstByteThatIsNotUtf8IsFoundAsTheJdkFindsIt(Way way) {
        Sieve sieve = way.sieve('<', true, List.of(new Needle(KEY)));
        Random dice = new Random(2);
        for (int times = 0; times < 2_000; times++) {
            byte[] buffer = ("x".repeat(dice.nextInt(70)) + "é€😀")
                    .repeat(5 + dice.nextInt(200))
                    .getBytes(UTF_8);
            if (dice.nextInt(4) > 0) {
                buffer[dice.nextInt(buffer.length)] = (byte) dice.nextInt(256);
            }
            int from = dice.nextInt(80);
            int to = buffer.length - dice.nextInt(80);
            sieve.look(buffer, from, to);
            assertThat(sieve.firstInvalid()).isEqualTo(firstInvalid(buffer, from, to));
        }
    }

    private static int firstInvalid(byte[] buffer, int from, int to) {
        if (from >= to) {
            return -1;
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer, from, to - from);
        boolean isInvalid = UTF_8.newDecoder()
                .decode(bytes, CharBuffer.allocate(bytes.remaining()), true)
                .isError();
        return isInvalid ? bytes.position() : -1;
    }

    @ParameterizedTest
    @EnumSource
    void eachQuoteDelimiterAndLineEndHasItsBitAndNothingElse(Way way) {
        CsvMasks masks = way.masks();
        Random dice = new Random(3);
        for (int times = 0; times < 500; times++) {
            byte[] buffer = bytes(dice);
            int from = dice.nextInt(buffer.length);
            int length = dice.nextInt(Math.min(CsvMasks.LENGTH, buffer.length - from) + 1);
            masks.look(buffer, from, length);
            for (int block = 0; block * Long.SIZE < length; block++) {
                int first = from + block * Long.SIZE;
                int last = Math.min(from + length, first + Long.SIZE);
                assertThat(masks.quotes(block)).isEqualTo(bits(buffer, first, last, "\""));
                assertThat(masks.delimiters(block)).isEqualTo(bits(buffer, first, last, ","));
                assertThat(masks.lineEnds(block)).isEqualTo(bits(buffer, first, last, "\n\r"));
            }
        }
    }

    private static long bits(byte[] buffer, int from, int to, String wanted) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            if (wanted.indexOf(buffer[i]) >= 0) {
                bits |= 1L << i - from;
            }
        }
        return bits;
    }

    /** Mostly what is of interest, or differs from it by a bit. */
    private static byte[] bytes(Random dice) {
        ByteBuffer buffer = ByteBuffer.allocate(1 + dice.nextInt(20_000));
        byte[] near = "<=;\",\n\r-!#\u0000\u001f ".getBytes(UTF_8);
        while (buffer.hasRemaining()) {
            int kind = dice.nextInt(40);
            byte[] next = kind == 0
                    ? KEY
                    : kind == 1
                            ? ESCAPE
                            : new byte[] {kind < 4 ? near[dice.nextInt(near.length)] : (byte) dice.nextInt(256)};
            buffer.put(next, 0, Math.min(next.length, buffer.remaining()));
        }
        return buffer.array();
    }

    private static List<Integer> all(Positions places) {
        return IntStream.range(0, places.size()).mapToObj(places::get).toList();
    }
}
