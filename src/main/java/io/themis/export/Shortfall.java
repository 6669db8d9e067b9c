package io.themis.export;

import java.util.regex.Pattern;

/**
 * What kind of thing keeps an answer from being whole, for the person. A reason is an English sentence for operators, so a
 * page says its kind in the person's language and quotes the sentence. A sentence of no known form is {@link #OTHER},
 * which is true of any.
 */
enum Shortfall {
    REFUSED("refused to hand out this file"),
    KEYS("rows of the person( there)? may not have been found"),
    UNCERTAIN("rows were left out"),
    UNREADABLE("^[^ ]+: .*, (before the first row|after row \\d+)$"),
    OTHER("");

    private final Pattern form;

    Shortfall(String form) {
        this.form = Pattern.compile(form);
    }

    static Shortfall of(String reason) {
        for (Shortfall shortfall : values()) {
            if (shortfall.form.matcher(reason).find()) {
                return shortfall;
            }
        }
        return OTHER;
    }
}
