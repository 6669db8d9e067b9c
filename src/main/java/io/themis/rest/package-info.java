/** What the REST routes answer with: views of requests, and problem details. */
package io.themis.rest;
