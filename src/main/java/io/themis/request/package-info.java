/**
 * A data subject request: what was asked, its steps, its clock and what each dataset answered. The only writer of the
 * request tables. Needs no Camel, Azure or HTTP.
 */
package io.themis.request;
