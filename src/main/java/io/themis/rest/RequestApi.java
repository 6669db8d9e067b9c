package io.themis.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.themis.datamap.DataMap;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DataSubjectRequest.SealedPackage;
import io.themis.request.DatasetFindings;
import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.RequestStatus;
import io.themis.request.Requests;
import io.themis.request.SearchProgresses;
import io.themis.request.Steps;
import io.themis.request.Volume;
import io.themis.rest.RequestView.DatasetView;
import io.themis.rest.RequestView.LakeView;
import io.themis.rest.RequestView.PackageView;
import io.themis.rest.RequestView.PartView;
import io.themis.rest.RequestView.Progress;
import io.themis.rest.RequestView.ReviewView;
import io.themis.rest.RequestView.StepView;
import io.themis.security.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** What the REST routes about requests call. */
@Component
public class RequestApi {

    private final Requests requests;
    private final Steps steps;
    private final SearchProgresses searches;
    private final DataMap map;
    private final ErasureApi erasures;

    RequestApi(Requests requests, Steps steps, SearchProgresses searches, DataMap map, ErasureApi erasures) {
        this.requests = requests;
        this.steps = steps;
        this.searches = searches;
        this.map = map;
        this.erasures = erasures;
    }

    /**
     * The address in a path, of which Camel gives what stands in the URL.
     *
     * @throws InvalidRequestException if it is none
     */
    public EmailAddress emailAddress(@Header("emailAddress") String pathSegment) {
        return new EmailAddress(UriUtils.decode(pathSegment, StandardCharsets.UTF_8));
    }

    /**
     * The answer to an accepted request. It says {@code received} also where it repeats an earlier one, because how far
     * that has come would tell whether the company knows the person.
     *
     * @param access the request whose package an erasure waits for, or null
     */
    public AcceptedRequest accepted(DataSubjectRequest request, DataSubjectRequest access) {
        return new AcceptedRequest(
                request.id(), RequestStatus.RECEIVED.label(), request.dueAt(), access == null ? null : access.id());
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AcceptedRequest(UUID id, String status, Instant dueAt, UUID accessRequestId) {}

    /** The request of that id; null if there is none, which not everybody may be told. */
    public DataSubjectRequest find(@Header("id") String id) {
        return uuid(id).flatMap(requests::find).orElse(null);
    }

    /**
     * Where a request stands. Only staff sees why a step failed, and only operators what is there to be reviewed.
     *
     * @throws NotFoundException if there is no request
     */
    public RequestView view(@Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireFound(request);
        List<DatasetFindings> findings = requests.findings(request.id()).stream()
                .sorted(Comparator.comparing(DatasetFindings::dataset))
                .toList();
        return new RequestView(
                request.id(),
                request.type().label(),
                request.status().label(),
                request.receivedAt(),
                request.dueAt(),
                new Progress(
                        findings.size(),
                        map.datasets().size(),
                        searches.of(request).map(LakeView::of).orElse(null)),
                steps.of(request.id()).stream()
                        .map(step -> StepView.of(step, caller.isStaff()))
                        .toList(),
                findings.stream().map(DatasetView::of).toList(),
                caller.mayOperate() && !isErased(request) ? ReviewView.of(findings) : null,
                request.sealed() == null ? null : view(request.sealed()),
                erasures.view(request, caller.isStaff()));
    }

    /** Once the person's names are gone, nothing can be found by them. */
    private static boolean isErased(DataSubjectRequest request) {
        return request.isErasure() && request.status().isClosed();
    }

    private static PackageView view(SealedPackage sealed) {
        List<Volume> volumes = sealed.volumes();
        boolean isOne = volumes.size() == 1;
        return new PackageView(
                volumes.stream().mapToLong(Volume::bytes).sum(),
                isOne ? volumes.get(0).sha256() : null,
                sealed.expiresAt(),
                isOne ? null : volumes.stream().map(PartView::of).toList());
    }

    /**
     * @throws NotFoundException if there is no request, or no such step
     * @throws ConflictException if the step is not parked
     */
    public void retry(@Variable("request") DataSubjectRequest request, @Header("step") String step) {
        requireFound(request);
        if (steps.of(request.id()).stream().noneMatch(known -> known.name().equals(step))) {
            throw new NotFoundException("this request has no such step; GET the request to see its steps");
        }
        if (!steps.retry(request.id(), step)) {
            throw new ConflictException("only a parked step can be tried again");
        }
    }

    /**
     * Makes a request that is stuck as if it had just come in, but for its id and the day on which it is due.
     *
     * @throws NotFoundException if there is no request
     * @throws ConflictException if the request is closed, or goes on by itself
     */
    public DataSubjectRequest restart(@Variable("request") DataSubjectRequest request) {
        requireFound(request);
        boolean isWaiting = request.status() == RequestStatus.AWAITING_APPROVAL;
        boolean hasStopped = request.isErasure() && !isWaiting && steps.haveAllEnded(request.id());
        if (request.status().isClosed() || !(hasStopped || steps.isStuck(request.id()))) {
            throw new ConflictException("only an open request with a parked step, or an erasure that is incomplete,"
                    + " and no step under way, can be restarted");
        }
        return requests.startOver(request.id());
    }

    private static void requireFound(DataSubjectRequest request) {
        if (request == null) {
            throw new NotFoundException("there is no request with this id");
        }
    }

    private static Optional<UUID> uuid(String id) {
        try {
            return Optional.ofNullable(id).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
