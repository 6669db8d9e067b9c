package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackageCheckTest {

    private static final String ROWS = "data/posts/coffee.stackexchange.com.jsonl";

    private static final String ZIP = SamplePackage.REQUEST + ".zip";

    private UnzippedPackage unzipped;

    @BeforeEach
    void writePackage() throws Exception {
        unzipped = UnzippedPackage.of(SamplePackage.full().write());
    }

    @Test
    void acceptsAPackageAsItWasWritten() throws Exception {
        assertThat(check(unzipped).rows()).isEqualTo(6);
    }

    @Test
    void acceptsAPackageWithoutAnyData() throws Exception {
        assertThat(read(new SamplePackage().write()).rows()).isZero();
    }

    @Test
    void readingAZipGivesTheSummaryOfWritingIt() throws Exception {
        ZipsInMemory store = new ZipsInMemory();
        PackageSummary written = SamplePackage.full().write(Long.MAX_VALUE, store);

        assertThat(read(store.zips.get(ZIP))).isEqualTo(written);
    }

    @Test
    void aZipThatIsCutOffIsNeverTakenForWhole() throws Exception {
        ZipsInMemory store = new ZipsInMemory();
        PackageSummary written = SamplePackage.full().write(Long.MAX_VALUE, store);
        byte[] bytes = store.zips.get(ZIP);

        for (int length = 0; length < bytes.length; length += 97) {
            byte[] cut = Arrays.copyOf(bytes, length);
            try {
                assertThat(read(cut)).as("%d bytes", length).isNotEqualTo(written);
            } catch (IOException refused) {
                // as it should be; past the last file only the summary tells
            }
        }
    }

    @Test
    void refusesAChangedByteInAnyFile() throws Exception {
        for (String path : unzipped.files.keySet()) {
            byte[] content = unzipped.files.get(path).clone();
            content[content.length / 2] ^= 1;
            UnzippedPackage damaged = copy();
            damaged.files.put(path, content);

            assertThatThrownBy(() -> check(damaged))
                    .as(path)
                    .isInstanceOf(PackageDamagedException.class)
                    .hasMessageStartingWith("The package is damaged: ");
            if (!path.equals("SHA256SUMS")) {
                assertThatThrownBy(() -> check(damaged)).hasMessageContaining(path);
            }
        }
    }

    @Test
    void refusesAMissingFileAndNamesIt() throws Exception {
        for (String path : unzipped.files.keySet()) {
            UnzippedPackage damaged = copy();
            damaged.files.remove(path);

            assertThatThrownBy(() -> check(damaged))
                    .isInstanceOf(PackageDamagedException.class)
                    .hasMessage("The package is damaged: " + path + " is missing");
        }
    }

    @Test
    void refusesASurplusFileAndNamesIt() {
        unzipped.files.put("data/more.jsonl", "{}\n".getBytes(StandardCharsets.UTF_8));

        refuses("data/more.jsonl is not in SHA256SUMS");
    }

    @Test
    void refusesASurplusDataFileThatHasAChecksum() throws Exception {
        unzipped.files.put("data/more.csv", "a\r\n".getBytes(StandardCharsets.UTF_8));
        sum();

        refuses("data/more.csv is not in the manifest");
    }

    @Test
    void refusesAFileThatIsThereTwice() throws Exception {
        PackageCheck check = new PackageCheck();
        check.entry("README.txt", ZIP, InputStream.nullInputStream());

        assertThatThrownBy(() -> check.entry("README.txt", ZIP, InputStream.nullInputStream()))
                .isInstanceOf(PackageDamagedException.class)
                .hasMessageContaining("README.txt is there twice");
    }

    @Test
    void refusesAPackageOfAnotherRequest() throws Exception {
        byte[] zip = SamplePackage.full().write();

        PackageCheck check = new PackageCheck();
        check.read(ZIP, new ByteArrayInputStream(zip));

        assertThatThrownBy(() -> check.finish(new UUID(1, 2)))
                .isInstanceOf(PackageDamagedException.class)
                .hasMessageContaining("manifest.json is of another request, " + SamplePackage.REQUEST);
    }

    @Test
    void refusesAManifestThatIsNone() throws Exception {
        for (String manifest : List.of("", "{", "[]", "null", "{}", "{\"requestId\":\"x\"}", "{\"files\":7}")) {
            unzipped.files.put("manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
            sum();

            refuses("manifest.json");
        }
    }

    @Test
    void refusesChecksumsThatAreNone() {
        unzipped.files.put("SHA256SUMS", "no checksums\n".getBytes(StandardCharsets.UTF_8));

        refuses("SHA256SUMS has a line that is not a checksum");
    }

    @Test
    void refusesRowsThatAreNotWhatTheManifestSaysOfTheFile() throws Exception {
        edit("\"rows\" : 3,", "\"rows\" : 4,");

        refuses(ROWS + " has 3 rows, not 4");
    }

    @Test
    void refusesALengthThatIsNotWhatTheManifestSays() throws Exception {
        edit("\"bytes\" : " + unzipped.files.get(ROWS).length + ",", "\"bytes\" : 7,");

        refuses(ROWS + " has " + unzipped.files.get(ROWS).length + " bytes, not 7");
    }

    @Test
    void refusesAFileWhoseChecksumsDifferInManifestAndList() throws Exception {
        edit(sha256(unzipped.files.get(ROWS)), "0".repeat(64));

        refuses(ROWS + " has another SHA-256 than the manifest says");
    }

    @Test
    void refusesFindingsThatTheFilesDoNotHold() throws Exception {
        edit("\"rows\" : 4\n", "\"rows\" : 5\n");

        refuses("manifest.json says 5 rows matched in posts, its files hold 4");
    }

    @Test
    void refusesRowsThatBelongToNoDatasetOrToTwo() throws Exception {
        UnzippedPackage whole = copy();
        edit("\"files\" : [ \"data/profile.jsonl\" ]", "\"files\" : [ ]");
        edit("\"rows\" : 1\n", "\"rows\" : 0\n");
        refuses("data/profile.jsonl belongs to no dataset");

        unzipped = whole;
        edit("\"files\" : [ \"data/profile.jsonl\" ]", "\"files\" : [ \"" + ROWS + "\" ]");
        edit("\"rows\" : 1\n", "\"rows\" : 3\n");
        refuses(ROWS + " belongs to two datasets");
    }

    @Test
    void doesNotKeepAManifestWithoutBounds() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return ' ';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                return length;
            }
        };

        assertThatThrownBy(() -> new PackageCheck().entry("manifest.json", ZIP, endless))
                .isInstanceOf(PackageDamagedException.class)
                .hasMessageContaining("manifest.json is longer than");
    }

    @Test
    void leavesTheContentOpen() {
        InputStream content = new ByteArrayInputStream(new byte[] {1}) {
            @Override
            public void close() {
                throw new AssertionError("closed");
            }
        };

        assertThatCode(() -> new PackageCheck().entry("README.txt", ZIP, content))
                .doesNotThrowAnyException();
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> check(unzipped))
                .isInstanceOf(PackageDamagedException.class)
                .hasMessageContaining(message);
    }

    /** Changes the manifest where it first says so, and its checksum with it. */
    private void edit(String from, String to) throws Exception {
        String manifest = unzipped.text("manifest.json");
        assertThat(manifest).contains(from);
        int at = manifest.indexOf(from);
        String edited = manifest.substring(0, at) + to + manifest.substring(at + from.length());
        unzipped.files.put("manifest.json", edited.getBytes(StandardCharsets.UTF_8));
        sum();
    }

    /** Makes SHA256SUMS true again. */
    private void sum() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : unzipped.files.entrySet()) {
            if (!file.getKey().equals("SHA256SUMS")) {
                lines.add(sha256(file.getValue()) + "  " + file.getKey() + "\n");
            }
        }
        unzipped.files.put("SHA256SUMS", String.join("", lines).getBytes(StandardCharsets.UTF_8));
    }

    private UnzippedPackage copy() {
        UnzippedPackage copy = new UnzippedPackage();
        copy.files.putAll(unzipped.files);
        return copy;
    }

    /** The files in a zip of their own making. */
    private static PackageSummary check(UnzippedPackage files) throws IOException {
        return read(files.zip());
    }

    private static PackageSummary read(byte[] zip) throws IOException {
        return read(Map.of(ZIP, zip));
    }

    private static PackageSummary read(Map<String, byte[]> zips) throws IOException {
        PackageCheck check = new PackageCheck();
        for (Map.Entry<String, byte[]> zip : zips.entrySet()) {
            check.read(zip.getKey(), new ByteArrayInputStream(zip.getValue()));
        }
        return check.finish(SamplePackage.REQUEST);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
