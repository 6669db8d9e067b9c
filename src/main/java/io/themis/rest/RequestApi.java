package io.themis.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.themis.datamap.DataMap;
import io.themis.request.Acts;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DataSubjectRequest.SealedPackage;
import io.themis.request.DatasetFindings;
import io.themis.request.Deadlines;
import io.themis.request.EmailAddress;
import io.themis.request.InvalidRequestException;
import io.themis.request.JsonBodies;
import io.themis.request.RequestStatus;
import io.themis.request.Requests;
import io.themis.request.SearchProgresses;
import io.themis.request.Steps;
import io.themis.request.Volume;
import io.themis.request.WrongStateException;
import io.themis.rest.RequestView.DatasetView;
import io.themis.rest.RequestView.ExtensionView;
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
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
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
    private final Deadlines deadlines;
    private final Acts acts;
    private final DataMap map;
    private final ErasureApi erasures;
    private final JsonBodies bodies;

    RequestApi(
            Requests requests,
            Steps steps,
            SearchProgresses searches,
            Deadlines deadlines,
            Acts acts,
            DataMap map,
            ErasureApi erasures,
            JsonBodies bodies) {
        this.requests = requests;
        this.steps = steps;
        this.searches = searches;
        this.deadlines = deadlines;
        this.acts = acts;
        this.map = map;
        this.erasures = erasures;
        this.bodies = bodies;
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
     * Where a request stands. Only staff sees why a step failed, only operators what is there to be reviewed, and only privacy
     * officers whose request it is.
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
                caller.isOfficer() ? request.emailAddress().value() : null,
                request.receivedAt(),
                request.dueAt(),
                deadlines.extension(request.id()).map(ExtensionView::of).orElse(null),
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
    public void retry(
            @Variable("caller") Caller caller,
            @Variable("request") DataSubjectRequest request,
            @Header("step") String step) {
        requireFound(request);
        if (steps.of(request.id()).stream().noneMatch(known -> known.name().equals(step))) {
            throw new NotFoundException("this request has no such step; GET the request to see its steps");
        }
        if (!steps.retry(request.id(), step)) {
            throw new ConflictException("only a parked step can be tried again");
        }
        acts.note(request.id(), "retry", step, caller.subject());
    }

    /**
     * Makes a request that is stuck as if it had just come in, but for its id and the day on which it is due.
     *
     * @throws NotFoundException if there is no request
     * @throws ConflictException if the request is closed, or goes on by itself
     */
    public DataSubjectRequest restart(
            @Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireFound(request);
        boolean isWaiting = request.status() == RequestStatus.AWAITING_APPROVAL;
        boolean hasStopped = request.isErasure() && !isWaiting && steps.haveAllEnded(request.id());
        if (request.status().isClosed() || !(hasStopped || steps.isStuck(request.id()))) {
            throw new ConflictException("only an open request with a parked step, or an erasure that is incomplete,"
                    + " and no step under way, can be restarted");
        }
        acts.note(request.id(), "restart", null, caller.subject());
        return requests.startOver(request.id());
    }

    /**
     * Extends the deadline, {@code {"months": 2, "reason": "…"}}.
     *
     * @throws NotFoundException if there is no request
     * @throws InvalidRequestException if the body says something else
     * @throws WrongStateException if it can't be extended, or not any more
     */
    public void extend(
            @Body byte[] body, @Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireFound(request);
        JsonNode root = bodies.read(body, "{\"months\": 2, \"reason\": \"…\"}", Set.of("months", "reason"));
        JsonNode months = root.path("months");
        if (!months.isInt() || months.intValue() < 1 || months.intValue() > Deadlines.MOST_MONTHS) {
            throw new InvalidRequestException(
                    "/months", "months must be from 1 to %d (GDPR Art. 12(3))".formatted(Deadlines.MOST_MONTHS));
        }
        deadlines.extend(request.id(), months.intValue(), Reasons.of(root), caller.subject());
        acts.note(request.id(), "extension", "by %d months".formatted(months.intValue()), caller.subject());
    }

    /**
     * Notes that the last mail to the person is to be sent again.
     *
     * @return the step that does it
     * @throws NotFoundException if there is no request
     * @throws ConflictException if there is no such mail, or what it brings has gone
     */
    public String resend(@Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireFound(request);
        String step = switch (request.status()) {
            case DELIVERED -> "send-ready-mail";
            case DONE -> "send-erased-mail";
            case REFUSED -> "send-refused-mail";
            default ->
                throw new ConflictException("the last mail of this request has not been sent, or its link has ended;"
                        + " what has not been sent goes out by itself, or is a parked step");
        };
        if (request.status() == RequestStatus.DELIVERED && !requests.isDownloadable(request)) {
            throw new ConflictException("the link has ended; the person can ask again");
        }
        if (requests.isReplay(request)) {
            throw new ConflictException("the person has not asked for this erasure, and gets no mail of it");
        }
        acts.note(request.id(), "resend", step, caller.subject());
        return step;
    }

    /** @throws NotFoundException if there is no package that can be downloaded, or not any more */
    public void requireDownloadable(@Variable("request") DataSubjectRequest request) {
        if (!requests.isDownloadable(request)) {
            throw new NotFoundException("this request has no package, not yet or not any more");
        }
    }

    /**
     * Ends the links to the package.
     *
     * @throws NotFoundException if there is no request
     * @throws WrongStateException if there are none, or they have ended
     */
    public void endLinks(@Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireFound(request);
        requests.endLinks(request.id());
        acts.note(request.id(), "end-links", null, caller.subject());
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
