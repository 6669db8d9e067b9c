package io.themis.eventgrid;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.support.DefaultEndpoint;

/** One topic of Azure Event Grid, to publish to. */
@UriEndpoint(
        firstVersion = "4.17.0",
        scheme = "azure-eventgrid",
        title = "Azure Event Grid",
        syntax = "azure-eventgrid:topicEndpoint",
        producerOnly = true,
        category = {Category.CLOUD, Category.MESSAGING},
        headersClass = EventGridConstants.class)
public class EventGridEndpoint extends DefaultEndpoint implements EndpointServiceLocation {

    @UriParam
    private final EventGridConfiguration configuration;

    EventGridEndpoint(String uri, EventGridComponent component, EventGridConfiguration configuration) {
        super(uri, component);
        this.configuration = configuration;
    }

    public EventGridConfiguration getConfiguration() {
        return configuration;
    }

    @Override
    public Producer createProducer() {
        return new EventGridProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "azure-eventgrid only publishes. Event Grid delivers to a webhook: start the route from one.");
    }

    @Override
    public String getServiceUrl() {
        return configuration.getTopicEndpoint();
    }

    @Override
    public String getServiceProtocol() {
        return "eventgrid";
    }

    @Override
    @SuppressWarnings("unchecked")
    protected void doInit() throws Exception {
        super.doInit();
        if (!isAutowiredEnabled() || !getComponent().isAutowiredEnabled()) {
            return;
        }
        Registry registry = getCamelContext().getRegistry();
        if (configuration.getPublisherClient() == null) {
            configuration.setPublisherClient(registry.findSingleByType(EventGridPublisherClient.class));
        }
        // a credential that happens to be in the registry never takes the place of one that the route names
        if (!configuration.hasCredential()) {
            configuration.setAzureKeyCredential(registry.findSingleByType(AzureKeyCredential.class));
            configuration.setTokenCredential(registry.findSingleByType(TokenCredential.class));
        }
    }
}
