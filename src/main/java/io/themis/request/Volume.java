package io.themis.request;

/**
 * One zip of a package: the whole package, or, of a very large one, a part that opens by itself.
 *
 * @param name of the zip, made from the request's id alone
 * @param bytes length of the zip
 * @param unpackedBytes of the files in it
 * @param sha256 of the zip, in lower case hexadecimal
 */
public record Volume(String name, long bytes, long unpackedBytes, String sha256) {}
