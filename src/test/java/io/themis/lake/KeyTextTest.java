package io.themis.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyTextTest {

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("42.0", "42.0"),
                Arguments.of(" 042", " 042"),
                Arguments.of(42, "42"),
                Arguments.of((short) 42, "42"),
                Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of(42.0, "42"),
                Arguments.of(4.2e10, "42000000000"),
                Arguments.of(0.1f, "0.1"),
                Arguments.of(new BigDecimal("42.00"), "42"),
                Arguments.of(new BigDecimal("4.2E1"), "42"),
                Arguments.of(new BigDecimal("-0.00"), "0"),
                Arguments.of(new BigInteger("12345678901234567890"), "12345678901234567890"),
                Arguments.of(
                        UUID.fromString("7f9c24e8-3b12-4fef-91e0-5c1f2d3a4b5c"),
                        "7f9c24e8-3b12-4fef-91e0-5c1f2d3a4b5c"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aNumberIsItsDigitsAndATextIsItself(Object value, String text) {
        assertThat(KeyText.of(value)).contains(text);
    }

    @Test
    void whatHasNoOneTextIsNoKey() {
        assertThat(Arrays.asList(
                        null,
                        true,
                        List.of(42),
                        Map.of("id", 42),
                        new byte[] {42},
                        Double.NaN,
                        Float.POSITIVE_INFINITY,
                        new BigDecimal("1E+1000000000"),
                        new BigDecimal("1E-1000000000")))
                .allSatisfy(value -> assertThat(KeyText.of(value)).isEmpty());
    }
}
