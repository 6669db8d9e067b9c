package io.themis.datamap;

import java.util.List;

/**
 * What GDPR Art. 15(1) asks about a dataset, in the controller's own words.
 *
 * @param retention how long the data is kept, or how that is decided (Art. 15(1)(d))
 * @param origin where the data comes from if not from the person (Art. 15(1)(g))
 */
public record Article15(
        Words<List<String>> purposes,
        Words<List<String>> categories,
        Words<List<String>> recipients,
        Words<String> retention,
        Words<String> origin) {}
