package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadsheetCellTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "=HYPERLINK(\"http://example.org\")",
                "+1+1",
                "+49 30 1234",
                "-1+1",
                "-",
                "--1",
                "-1 ",
                "-.5",
                "-1,5",
                "-1E",
                "-cmd|' /C calc'!A0",
                "@SUM(A1)",
                "\t=1+1",
                "\r=1+1",
                "\n=1+1",
                "\uFF1D1+1",
                "\uFF0B1+1",
                "\uFF0D1+1",
                "\uFF0D1",
                "\uFF20SUM(A1)",
                "-\u0661"
            })
    void textThatMayStartAFormulaGetsAnApostrophe(String text) {
        assertThat(SpreadsheetCell.of(text)).isEqualTo("'" + text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text", "'quoted", "a=1", "1-1", " =1", "0", "1e5", "-1", "-3.5", "-0", "-2e9", "-1.5E-10"})
    void otherTextAndPlainNegativeNumbersStayAsTheyAre(String text) {
        assertThat(SpreadsheetCell.of(text)).isEqualTo(text);
    }
}
