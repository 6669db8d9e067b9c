package io.themis.certificate;

import io.themis.certificate.Certificate.Mask;
import io.themis.erasure.ErasureReport.OldCopy;
import io.themis.export.Texts;
import io.themis.request.Languages;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a certificate says, in words for people: of one language, {@code templates/certificate/texts*.properties}. */
public final class CertificateWords {

    static final String FOLDER = "templates/certificate";

    private static final Pattern ARTICLE = Pattern.compile("(\\d+)\\((\\d+)\\)\\(([a-z])\\)");

    private final Texts texts;

    /** English for who speaks none of the languages. */
    public CertificateWords(Locale wanted) {
        Locale language = Locale.forLanguageTag(wanted.getLanguage());
        texts = new Texts(FOLDER, Languages.SPOKEN.contains(language) ? language : Languages.SPOKEN.get(0));
    }

    Texts texts() {
        return texts;
    }

    /** {@code Article 17(3)(b) GDPR}, {@code Artikel 17 Absatz 3 Buchstabe b DSGVO}. */
    public String article(String number) {
        Matcher parts = ARTICLE.matcher(number);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no such article: " + number);
        }
        return texts.get("article", parts.group(1), parts.group(2), parts.group(3));
    }

    /** The columns in which values were replaced, as the person calls them; nothing if the data map names none. */
    public String columns(List<Mask> masks) {
        return String.join(
                ", ", masks.stream().flatMap(mask -> column(mask).stream()).toList());
    }

    /** {@code in 112 records}. */
    public String masked(long rows) {
        return texts.get("masked.records", rows);
    }

    /** What came in the place of the value, with the name of its column if there is one. */
    String replaced(Mask mask) {
        String how = texts.get("mask." + mask.by(), mask.text());
        return column(mask).map(column -> texts.get("mask.column", column, how)).orElse(how);
    }

    private Optional<String> column(Mask mask) {
        return Optional.ofNullable(mask.title()).map(this::in).or(() -> Optional.ofNullable(mask.column()));
    }

    /** Words of the data map: those of its own language where there are none in this one. */
    public String in(Map<String, String> byLanguage) {
        return byLanguage.get(
                Certificate.languageFor(byLanguage, texts.language().toLanguageTag()));
    }

    /** Why an old copy is still there; null if the store drops it by its own rule. */
    String why(OldCopy copy) {
        return copy.why() == null ? null : texts.get("copies.why." + copy.why(), copy.answer());
    }

    /** One moment if both are the same to the minute. */
    boolean isSameMinute(Instant one, Instant other) {
        return texts.time(one).equals(texts.time(other));
    }
}
