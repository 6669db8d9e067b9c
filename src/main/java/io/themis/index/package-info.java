/**
 * Who is where in the lake: for each file that was read once, in which of its rows a key is. Costs no row if it is lost or
 * damaged, as what it does not answer is read from the file. Knows nothing of Camel, Azure or routes.
 */
package io.themis.index;
