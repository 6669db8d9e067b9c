/** Erasure (GDPR Art. 17): plan, ledger, rewriting and deleting, looking again, and the certificate. */
package io.themis.erasure;
