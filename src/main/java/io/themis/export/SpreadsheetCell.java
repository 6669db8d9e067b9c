package io.themis.export;

import java.util.regex.Pattern;

/**
 * Keeps a spreadsheet from running text as a formula: text that starts with a character from which Excel, LibreOffice
 * or Google Sheets may begin one gets a leading apostrophe, as the OWASP page "CSV Injection" has it. That covers
 * {@code = + - @}, tab, CR, LF and the full-width forms of the signs, which East Asian versions take alike.
 *
 * <p>A plain negative number ({@code -1}, {@code -3.5}, {@code -2e9}) stays as it is: it can compute nothing but itself,
 * and as text it would be lost to sums and sorting. A leading plus is not left alone: the spreadsheet would drop it, and
 * what starts with one is mostly a telephone number.
 */
final class SpreadsheetCell {

    private static final String STARTS_A_FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    private static final Pattern NEGATIVE_NUMBER = Pattern.compile("-[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private SpreadsheetCell() {}

    static String of(String text) {
        boolean harmless = text.isEmpty()
                || STARTS_A_FORMULA.indexOf(text.charAt(0)) < 0
                || NEGATIVE_NUMBER.matcher(text).matches();
        return harmless ? text : "'" + text;
    }
}
