/**
 * The commands of the jar beside the service: {@code check} a data map, and {@code explain} what it finds of one person.
 * They run the enrichment routes with everything that these write kept in memory.
 */
package io.themis.dryrun;
