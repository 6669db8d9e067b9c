/** Clients of Azure Storage and their credentials: a managed identity, or an account key where there is none. */
package io.themis.azure;
