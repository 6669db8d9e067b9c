package io.themis.lake;

import java.util.List;

/**
 * How one file is to be rewritten: its content stays byte for byte, apart from the edits. Of a file that is packed, the content is
 * what it unpacks to.
 *
 * @param edits in their order, not overlapping; none if nothing is to be changed
 * @param length bytes of the content as it is
 * @param rows of the file as it is
 * @param deleted rows that go
 * @param masked rows in which values are replaced
 * @param sha256 lower-case hex: of the content as it will be
 */
public record FileEdits(List<Edit> edits, long length, long rows, long deleted, long masked, String sha256) {}
