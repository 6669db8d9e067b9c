/**
 * The routes, one class a file of {@code routes/}. Each loads the file as it is and puts stand-ins only in the place of
 * what is outside of it; {@link io.themis.routes.EveryNodeRuns} fails a class that leaves a node of its file untried.
 */
package io.themis.routes;
