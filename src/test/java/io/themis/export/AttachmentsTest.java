package io.themis.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files of the person in their package. */
class AttachmentsTest {

    private static final int LONG = 300_000;

    private final SamplePackage sample = new SamplePackage();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private Part file(String name, int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        files.put("files/letters/" + name, content);
        return sample.parts.stageFile("files/letters/" + name, "image/png", content);
    }

    @Test
    void aFileIsInThePackageByteForByteAndListedWithItsMediaType() throws Exception {
        sample.letters(file("a.png", LONG), file("rows.jsonl", 100), file("empty", 0));

        byte[] zip = sample.write();

        UnzippedPackage unzipped = UnzippedPackage.of(zip);
        files.forEach(
                (path, content) -> assertThat(unzipped.files.get(path)).as(path).isEqualTo(content));
        JsonNode manifest = new ObjectMapper().readTree(unzipped.text("manifest.json"));
        assertThat(manifest.path("files"))
                .filteredOn(file -> file.path("path").asText().startsWith("files/"))
                .hasSize(3)
                .allSatisfy(file -> assertThat(file.path("mediaType").asText()).isEqualTo("image/png"));
        assertThat(checked(Map.of("package", zip)).rows())
                .as("none of those in files")
                .isEqualTo(3);
        assertThat(unzipped.text("README.txt")).contains("files/  ");
        assertThat(UnzippedPackage.of(SamplePackage.full().write()).text("README.txt"))
                .doesNotContain("files/  ");
    }

    @Test
    void aFileIsInOneOfSeveralZips() throws Exception {
        sample.letters(file("a.png", LONG), file("b.png", LONG + 1), file("c.png", LONG + 2), file("d.png", 3 * LONG));
        ZipsInMemory store = new ZipsInMemory();

        PackageSummary written = sample.write(2 * LONG, store);

        assertThat(store.zips).hasSizeGreaterThan(3);
        Map<String, byte[]> together = new LinkedHashMap<>();
        for (byte[] zip : store.zips.values()) {
            UnzippedPackage.of(zip)
                    .files
                    .forEach((path, content) ->
                            assertThat(together.put(path, content)).as(path).isNull());
        }
        files.forEach((path, content) -> assertThat(together.get(path)).as(path).isEqualTo(content));
        assertThat(checked(store.zips)).isEqualTo(written);
    }

    @Test
    void aStagedFileThatIsNotAsItWasRecordedIsNotHandedOut() {
        for (String other : new String[] {"", "shorter", "x".repeat(LONG + 1)}) {
            SamplePackage damaged = new SamplePackage();
            Part part = damaged.parts.stageFile("files/letters/a.png", "image/png", new byte[LONG]);
            damaged.letters(part).parts.overwrite(part.file().name(), other);

            assertThatThrownBy(damaged::write)
                    .isInstanceOf(PartDamagedException.class)
                    .hasMessageContaining("%d bytes were recorded, %d were read".formatted(LONG, other.length()));
        }
    }

    @Test
    void aFileThatNobodyListedDamagesThePackage() throws Exception {
        UnzippedPackage unzipped =
                UnzippedPackage.of(sample.letters(file("a.png", 100)).write());
        String sum = Stream.of(unzipped.text("SHA256SUMS").split("\n"))
                .filter(line -> line.endsWith("files/letters/a.png"))
                .findFirst()
                .orElseThrow();
        unzipped.files.put("files/letters/b.png", files.get("files/letters/a.png"));
        unzipped.files.put(
                "SHA256SUMS", (unzipped.text("SHA256SUMS") + sum.replace("a.png", "b.png") + "\n").getBytes(UTF_8));

        assertThatThrownBy(() -> checked(Map.of("package", unzipped.zip())))
                .isInstanceOf(PackageDamagedException.class)
                .hasMessageContaining("files/letters/b.png is not in the manifest");
    }

    private static PackageSummary checked(Map<String, byte[]> zips) throws IOException {
        PackageCheck check = new PackageCheck();
        for (Map.Entry<String, byte[]> zip : zips.entrySet()) {
            check.read(zip.getKey(), new ByteArrayInputStream(zip.getValue()));
        }
        return check.finish(SamplePackage.REQUEST);
    }
}
