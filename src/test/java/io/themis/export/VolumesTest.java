package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.datamap.Dataset;
import io.themis.request.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package that is too large for one zip. */
class VolumesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KILO = 1000;

    /** Half of what {@code DeliverySettings} takes at least, to be quick. */
    private static final int LIMIT = 500 * KILO;

    @TempDir
    private Path folder;

    @Test
    void theOverviewComesFirstTheListsLastAndANoteInEach() throws Exception {
        Map<String, byte[]> zips = zips(large(3, 600 * KILO));
        List<UnzippedPackage> volumes = unzipped(zips);
        int count = zips.size();

        assertThat(count).isGreaterThan(2);
        assertThat(zips.keySet())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, count)
                        .mapToObj(number -> "%s-%d-of-%d.zip".formatted(SamplePackage.REQUEST, number, count))
                        .toList());
        for (int i = 0; i < count; i++) {
            String note = "PART-%d-of-%d.txt".formatted(i + 1, count);
            assertThat(volumes.get(i).files.keySet()).startsWith(note);
            assertThat(volumes.get(i).text(note))
                    .contains("part %d of %d ".formatted(i + 1, count), SamplePackage.REQUEST.toString());
        }
        assertThat(volumes.get(0).files).containsKeys("README.txt", "index.html", "assets/style.css");
        assertThat(volumes.get(count - 1).files.keySet().stream()
                        .skip(volumes.get(count - 1).files.size() - 2))
                .containsExactly("manifest.json", "SHA256SUMS");
    }

    @Test
    void theNoteIsInThePersonsLanguage() throws Exception {
        SamplePackage sample = large(2, 600 * KILO);
        sample.language = Locale.GERMAN;
        List<UnzippedPackage> volumes = unzipped(zips(sample));

        assertThat(volumes.get(0).text("PART-1-of-%d.txt".formatted(volumes.size())))
                .contains("Entpacken Sie alle " + volumes.size());
    }

    @Test
    void thePagesAskToUnpackAllZipsOnlyIfThereAreSeveral() throws Exception {
        UnzippedPackage several = together(zips(large(2, 600 * KILO)));
        assertThat(several.text("README.txt")).contains("the zip files of this answer into the same folder");
        assertThat(several.text("index.html")).contains("unpack all of them into the same folder");

        UnzippedPackage one = UnzippedPackage.of(SamplePackage.full().write());
        assertThat(one.text("README.txt")).contains("whole zip file first").doesNotContain("zip files");
        assertThat(one.text("index.html")).contains("whole zip file first").doesNotContain("zip files");
    }

    @Test
    void aPackageThatFitsIsOneZipWithoutAWordAboutParts() throws Exception {
        byte[] one = SamplePackage.full().write();
        long unpacked = UnzippedPackage.of(one).files.values().stream()
                .mapToLong(content -> content.length)
                .sum();
        ZipsInMemory store = new ZipsInMemory();

        SamplePackage.full().write(2 * unpacked, store);

        assertThat(store.zips).containsOnlyKeys(SamplePackage.REQUEST + ".zip");
        assertThat(store.zips.get(SamplePackage.REQUEST + ".zip")).isEqualTo(one);
        assertThat(UnzippedPackage.of(one).text("manifest.json")).doesNotContain("\"part\"", "\"parts\"");
    }

    @Test
    void aLongFileIsSplitBetweenStagedPartsAndItsPiecesJoinInOrder() throws Exception {
        SamplePackage sample = new SamplePackage();
        List<String> rows = new ArrayList<>();
        Part[] parts = new Part[20];
        for (int i = 0; i < parts.length; i++) {
            String row = "{\"n\":%d,\"t\":\"%s\"}".formatted(i, letters(50 * KILO, i));
            rows.add(row);
            parts[i] = sample.parts.stage("tea.example", List.of("n", "t"), row);
        }
        sample.notes(parts);

        UnzippedPackage unzipped = together(zips(sample));

        List<String> pieces = unzipped.files.keySet().stream()
                .filter(path -> path.endsWith(".jsonl"))
                .toList();
        assertThat(pieces)
                .hasSizeGreaterThan(2)
                .startsWith("data/notes/tea.example.jsonl", "data/notes/tea.example-2.jsonl");
        assertThat(pieces.stream().map(unzipped::text).collect(Collectors.joining()))
                .isEqualTo(String.join("\n", rows) + "\n");
        assertThat(pieces.stream()
                        .flatMap(path -> Rfc4180.read(unzipped.files.get(path.replace(".jsonl", ".csv"))).stream()
                                .skip(1))
                        .map(record -> record.get(0)))
                .containsExactlyElementsOf(IntStream.range(0, parts.length)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(unzipped.text("index.html"))
                .contains("tea.example, piece 1 of " + pieces.size(), "tea.example, piece 2 of " + pieces.size());
        assertThat(paths(JSON.readTree(unzipped.text("manifest.json")).at("/datasets/0/files")))
                .containsExactlyElementsOf(pieces);
    }

    @Test
    void aPieceNeverTakesTheNameOfAnotherPartition() throws Exception {
        SamplePackage sample = new SamplePackage();
        List<Part> parts = new ArrayList<>();
        for (String partition : List.of("a", "a-2", "a-3")) {
            for (int i = 0; i < 4; i++) {
                parts.add(sample.parts.stage(
                        partition, List.of("t"), "{\"t\":\"" + partition + letters(100 * KILO, i) + "\"}"));
            }
        }
        sample.notes(parts.toArray(Part[]::new));

        assertThat(check(zips(sample)).rows()).isEqualTo(12);
    }

    @Test
    void theManifestSaysWhichFileIsInWhichZip() throws Exception {
        Map<String, byte[]> zips = zips(large(4, 600 * KILO));
        List<String> names = List.copyOf(zips.keySet());
        JsonNode manifest = JSON.readTree(together(zips).text("manifest.json"));

        List<Map<String, String>> expected = new ArrayList<>();
        for (Map.Entry<String, byte[]> zip : zips.entrySet()) {
            expected.add(
                    zip.getKey().equals(names.get(names.size() - 1))
                            ? Map.of("name", zip.getKey())
                            : Map.of(
                                    "name", zip.getKey(),
                                    "bytes", "" + zip.getValue().length,
                                    "sha256", sha256(zip.getValue())));
        }
        List<Map<String, String>> listed = new ArrayList<>();
        for (JsonNode part : manifest.required("parts")) {
            Map<String, String> facts = new LinkedHashMap<>();
            part.fields()
                    .forEachRemaining(
                            fact -> facts.put(fact.getKey(), fact.getValue().asText()));
            listed.add(facts);
        }
        assertThat(listed).isEqualTo(expected);
        for (JsonNode file : manifest.required("files")) {
            byte[] zip = zips.get(file.required("part").textValue());
            assertThat(UnzippedPackage.of(zip).files)
                    .containsKey(file.required("path").textValue());
        }
    }

    /** A zip holds more than the limit only if that is one file, or in the last one the two lists. */
    @Test
    void whateverTheSizesEveryZipKeepsTheLimitAndEveryFileIsThereOnce() throws Exception {
        Random random = new Random(5);
        int divided = 0;
        int tooLong = 0;
        for (int round = 0; round < 100; round++) {
            SamplePackage sample = new SamplePackage();
            int datasets = 1 + random.nextInt(5);
            long rows = 0;
            for (int d = 0; d < datasets; d++) {
                Part[] parts = new Part[random.nextInt(8)];
                for (int i = 0; i < parts.length; i++) {
                    parts[i] = part(sample, random);
                    rows += parts[i].rows();
                }
                sample.add("dataset-" + d, "Dataset " + d, Dataset.Kind.LAKE, parts);
            }
            int limit = (20 + random.nextInt(200)) * KILO;
            ZipsInMemory store = new ZipsInMemory();

            PackageSummary written = sample.write(limit, store);

            assertThat(check(store.zips)).as("round %d", round).isEqualTo(written);
            assertThat(written.rows()).isEqualTo(rows);
            for (UnzippedPackage volume : unzipped(store.zips)) {
                List<Integer> sizes = volume.files.entrySet().stream()
                        .filter(file -> !file.getKey().startsWith("PART-"))
                        .map(file -> file.getValue().length)
                        .toList();
                int unpacked = volume.files.values().stream()
                        .mapToInt(content -> content.length)
                        .sum();
                if (unpacked > limit) {
                    assertThat(sizes)
                            .as("round %d: %d of %d", round, unpacked, limit)
                            .hasSize(1);
                    tooLong++;
                }
            }
            divided += store.zips.size() > 1 ? 1 : 0;
        }
        assertThat(divided).isBetween(33, 99);
        assertThat(tooLong).isPositive();
    }

    private static Part part(SamplePackage sample, Random random) {
        String[] rows = new String[1 + random.nextInt(30)];
        int longest = random.nextInt(5) == 0 ? 12 * KILO : 300;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = "{\"a\":\"" + letters(random.nextInt(longest), i) + "\",\"b\":[\""
                    + "\\\"".repeat(random.nextInt(40)) + "\"]}";
        }
        String partition = random.nextBoolean() ? "x" : "x-" + (2 + random.nextInt(2));
        return sample.parts.stage(partition, List.of("a", "b"), rows);
    }

    @Test
    void theMachinesOwnToolsOpenEachZipByItselfAndTheChecksumsHoldForAll() throws Exception {
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        for (Map.Entry<String, byte[]> zip : zips(large(3, 600 * KILO)).entrySet()) {
            Path path = Files.write(folder.resolve(zip.getKey()), zip.getValue());
            MachineTool.run(folder, "unzip", "-tqq", path.toString());
            MachineTool.run(unpacked, "unzip", "-qqn", path.toString());
        }
        MachineTool.run(unpacked, "sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS");
    }

    @Test
    void aFailureLeavesTheZipOpenThatWasBeingWritten() {
        SamplePackage sample = large(4, 600 * KILO);
        Part last = sample.entries.get(3).findings().parts().get(0);
        ZipsInMemory store = new ZipsInMemory() {
            @Override
            public OutputStream create(String name) {
                // When all is planned, and the last part is still to come
                sample.parts.overwrite(last, "{}\n");
                return super.create(name);
            }
        };

        assertThatThrownBy(() -> sample.write(LIMIT, store)).isInstanceOf(PartDamagedException.class);

        assertThat(store.zips).isNotEmpty();
        assertThat(store.zips.values())
                .allSatisfy(zip -> assertThat(UnzippedPackage.of(zip).files).doesNotContainKey("manifest.json"));
    }

    @Test
    void theCheckGivesTheSummaryOfWriting() throws Exception {
        ZipsInMemory store = new ZipsInMemory();
        PackageSummary written = large(3, 600 * KILO).write(LIMIT, store);

        assertThat(check(store.zips)).isEqualTo(written);
        assertThat(written.volumes())
                .extracting(volume -> volume.name())
                .containsExactlyElementsOf(store.zips.keySet());
    }

    @Test
    void theCheckRefusesAChangedFileInAnyZip() throws Exception {
        Map<String, byte[]> zips = zips(large(3, 600 * KILO));
        for (String name : zips.keySet()) {
            UnzippedPackage unzipped = UnzippedPackage.of(zips.get(name));
            for (String path : unzipped.files.keySet()) {
                byte[] whole = unzipped.files.get(path);
                byte[] changed = whole.clone();
                changed[changed.length / 2] ^= 1;
                unzipped.files.put(path, changed);

                refuses(with(zips, name, unzipped.zip()), "");
                unzipped.files.put(path, whole);
            }
        }
    }

    /** Even where its files are the same. */
    @Test
    void theCheckRefusesAZipThatIsNotTheOneThatWasWritten() throws Exception {
        Map<String, byte[]> zips = zips(large(3, 600 * KILO));
        List<String> names = List.copyOf(zips.keySet());
        for (String name : names.subList(0, names.size() - 1)) {
            byte[] again = UnzippedPackage.of(zips.get(name)).zip();

            refuses(with(zips, name, again), name + " is another zip than the manifest says");
        }
    }

    @Test
    void theCheckRefusesAMissingZipAndNamesIt() throws Exception {
        Map<String, byte[]> zips = zips(large(3, 600 * KILO));
        List<String> names = List.copyOf(zips.keySet());
        for (String name : names) {
            Map<String, byte[]> fewer = new LinkedHashMap<>(zips);
            fewer.remove(name);

            boolean isLast = name.equals(names.get(names.size() - 1));
            refuses(fewer, (isLast ? "manifest.json" : name) + " is missing");
        }
    }

    @Test
    void theCheckRefusesASurplusZip() throws Exception {
        Map<String, byte[]> zips = zips(large(3, 600 * KILO));
        UnzippedPackage more = new UnzippedPackage();
        more.files.put("more.txt", new byte[] {1});

        refuses(with(zips, "more.zip", more.zip()), "more.zip is not in the manifest");
        refuses(
                with(Map.of(SamplePackage.REQUEST + ".zip", SamplePackage.full().write()), "more.zip", more.zip()),
                "manifest.json is of one zip, and there are 2");
    }

    @Test
    void theCheckRefusesTheZipsOfTwoPackagesMixed() throws Exception {
        Map<String, byte[]> mine = zips(large(3, 600 * KILO));
        Map<String, byte[]> others = zips(large(3, 590 * KILO));
        assertThat(mine.keySet()).isEqualTo(others.keySet());
        List<String> names = List.copyOf(mine.keySet());
        for (String name : names) {
            PackageCheck check = new PackageCheck();
            assertThatThrownBy(() -> {
                        for (String each : names) {
                            check.read(each, new ByteArrayInputStream((each.equals(name) ? others : mine).get(each)));
                        }
                        check.finish(SamplePackage.REQUEST);
                    })
                    .isInstanceOf(PackageDamagedException.class);
        }
    }

    @Test
    void theCheckRefusesAFileThatIsInAnotherZipThanTheManifestSays() throws Exception {
        Map<String, byte[]> zips = zips(large(3, 600 * KILO));
        List<String> names = List.copyOf(zips.keySet());
        String last = names.get(names.size() - 1);
        UnzippedPackage lists = UnzippedPackage.of(zips.get(last));
        String entry = "\"part\" : \"" + names.get(0) + "\"";
        byte[] manifest = lists.text("manifest.json")
                .replaceFirst(entry, "\"part\" : \"" + names.get(1) + "\"")
                .getBytes(StandardCharsets.UTF_8);
        String sums = lists.text("SHA256SUMS").replace(sha256(lists.files.get("manifest.json")), sha256(manifest));
        lists.files.put("manifest.json", manifest);
        lists.files.put("SHA256SUMS", sums.getBytes(StandardCharsets.UTF_8));

        refuses(with(zips, last, lists.zip()), "is in " + names.get(0) + ", not in " + names.get(1));
    }

    /** Datasets of one row each, of which each zip holds hardly more than one. */
    private static SamplePackage large(int datasets, int length) {
        SamplePackage sample = new SamplePackage();
        for (int i = 0; i < datasets; i++) {
            sample.add(
                    "large-" + i,
                    "Large " + i,
                    Dataset.Kind.LAKE,
                    sample.parts.stage(null, List.of("t"), "{\"t\":\"" + letters(length / 2, i) + "\"}"),
                    sample.parts.stage(null, List.of("t"), "{\"t\":\"" + letters(length / 2, i + 100) + "\"}"));
        }
        return sample;
    }

    private static String letters(int count, int seed) {
        return new Random(seed)
                .ints(count, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static Map<String, byte[]> zips(SamplePackage sample) throws IOException {
        ZipsInMemory store = new ZipsInMemory();
        sample.write(LIMIT, store);
        return store.zips;
    }

    private static List<UnzippedPackage> unzipped(Map<String, byte[]> zips) throws IOException {
        List<UnzippedPackage> unzipped = new ArrayList<>();
        for (byte[] zip : zips.values()) {
            unzipped.add(UnzippedPackage.of(zip));
        }
        return unzipped;
    }

    /** All unpacked into one folder. */
    private static UnzippedPackage together(Map<String, byte[]> zips) throws IOException {
        UnzippedPackage together = new UnzippedPackage();
        for (UnzippedPackage volume : unzipped(zips)) {
            assertThat(Collections.disjoint(together.files.keySet(), volume.files.keySet()))
                    .isTrue();
            together.files.putAll(volume.files);
        }
        return together;
    }

    private static Map<String, byte[]> with(Map<String, byte[]> zips, String name, byte[] zip) {
        Map<String, byte[]> changed = new LinkedHashMap<>(zips);
        changed.put(name, zip);
        return changed;
    }

    private static PackageSummary check(Map<String, byte[]> zips) throws IOException {
        PackageCheck check = new PackageCheck();
        for (Map.Entry<String, byte[]> zip : zips.entrySet()) {
            check.read(zip.getKey(), new ByteArrayInputStream(zip.getValue()));
        }
        return check.finish(SamplePackage.REQUEST);
    }

    private static void refuses(Map<String, byte[]> zips, String message) {
        assertThatThrownBy(() -> check(zips))
                .isInstanceOf(PackageDamagedException.class)
                .hasMessageContaining(message);
    }

    private static List<String> paths(JsonNode array) {
        List<String> paths = new ArrayList<>();
        array.forEach(path -> paths.add(path.textValue()));
        return paths;
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
