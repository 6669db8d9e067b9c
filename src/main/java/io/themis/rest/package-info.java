/** What the REST routes read of a call, and what they answer with: views of requests, and problem details. */
package io.themis.rest;
