/** Finding people's records in a lake by the company's own Spark, over Spark Connect. Not in every jar: Maven's profile {@code spark} adds it. */
package io.themis.spark;
