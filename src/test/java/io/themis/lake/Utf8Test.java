package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    private static final int[] BORDERS = {
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    @Test
    void bytesStopBeingUtf8WhereTheJdkSaysSo() {
        Random dice = new Random(7);
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = bytes(dice);
            int from = dice.nextInt(bytes.length + 1);
            int to = from + dice.nextInt(bytes.length - from + 1);
            ByteBuffer input = ByteBuffer.wrap(bytes, from, to - from);
            CharBuffer text = CharBuffer.allocate(bytes.length + 1);
            boolean isValid = !UTF_8.newDecoder().decode(input, text, true).isError();

            assertThat(Utf8.firstInvalid(bytes, from, to)).isEqualTo(isValid ? -1 : input.position());
            if (isValid) {
                assertThat(Utf8.characters(bytes, from, to)).isEqualTo(text.position());
            }
        }
    }

    private static byte[] bytes(Random dice) {
        byte[] bytes = new byte[dice.nextInt(100)];
        boolean isText = dice.nextBoolean();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (isText ? 'x' : BORDERS[dice.nextInt(BORDERS.length)]);
        }
        byte[] character = Character.toString(
                        dice.nextBoolean() ? dice.nextInt(0xD800) : 0x10000 + dice.nextInt(0x100000))
                .getBytes(UTF_8);
        int place = dice.nextInt(bytes.length + 1);
        System.arraycopy(character, 0, bytes, place, Math.min(character.length, bytes.length - place));
        return bytes;
    }
}
