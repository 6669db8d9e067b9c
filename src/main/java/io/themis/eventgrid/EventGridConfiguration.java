package io.themis.eventgrid;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.credential.TokenCredential;
import com.azure.core.models.CloudEvent;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.apache.camel.spi.UriPath;

/** Options of the {@code azure-eventgrid} component and of each of its endpoints. */
@UriParams
public class EventGridConfiguration implements Cloneable {

    @UriPath
    @Metadata(required = true)
    private String topicEndpoint;

    @UriParam(label = "producer", defaultValue = "/camel")
    private String source = "/camel";

    @UriParam(label = "security", secret = true)
    private String accessKey;

    @UriParam(label = "security", secret = true)
    @Metadata(autowired = true)
    private AzureKeyCredential azureKeyCredential;

    @UriParam(label = "security", secret = true)
    @Metadata(autowired = true)
    private TokenCredential tokenCredential;

    @UriParam(label = "security", enums = "ACCESS_KEY,AZURE_IDENTITY,TOKEN_CREDENTIAL", defaultValue = "ACCESS_KEY")
    private CredentialType credentialType;

    @UriParam(label = "producer")
    @Metadata(autowired = true)
    private EventGridPublisherClient<CloudEvent> publisherClient;

    public String getTopicEndpoint() {
        return topicEndpoint;
    }

    /** URL of the topic, such as {@code https://NAME.REGION-1.eventgrid.azure.net/api/events}. */
    public void setTopicEndpoint(String topicEndpoint) {
        this.topicEndpoint = topicEndpoint;
    }

    public String getSource() {
        return source;
    }

    /** Source of every event that has no header {@link EventGridConstants#SOURCE}. */
    public void setSource(String source) {
        this.source = source;
    }

    public String getAccessKey() {
        return accessKey;
    }

    /** Access key of the topic. */
    public void setAccessKey(String accessKey) {
        this.accessKey = accessKey;
    }

    public AzureKeyCredential getAzureKeyCredential() {
        return azureKeyCredential;
    }

    /** Access key of the topic that can be changed while the route runs; comes before {@code accessKey}. */
    public void setAzureKeyCredential(AzureKeyCredential azureKeyCredential) {
        this.azureKeyCredential = azureKeyCredential;
    }

    public TokenCredential getTokenCredential() {
        return tokenCredential;
    }

    /** Source of Microsoft Entra tokens. */
    public void setTokenCredential(TokenCredential tokenCredential) {
        this.tokenCredential = tokenCredential;
    }

    public CredentialType getCredentialType() {
        return credentialType;
    }

    /** Which credential counts. If not set: a key, or a token credential where there is nothing else. */
    public void setCredentialType(CredentialType credentialType) {
        this.credentialType = credentialType;
    }

    public EventGridPublisherClient<CloudEvent> getPublisherClient() {
        return publisherClient;
    }

    /** Client to publish with; it knows its own topic and credential, and those given here do not matter. */
    public void setPublisherClient(EventGridPublisherClient<CloudEvent> publisherClient) {
        this.publisherClient = publisherClient;
    }

    boolean hasCredential() {
        return hasKey() || tokenCredential != null || credentialType == CredentialType.AZURE_IDENTITY;
    }

    CredentialType effectiveCredentialType() {
        if (credentialType != null) {
            return credentialType;
        }
        return tokenCredential != null && !hasKey() ? CredentialType.TOKEN_CREDENTIAL : CredentialType.ACCESS_KEY;
    }

    EventGridConfiguration copy() {
        try {
            return (EventGridConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    private boolean hasKey() {
        return accessKey != null || azureKeyCredential != null;
    }
}
