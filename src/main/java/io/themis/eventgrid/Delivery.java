package io.themis.eventgrid;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What one call of the webhook brought. */
public sealed interface Delivery {

    /**
     * Event Grid asks whether its events are welcome (Event Grid schema). As JSON it is the answer that Event Grid
     * waits for.
     *
     * @param code to be sent back
     */
    record Validation(@JsonProperty("validationResponse") String code) implements Delivery {}

    /**
     * The events to act on, in the order they came in; empty if all of them were for somebody else. Event Grid
     * delivers at least once and in any order.
     */
    record Events(List<ReceivedEvent> events) implements Delivery {}
}
