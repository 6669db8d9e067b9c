/**
 * Who may call what: callers of the API, the operators' console, and the settings without which Themis doesn't start.
 * Routes ask {@link io.themis.security.Callers}; everything else happens before a request reaches a route.
 */
package io.themis.security;
