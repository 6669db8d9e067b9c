/** The signed certificate of an erasure, and who hears of it. */
package io.themis.certificate;
