/**
 * How fast Themis is, against reading the same bytes and against others: {@code mvn -Pbench verify}. Every engine's rows are
 * held against what the generator of the data knows; docs/performance.md says how to read what comes out.
 */
package io.themis.bench;
