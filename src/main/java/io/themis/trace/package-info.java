/** Traces: what is measured of a call and of a route, and that nothing of a person is in it. */
package io.themis.trace;
