/**
 * Finding one person's rows in the files of a data lake. Works on streams, a row at a time; knows nothing of Camel, Azure
 * or routes.
 */
package io.themis.lake;
