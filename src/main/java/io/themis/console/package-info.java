/**
 * What the console shows of routes beside what Camel shows by itself: ids, types and times, and never what a message
 * carries.
 */
package io.themis.console;
