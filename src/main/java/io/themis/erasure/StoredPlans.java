package io.themis.erasure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.Erasures;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Plans as they are kept to be approved. */
@Component
class StoredPlans {

    private final Erasures erasures;
    private final ObjectMapper json;

    StoredPlans(Erasures erasures, ObjectMapper json) {
        this.erasures = erasures;
        this.json = json;
    }

    /** The same text for the same plan. */
    String write(ErasurePlan plan) {
        try {
            return json.writeValueAsString(plan);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The plan that was proposed for this run of the request. */
    Optional<ErasurePlan> of(DataSubjectRequest request) {
        return erasures.proposal(request.id())
                .map(proposal -> read(proposal.plan()))
                .filter(plan -> plan.run() == request.run());
    }

    /** What it says of a file; nothing if it does not have the file. */
    Optional<FilePlan> of(DataSubjectRequest request, ErasureFile.Name file) {
        return of(request).stream()
                .flatMap(plan -> plan.datasets().stream())
                .filter(dataset -> dataset.dataset().equals(file.dataset()))
                .flatMap(dataset -> dataset.files().stream())
                .filter(planned -> planned.file().equals(file.file()))
                .findFirst();
    }

    private ErasurePlan read(String plan) {
        try {
            return json.readValue(plan, ErasurePlan.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
