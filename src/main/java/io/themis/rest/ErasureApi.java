package io.themis.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.themis.request.Acts;
import io.themis.request.Approval;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import io.themis.request.Erasures.Approved;
import io.themis.request.InvalidRequestException;
import io.themis.request.JsonBodies;
import io.themis.request.Outcome;
import io.themis.request.Proposal;
import io.themis.request.RecipientNotice;
import io.themis.request.RecipientNotices;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import io.themis.request.WrongStateException;
import io.themis.rest.RequestView.ReviewView;
import io.themis.security.Caller;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** What the REST routes about erasures call. */
@Component
public class ErasureApi {

    private final Requests requests;
    private final Erasures erasures;
    private final ErasureFiles files;
    private final RecipientNotices notices;
    private final Acts acts;
    private final JsonBodies bodies;
    private final Clock clock;
    private final int approvalsNeeded;

    /** @param approvalsNeeded how many different people have to approve a plan */
    ErasureApi(
            Requests requests,
            Erasures erasures,
            ErasureFiles files,
            RecipientNotices notices,
            Acts acts,
            JsonBodies bodies,
            Clock clock,
            @Value("${themis.erasure.approvals}") int approvalsNeeded) {
        if (approvalsNeeded < 1) {
            throw new IllegalArgumentException("themis.erasure.approvals must be 1 or more");
        }
        this.requests = requests;
        this.erasures = erasures;
        this.files = files;
        this.notices = notices;
        this.acts = acts;
        this.bodies = bodies;
        this.clock = clock;
        this.approvalsNeeded = approvalsNeeded;
    }

    /**
     * The plan with what has been said to it.
     *
     * @throws NotFoundException if there is no request, or no plan
     */
    public PlanView plan(@Variable("request") DataSubjectRequest request) {
        requireErasure(request);
        Proposal proposal = erasures.proposal(request.id())
                .orElseThrow(() ->
                        new NotFoundException("this request has no plan yet; GET the request to see where it stands"));
        return new PlanView(
                request.id(),
                proposal.digest(),
                proposal.plannedAt(),
                proposal.isApproved(),
                approvalsNeeded,
                erasures.approvals(request.id()),
                ReviewView.of(requests.findings(request.id())),
                proposal.plan());
    }

    /**
     * @param review rows that show the person's name and nobody's key; no plan erases them
     * @param plan JSON as it was proposed
     */
    record PlanView(
            UUID requestId,
            String planDigest,
            Instant plannedAt,
            boolean approved,
            int approvalsNeeded,
            List<Approval> approvals,
            ReviewView review,
            @JsonRawValue String plan) {}

    /**
     * Notes the caller's approval, {@code {"planDigest": "…"}}.
     *
     * @return whether enough people have approved
     * @throws NotFoundException if there is no request, or it is no erasure
     * @throws WrongStateException if the plan is another one, can't be approved, or is about the caller
     */
    public boolean approve(
            @Body byte[] body, @Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireErasure(request);
        if (caller.owns(request.emailAddress())) {
            throw new WrongStateException("nobody approves the erasure of their own data; let a colleague do it");
        }
        String digest = required(body, "planDigest", "{\"planDigest\": \"…\"}");
        Approved approved = erasures.approve(request.id(), digest, caller.subject(), approvalsNeeded);
        if (approved.isNew()) {
            acts.note(request.id(), "approval", digest, caller.subject());
        }
        return approved.isEnough();
    }

    /**
     * Declines the erasure, {@code {"reason": "…"}}.
     *
     * @throws NotFoundException if there is no request, or it is no erasure
     * @throws WrongStateException if there is no plan, or it has been approved
     */
    public void refuse(
            @Body byte[] body, @Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireErasure(request);
        String reason = Reasons.of(bodies.read(body, "{\"reason\": \"…\"}", Set.of("reason")));
        erasures.refuse(request.id(), reason, caller.subject());
        acts.note(request.id(), "refusal", null, caller.subject());
    }

    /**
     * Withdraws the erasure for its person.
     *
     * @throws NotFoundException if it is no erasure
     * @throws WrongStateException if it has not been counted yet, or it is too late
     */
    public void withdraw(@Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        requireErasure(request);
        erasures.withdraw(request.id());
        acts.note(request.id(), "withdrawal", null, caller.subject());
    }

    /**
     * The certificate, JSON.
     *
     * @throws NotFoundException if there is no request, or no certificate yet
     */
    public String certificate(@Variable("request") DataSubjectRequest request) {
        requireErasure(request);
        return erasures.outcome(request.id())
                .map(Outcome::certificate)
                .orElseThrow(() -> new NotFoundException("this request has no certificate, or not yet"));
    }

    /**
     * Notes that a recipient confirmed.
     *
     * @param number of the recipient, as the view of the request has it
     * @throws NotFoundException if there is no request, or no such recipient
     */
    public void confirm(@Variable("request") DataSubjectRequest request, @Header("recipient") String number) {
        requireErasure(request);
        if (number == null
                || !number.matches("[0-9]{1,9}")
                || !notices.received(request.id(), Integer.parseInt(number))) {
            throw new NotFoundException("nobody of that number has been told; GET the request to see its recipients");
        }
    }

    /** The time in {@code {"backupTakenAt": "…"}}, ISO 8601 with an offset. */
    public Instant backupTime(@Body byte[] body) {
        String text = required(body, "backupTakenAt", "{\"backupTakenAt\": \"2026-05-01T03:00:00Z\"}");
        try {
            Instant takenAt = OffsetDateTime.parse(text).toInstant();
            if (takenAt.isAfter(clock.instant()) || takenAt.isBefore(Instant.EPOCH)) {
                throw new InvalidRequestException(
                        "/backupTakenAt",
                        "backupTakenAt is when the backup was taken, no time in the future or before 1970");
            }
            return takenAt;
        } catch (DateTimeParseException e) {
            throw new InvalidRequestException(
                    "/backupTakenAt", "backupTakenAt must be a time like 2026-05-01T03:00:00Z");
        }
    }

    public Replayed replayed(@Body List<DataSubjectRequest> again) {
        return new Replayed(again.stream().map(DataSubjectRequest::id).toList());
    }

    record Replayed(List<UUID> requests) {}

    /** Where an erasure stands; null for a request of another type. */
    ErasureView view(DataSubjectRequest request, boolean isStaff) {
        if (request.type() != RequestType.ERASURE) {
            return null;
        }
        UUID id = request.id();
        Optional<Outcome> outcome = erasures.outcome(id);
        List<ErasureFile> planned = files.of(id);
        DataSubjectRequest access = requests.accessBefore(request);
        return new ErasureView(
                access == null ? null : access.id(),
                requests.isWaitingForAccess(request),
                requests.isReplay(request),
                erasures.proposal(id).map(Proposal::isApproved).orElse(false),
                erasures.approvals(id).size(),
                approvalsNeeded,
                planned.size(),
                planned.stream()
                        .filter(file -> file.state() == ErasureFile.State.REWRITTEN
                                || file.state() == ErasureFile.State.VERIFIED)
                        .count(),
                outcome.map(Outcome::endedAt).orElse(null),
                outcome.map(Outcome::refusal).orElse(null),
                isStaff ? outcome.map(Outcome::report).orElse(null) : null,
                isStaff ? notices.of(id) : null);
    }

    /**
     * @param waitsForCopy whether nothing is erased yet because the package of that request is not there
     * @param filesDone rewritten, verified or not yet
     * @param certifiedAt null as long as there is no certificate
     * @param report JSON of what was done, and of what is still there if not everything was; shown to staff
     * @param recipients shown to staff
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ErasureView(
            UUID accessRequestId,
            boolean waitsForCopy,
            boolean replay,
            boolean approved,
            int approvals,
            int approvalsNeeded,
            long files,
            long filesDone,
            Instant certifiedAt,
            String refusal,
            @JsonRawValue String report,
            List<RecipientNotice> recipients) {}

    private String required(byte[] body, String field, String example) {
        return Reasons.required(bodies.read(body, example, Set.of(field)), field);
    }

    private static void requireErasure(DataSubjectRequest request) {
        if (request == null || request.type() != RequestType.ERASURE) {
            throw new NotFoundException("there is no erasure request with this id");
        }
    }
}
