/** Erasure (GDPR Art. 17): files are rewritten without a person's rows and put in the place of the old ones. */
package io.themis.erasure;
