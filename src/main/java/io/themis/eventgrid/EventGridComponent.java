package io.themis.eventgrid;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * Publishes messages as CloudEvents 1.0 to a topic of Azure Event Grid:
 * {@code azure-eventgrid:https://TOPIC/api/events?source=/orders}. It has the scheme, the options and the headers of
 * Camel's own component of that name, so either can stand for the other; {@code source} is an addition. Options are set
 * by the route alone; no header changes where an event goes or by whose right.
 */
@Component("azure-eventgrid")
public class EventGridComponent extends DefaultComponent {

    @Metadata
    private EventGridConfiguration configuration = new EventGridConfiguration();

    public EventGridConfiguration getConfiguration() {
        return configuration;
    }

    /** What endpoints start from; each can have its own options on top. */
    public void setConfiguration(EventGridConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        EventGridConfiguration own = configuration.copy();
        if (!remaining.isEmpty()) {
            own.setTopicEndpoint(remaining);
        }
        setProperties(own, parameters);
        return new EventGridEndpoint(uri, this, own);
    }
}
