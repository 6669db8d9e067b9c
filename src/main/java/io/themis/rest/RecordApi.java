package io.themis.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.themis.request.Act;
import io.themis.request.Acts;
import io.themis.request.BegunPlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.Deadlines;
import io.themis.request.Erasures;
import io.themis.request.Extension;
import io.themis.request.Outcome;
import io.themis.security.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The record of a request, by which the controller can show what was done for it (GDPR Art. 5(2)). */
@Component
public class RecordApi {

    private final RequestApi requests;
    private final ErasureApi plans;
    private final Deadlines deadlines;
    private final Erasures erasures;
    private final Acts acts;
    private final Clock clock;

    RecordApi(RequestApi requests, ErasureApi plans, Deadlines deadlines, Erasures erasures, Acts acts, Clock clock) {
        this.requests = requests;
        this.plans = plans;
        this.deadlines = deadlines;
        this.erasures = erasures;
        this.acts = acts;
        this.clock = clock;
    }

    /**
     * All that is kept of the request but the person's data.
     *
     * @throws NotFoundException if there is no request
     */
    public RequestRecord record(@Variable("caller") Caller caller, @Variable("request") DataSubjectRequest request) {
        RequestView view = requests.view(caller, request);
        boolean isPlanned =
                request.isErasure() && erasures.planDigest(request.id()).isPresent();
        return new RequestRecord(
                clock.instant(),
                view,
                request.caller(),
                request.language().toLanguageTag(),
                request.run(),
                deadlines.extension(request.id()).orElse(null),
                isPlanned ? plans.plan(request) : null,
                request.isErasure() ? erasures.begun(request.id()) : null,
                erasures.outcome(request.id()).map(Outcome::certificate).orElse(null),
                acts.of(request.id()));
    }

    /**
     * @param askedBy subject of the token that the request came with, {@code gateway} or {@code queue}
     * @param run how often the request has begun
     * @param plan the last one, with who approved it; null if there is none
     * @param carriedOut the plans by which something was erased
     * @param certificate JSON as it was signed; null if there is none
     * @param acts what people did to the request
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RequestRecord(
            Instant writtenAt,
            RequestView request,
            String askedBy,
            String language,
            int run,
            Extension extension,
            ErasureApi.PlanView plan,
            List<BegunPlan> carriedOut,
            @JsonRawValue String certificate,
            List<Act> acts) {}
}
