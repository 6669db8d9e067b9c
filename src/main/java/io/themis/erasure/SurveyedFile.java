package io.themis.erasure;

import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.erasure.ErasurePlan.Kept;
import java.util.List;

/**
 * What a person's rows are in one lake file.
 *
 * @param kept of the rows that stay, why
 * @param problem why there may be others; null if there can be none
 */
public record SurveyedFile(FilePlan plan, List<Kept> kept, String problem) {

    static SurveyedFile problem(String file, String what) {
        return new SurveyedFile(new FilePlan(file, 0, 0, 0, 0), List.of(), "%s: %s".formatted(file, what));
    }
}
