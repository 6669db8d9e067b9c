/**
 * Real parts for tests and for the development run: PostgreSQL, Azurite, Artemis, a mail server and the company's
 * users database, all on this machine. Nothing of it is in the jar.
 */
package io.themis.devservices;
