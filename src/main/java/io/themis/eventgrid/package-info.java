/**
 * Event Grid from both ends: the {@code azure-eventgrid} Camel component publishes events, and
 * {@link io.themis.eventgrid.EventGridWebhook} reads what Event Grid delivers.
 */
package io.themis.eventgrid;
