/**
 * The {@code step:} Camel component: {@code to: step:name} starts a durable step of the request at hand,
 * {@code from: step:name} does it. A message sent to a step is not in memory but in the request database.
 */
package io.themis.step;
