/**
 * The page for people: a person asks, watches, downloads and changes their mind; privacy officers and operators look after all
 * requests. It calls the operations of the REST contract in the name of whoever is signed in, and has no rules of its own.
 */
package io.themis.page;
