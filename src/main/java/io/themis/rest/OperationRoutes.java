package io.themis.rest;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.themis.security.Problem;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.rest.openapi.DefaultRestOpenapiProcessorStrategy;
import org.apache.camel.support.processor.RestBindingAdvice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * Calls the route of an operation. If that was stopped, in the console, the caller is told so at once: Camel would wait half a minute for
 * the route to start again, and then answer with nothing but 500.
 */
@Component
class OperationRoutes extends DefaultRestOpenapiProcessorStrategy {

    private static final Logger LOG = LoggerFactory.getLogger(OperationRoutes.class);

    @Override
    public boolean process(
            OpenAPI contract,
            Operation operation,
            String verb,
            String path,
            RestBindingAdvice binding,
            Exchange exchange,
            AsyncCallback callback) {
        String route = operation.getOperationId();
        ServiceStatus status = getCamelContext().getRouteController().getRouteStatus(route);
        if (status.isStarted()) {
            return super.process(contract, operation, verb, path, binding, exchange, callback);
        }
        LOG.warn("operation {} was called, and its route is {}", route, status);
        Problem problem = Problem.of(HttpStatus.SERVICE_UNAVAILABLE, Problems.STOPPED);
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
        answer.setHeader(Exchange.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        answer.setBody(problem.json());
        callback.done(true);
        return true;
    }
}
