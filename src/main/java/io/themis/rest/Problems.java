package io.themis.rest;

import io.themis.eventgrid.MalformedEventException;
import io.themis.request.IdempotencyKeyReusedException;
import io.themis.request.InvalidRequestException;
import io.themis.request.ReadableError;
import io.themis.request.WrongStateException;
import io.themis.security.NotAllowedException;
import io.themis.security.Problem;
import io.themis.step.RouteFailure;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Says what an exception means to a caller of the REST API. */
@Component
public class Problems {

    static final String STOPPED = "This can't be done now, as it was stopped here. Send the same call again later.";

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    public Problem of(Throwable caught) {
        Throwable failure = RouteFailure.cause(caught);
        if (failure instanceof InvalidRequestException e) {
            Problem problem = Problem.of(HttpStatus.BAD_REQUEST, e.getMessage());
            return new Problem(problem.status(), problem.title(), problem.detail(), e.pointer());
        }
        if (failure instanceof MalformedEventException) {
            return Problem.of(HttpStatus.BAD_REQUEST, failure.getMessage());
        }
        if (failure instanceof UnauthorizedException) {
            return Problem.of(HttpStatus.UNAUTHORIZED, failure.getMessage());
        }
        if (failure instanceof NotAllowedException) {
            return Problem.FORBIDDEN;
        }
        if (failure instanceof NotFoundException) {
            return Problem.of(HttpStatus.NOT_FOUND, failure.getMessage());
        }
        if (failure instanceof ConflictException || failure instanceof WrongStateException) {
            return Problem.of(HttpStatus.CONFLICT, failure.getMessage());
        }
        if (failure instanceof IdempotencyKeyReusedException) {
            return Problem.of(HttpStatus.UNPROCESSABLE_ENTITY, failure.getMessage());
        }
        if (failure instanceof TransactionException || failure instanceof DataAccessException) {
            LOG.error("a database does not answer: {}", failure.getClass().getName());
            return Problem.of(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "This can't be done now, and nothing was changed. Send the same call again in a minute.");
        }
        if (failure instanceof DirectConsumerNotAvailableException) {
            LOG.warn("a route that another one needs was stopped; the console shows which");
            return Problem.of(HttpStatus.SERVICE_UNAVAILABLE, STOPPED);
        }
        LOG.error("unexpected {}", failure.getClass().getName(), ReadableError.trace(failure));
        return Problem.of(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "This could not be done, and nothing was changed. The operators can see why in the log.");
    }
}
