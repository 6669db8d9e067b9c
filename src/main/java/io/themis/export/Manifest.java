package io.themis.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * {@code manifest.json}: what was searched, what matched, and every data file and every attachment with its checksum. Times are ISO 8601, UTC.
 *
 * @param rounds how often the dataset that was asked most often was asked, as its rows or others' brought more keys to light
 * @param parts the zips of a package that is in several, in their order; null for one zip
 */
record Manifest(
        UUID requestId,
        String type,
        String language,
        String createdAt,
        String expiresAt,
        Engine engine,
        int rounds,
        List<DatasetEntry> datasets,
        List<FileEntry> files,
        @JsonInclude(JsonInclude.Include.NON_NULL) List<VolumeEntry> parts) {

    static final String PATH = "manifest.json";

    /** Indented, LF on every machine: packages do not depend on where they were written. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
            .build();

    record Engine(String name, String version) {}

    /**
     * @param keys how many values of each key the dataset was asked with, or its masks tell the person's own by; never the values
     * @param reasons why the dataset is partial
     * @param masked columns in which others' data is hidden in at least one row, see {@link io.themis.datamap.Mask}
     * @param review rows that are not in the package, as they show a name like the person's and nobody's key; null if none
     * @param files its JSON Lines files; the CSV files beside them hold the same rows
     */
    record DatasetEntry(
            String name,
            String title,
            String kind,
            String status,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> reasons,
            Map<String, Integer> keys,
            Searched searched,
            Matched matched,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> masked,
            @JsonInclude(JsonInclude.Include.NON_NULL) Matched review,
            List<String> files) {}

    record Searched(long files, long bytes) {}

    record Matched(long rows) {}

    /**
     * @param rows records of a data file; null for other files
     * @param part name of the zip that it is in, where there are several
     */
    record FileEntry(
            String path,
            String mediaType,
            long bytes,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long rows,
            String sha256,
            @JsonInclude(JsonInclude.Include.NON_NULL) String part) {}

    /** A zip. The last one holds the manifest itself, so of that it can say neither length nor checksum. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record VolumeEntry(String name, Long bytes, String sha256) {}
}
