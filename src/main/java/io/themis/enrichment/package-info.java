/** What the enrichment routes call: where to search, with which keys, and where the rows found are staged. */
package io.themis.enrichment;
