/**
 * The package a person receives: data files, pages, Article 15 sheet, manifest and checksums in one zip, and the check
 * that what was written is what can be read. Works on streams; knows nothing of routes or stores.
 */
package io.themis.export;
