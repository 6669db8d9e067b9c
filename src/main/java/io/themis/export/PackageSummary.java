package io.themis.export;

import io.themis.request.Volume;
import java.util.List;

/**
 * What a package amounts to. The summary of writing and the summary of reading back are equal if the store kept every
 * byte.
 *
 * @param volumes its zips, in their order
 * @param rows records of all datasets
 * @param files files in all zips
 */
public record PackageSummary(List<Volume> volumes, long rows, int files) {}
