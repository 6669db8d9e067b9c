/** The finished package in Blob storage: how it gets there, the link to it, and its end. */
package io.themis.delivery;
