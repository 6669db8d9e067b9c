/**
 * Whether this replica is ready for work: its routes are started and its stores answer. The mail server and Event Grid do
 * not count, because their steps wait for them.
 */
package io.themis.health;
