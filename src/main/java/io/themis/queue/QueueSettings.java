package io.themis.queue;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The broker.
 *
 * @param url AMQP 1.0 address, such as {@code amqps://name.servicebus.windows.net}
 */
@ConfigurationProperties("themis.queue")
public record QueueSettings(String url, String username, String password) {}
