package io.themis.enrichment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.datamap.Keys;
import io.themis.index.FileAnswer;
import io.themis.index.FileVersion;
import io.themis.index.IndexStore;
import io.themis.index.LakeIndex;
import io.themis.index.SegmentBuilder;
import io.themis.lake.KeyHash;
import io.themis.lake.LakePath;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.ReadableError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What earlier scans have taught of the places of keys in the datasets' files. Never a reason to fail: where the index is away,
 * nothing is known, and files are scanned.
 */
@Component
public class KnownPlaces {

    private static final Logger LOG = LoggerFactory.getLogger(KnownPlaces.class);

    /** Another one whenever a scan tells an index something else than before. */
    private static final String VERSION = "1";

    private final LakeIndex index;
    private final MeterRegistry registry;
    private final Map<String, Kept> kept = new HashMap<>();
    private final List<Dataset> datasets;

    /** What could not be done with the index. */
    private enum Failed {
        READ,
        WRITE,
        TIDY;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A dataset whose files' scans are remembered.
     *
     * @param definition names everything that the place of a key depends on besides the file
     * @param columns every one by which rows are found, of whomever, and how its values are compared
     */
    private record Kept(String definition, Map<String, NormalForm> columns, boolean isGzipped) {}

    KnownPlaces(DataMap map, IndexStore store, MeterRegistry registry) {
        index = new LakeIndex(store);
        this.registry = registry;
        datasets = map.datasets();
        // There from the start, so that an alarm has something to watch
        for (Failed what : Failed.values()) {
            failures(what);
        }
        for (Dataset dataset : map.datasets()) {
            Map<String, NormalForm> columns = columns(dataset, map.normalForms());
            // Parquet has notes of its own
            if (dataset.kind() == Kind.LAKE
                    && dataset.format() != Format.PARQUET
                    && dataset.format() != Format.FILE
                    && !columns.isEmpty()) {
                LakePath path = dataset.lakePath();
                // A zip is of several files
                if (!path.isZip()) {
                    kept.put(dataset.name(), new Kept(definition(dataset, columns), columns, path.isGzipped()));
                }
            }
        }
    }

    private static Map<String, NormalForm> columns(Dataset dataset, Map<String, NormalForm> normalForms) {
        Map<String, NormalForm> columns = new TreeMap<>();
        dataset.review().forEach(column -> columns.put(column, NormalForm.PERSON_NAME));
        dataset.match().forEach((column, key) -> columns.put(column, normalForms.getOrDefault(key, NormalForm.EXACT)));
        return columns;
    }

    /** Whether scans of the dataset's files are remembered. The other methods are for such datasets. */
    boolean isKept(Dataset dataset) {
        return kept.containsKey(dataset.name());
    }

    /** Every column by which rows of the dataset are found, of whomever, and how its values are compared. */
    Map<String, NormalForm> columns(Dataset dataset) {
        return kept.get(dataset.name()).columns();
    }

    private String definition(Dataset dataset) {
        return kept.get(dataset.name()).definition();
    }

    /** @return by the file's name */
    Map<String, FileAnswer> of(Dataset dataset, Map<FileVersion, RowMatch> files) {
        Map<Set<Long>, Set<FileVersion>> byKeys = new HashMap<>();
        files.forEach((file, match) ->
                byKeys.computeIfAbsent(hashes(match), keys -> new HashSet<>()).add(file));
        Map<String, FileAnswer> answers = new HashMap<>();
        byKeys.forEach((hashes, some) -> answers.putAll(of(dataset, some, hashes)));
        return answers;
    }

    private Map<String, FileAnswer> of(Dataset dataset, Set<FileVersion> files, Set<Long> hashes) {
        try {
            return index.find(definition(dataset), files, hashes);
        } catch (IOException | RuntimeException e) {
            failures(Failed.READ).increment();
            LOG.warn(
                    "dataset {}: the index can't be read, so files are scanned: {}",
                    dataset.name(),
                    ReadableError.of(e));
            return files.stream().collect(Collectors.toMap(FileVersion::name, file -> new FileAnswer.Unknown()));
        }
    }

    private static Set<Long> hashes(RowMatch match) {
        Set<Long> hashes = new HashSet<>();
        for (Map<String, Wanted> columns : List.of(match.columns(), match.review())) {
            columns.forEach(
                    (column, wanted) -> wanted.normalForms().forEach(text -> hashes.add(KeyHash.of(column, text))));
        }
        return hashes;
    }

    /** To be told what a scan of the file meets. */
    SegmentBuilder learn(Dataset dataset, FileVersion file) {
        return kept.get(dataset.name()).isGzipped()
                ? index.buildUnranged(definition(dataset), file)
                : index.build(definition(dataset), file);
    }

    /** The scan has ended well. */
    void learnt(Dataset dataset, SegmentBuilder places) {
        try {
            places.finish();
        } catch (IOException | RuntimeException e) {
            failures(Failed.WRITE).increment();
            LOG.warn("dataset {}: what a scan has learnt is lost: {}", dataset.name(), ReadableError.of(e));
        }
    }

    /**
     * Makes few pieces of many, after scans.
     *
     * @param files all that the dataset has now
     */
    void tidy(Dataset dataset, Collection<FileVersion> files) {
        try {
            index.merge(definition(dataset), files);
        } catch (IOException | RuntimeException e) {
            failures(Failed.TIDY).increment();
            LOG.warn("dataset {}: the index is not merged: {}", dataset.name(), ReadableError.of(e));
        }
    }

    /**
     * Drops what is known of files in which one of the person's keys is. Unlike everything else here this must not be passed over: a hash
     * of a key is personal data too.
     *
     * @throws IOException if the index can't be read or written; some hashes may still be there
     */
    public void forget(Keys keys) throws IOException {
        Set<Long> hashes = new HashSet<>();
        for (Dataset dataset : datasets.stream().filter(this::isKept).toList()) {
            for (String column : columns(dataset).keySet()) {
                hashes.addAll(hashes(dataset, column, keys));
            }
        }
        index.forget(hashes);
    }

    /** Of the values of a key in whichever partition, as the same hash is in the index of each. */
    private static Set<Long> hashes(Dataset dataset, String column, Keys keys) {
        Stream<Wanted> wanted = Stream.concat(
                keys.everywhere(dataset.match().get(column)).stream(),
                Optional.ofNullable(keys.review(dataset).get(column)).stream());
        return wanted.flatMap(each -> each.normalForms().stream())
                .map(text -> KeyHash.of(column, text))
                .collect(Collectors.toSet());
    }

    /** Drops what is known of datasets as the data map no longer has them. */
    public void dropOthers() {
        try {
            index.keepOnly(kept.values().stream().map(Kept::definition).collect(Collectors.toSet()));
        } catch (IOException | RuntimeException e) {
            failures(Failed.TIDY).increment();
            LOG.warn("what the index has of former data maps is not dropped: {}", ReadableError.of(e));
        }
    }

    private Counter failures(Failed what) {
        return Counter.builder("themis.lake.index.failures")
                .description("Times the lake's index could not be read, written or tidied; files were scanned instead")
                .tag("what", what.label())
                .register(registry);
    }

    private static String definition(Dataset dataset, Map<String, NormalForm> columns) {
        String text = String.join(
                "\n",
                VERSION,
                // Normal forms are by the JDK's Unicode: another one may know a letter's lower case that this one does
                // not
                String.valueOf(Runtime.version().feature()),
                dataset.name(),
                dataset.path(),
                dataset.format().name(),
                String.valueOf(dataset.csv()),
                columns.toString());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return dataset.name() + "-" + HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
