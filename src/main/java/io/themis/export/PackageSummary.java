package io.themis.export;

/**
 * What a package amounts to. The summary of writing and the summary of reading back are equal if the store kept every
 * byte.
 *
 * @param bytes length of the zip
 * @param sha256 of the zip, in lower case hexadecimal
 * @param rows records of all datasets
 * @param files files in the zip
 */
public record PackageSummary(long bytes, String sha256, long rows, int files) {}
