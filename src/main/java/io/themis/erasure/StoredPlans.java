package io.themis.erasure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.Erasures;
import io.themis.request.JsonText;
import io.themis.request.Proposal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Plans as they are kept to be approved. */
@Component
class StoredPlans {

    /** Of all plans in memory together; some tens of megabytes. */
    private static final long MOST_FILES = 200_000;

    private final Erasures erasures;
    private final JsonText json;

    /** Digest to plan. An erasure asks for its plan at each of its files. */
    private final Cache<String, ReadPlan> recent = Caffeine.newBuilder()
            .maximumWeight(MOST_FILES)
            .weigher((String digest, ReadPlan read) -> 1 + read.files().size())
            .build();

    StoredPlans(Erasures erasures, ObjectMapper json) {
        this.erasures = erasures;
        this.json = new JsonText(json);
    }

    private record ReadPlan(ErasurePlan plan, Map<ErasureFile.Name, FilePlan> files) {

        static ReadPlan of(ErasurePlan plan) {
            Map<ErasureFile.Name, FilePlan> files = new HashMap<>();
            for (DatasetPlan dataset : plan.datasets()) {
                dataset.files().forEach(file -> files.put(new ErasureFile.Name(dataset.dataset(), file.file()), file));
            }
            return new ReadPlan(plan, files);
        }
    }

    /** The same text for the same plan. */
    String write(ErasurePlan plan) {
        return json.write(plan);
    }

    /** The plan that was proposed for this run of the request. */
    Optional<ErasurePlan> of(DataSubjectRequest request) {
        return find(request).map(ReadPlan::plan);
    }

    /** What it says of a file; nothing if it does not have the file. */
    Optional<FilePlan> of(DataSubjectRequest request, ErasureFile.Name file) {
        return find(request).map(read -> read.files().get(file));
    }

    private Optional<ReadPlan> find(DataSubjectRequest request) {
        return erasures.planDigest(request.id())
                .map(recent::getIfPresent)
                .or(() -> erasures.proposal(request.id()).map(this::read))
                .filter(read -> read.plan().run() == request.run());
    }

    /** Kept by its own digest: it may have taken the place of the plan that was asked for. */
    private ReadPlan read(Proposal proposal) {
        ReadPlan read = ReadPlan.of(json.read(proposal.plan(), ErasurePlan.class));
        recent.put(proposal.digest(), read);
        return read;
    }
}
