/** The broker: any that speaks AMQP 1.0, such as Azure Service Bus or Artemis. */
package io.themis.queue;
