package io.themis.export;

import io.themis.datamap.Article15;
import io.themis.datamap.Dataset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What Art. 15(1)(a) to (h) GDPR asks besides the data, for the datasets in which something was found; the same in
 * {@code information.json} and {@code information.html}.
 *
 * @param createdAt ISO 8601, UTC
 * @param controller names the supervisory authority (f) and says what is decided automatically (h)
 * @param rights Art. 15(1)(e) and (f)
 */
public record Article15Sheet(
        UUID requestId,
        String language,
        String createdAt,
        Controller controller,
        List<Processing> datasets,
        List<Right> rights) {

    /** Art. 15(1)(a) to (d) and (g), in the words of the data map. */
    public record Processing(
            String name,
            Said<String> title,
            Said<List<String>> purposes,
            Said<List<String>> categories,
            Said<List<String>> recipients,
            Said<String> retention,
            Said<String> origin) {

        private static Processing of(Dataset dataset, Locale language) {
            Article15 facts = dataset.article15();
            return new Processing(
                    dataset.name(),
                    Said.of(dataset.title(), language),
                    Said.of(facts.purposes(), language),
                    Said.of(facts.categories(), language),
                    Said.of(facts.recipients(), language),
                    Said.of(facts.retention(), language),
                    Said.of(facts.origin(), language));
        }
    }

    /** @param article of the GDPR, such as {@code 16} */
    public record Right(String article, String title, String text) {}

    static Article15Sheet of(PackageContent content, Texts texts) {
        return new Article15Sheet(
                content.requestId(),
                texts.language().toLanguageTag(),
                content.createdAt().toString(),
                content.controller(),
                content.datasets().stream()
                        .filter(entry -> entry.findings().rows() > 0)
                        .map(entry -> Processing.of(entry.dataset(), texts.language()))
                        .toList(),
                Stream.of("16", "17", "18", "20", "21", "77")
                        .map(article -> new Right(
                                article,
                                texts.get("right." + article + ".title"),
                                texts.get("right." + article + ".text")))
                        .toList());
    }
}
