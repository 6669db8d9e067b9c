package io.themis.queue;

import jakarta.jms.ConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.jms.policy.JmsDefaultPrefetchPolicy;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.util.UriComponentsBuilder;

/** What Service Bus needs, and does no other broker harm. What the URL says otherwise holds. */
@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

    private static final String IDLE_TIMEOUT = "amqp.idleTimeout";

    /**
     * Milliseconds of silence after which the broker is taken for gone. The broker is told half of it, and Service Bus refuses
     * to connect with less than a minute.
     */
    private static final int IDLE_MS = 120_000;

    @Bean(destroyMethod = "stop")
    @ConditionalOnProperty("themis.queue.url")
    ConnectionFactory connectionFactory(QueueSettings settings) {
        JmsConnectionFactory amqp = new JmsConnectionFactory(settings.username(), settings.password());
        // What is fetched is locked and nobody else's, so nothing is before it can be dealt with.
        JmsDefaultPrefetchPolicy prefetch = new JmsDefaultPrefetchPolicy();
        prefetch.setAll(0);
        amqp.setPrefetchPolicy(prefetch);
        // By a clock of its own the client would hide messages in Service Bus that the broker still gives out.
        amqp.setLocalMessageExpiry(false);
        amqp.setTracer(new UnreadableBodies());
        amqp.setRemoteURI(withIdleTimeout(settings.url()));
        JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();
        pool.setConnectionFactory(amqp);
        // Service Bus ends a link on which nothing was sent for ten minutes; one that is kept would be found out by
        // sending.
        pool.setUseAnonymousProducers(false);
        return pool;
    }

    @Bean
    DeadLetters deadLetters(ConnectionFactory broker, QueueSettings settings, TextMessages messages) {
        return new DeadLetters(broker, settings.url(), messages);
    }

    private static String withIdleTimeout(String url) {
        UriComponentsBuilder uri = UriComponentsBuilder.fromUriString(url);
        if (uri.build().getQueryParams().containsKey(IDLE_TIMEOUT)) {
            return url;
        }
        return uri.queryParam(IDLE_TIMEOUT, IDLE_MS).build().toUriString();
    }
}
