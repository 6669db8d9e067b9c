package io.themis.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that might have passed 4 GiB but did not; those that do are too slow to write in a test. */
class PackageZipTest {

    private static final byte[] CONTENT = "short after all".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private byte[] written;
    private Path zip;

    @BeforeEach
    void write() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PackageZip packageZip = new PackageZip(out, SamplePackage.CREATED);
        packageZip.add("small.txt", CONTENT.length, file -> file.write(CONTENT));
        packageZip.add("feared.txt", 0xFFFF_FFFFL, file -> file.write(CONTENT));
        packageZip.finish("feared.zip");
        written = out.toByteArray();
        zip = Files.write(folder.resolve("feared.zip"), written);
    }

    @Test
    void zip64IsAnnouncedOnlyWhereItMayBeNeeded() {
        assertThat(versionNeeded("small.txt")).isEqualTo(20);
        assertThat(versionNeeded("feared.txt")).isEqualTo(45);
    }

    @Test
    void theCentralDirectoryHasNoEmptyZip64Field() throws Exception {
        try (ZipFile opened = new ZipFile(zip.toFile())) {
            ZipEntry feared = opened.getEntry("feared.txt");
            assertThat(opened.getInputStream(feared).readAllBytes()).isEqualTo(CONTENT);
            assertThat(feared.getExtra()).isNull();
        }
    }

    @Test
    void itReadsFromAStreamAndWithTheMachinesOwnTool() throws Exception {
        // Not with the JDK's ZipInputStream: before Java 22 it takes an entry for Zip64 by its length alone
        try (ZipArchiveInputStream in = new ZipArchiveInputStream(new ByteArrayInputStream(written))) {
            for (String name : List.of("small.txt", "feared.txt")) {
                assertThat(in.getNextEntry().getName()).isEqualTo(name);
                assertThat(in.readAllBytes()).isEqualTo(CONTENT);
            }
            assertThat(in.getNextEntry()).isNull();
        }
        MachineTool.run(folder, "unzip", "-tqq", zip.toString());
    }

    /** Of the first local header with this name: two bytes, 26 before the name. */
    private int versionNeeded(String name) {
        int at = new String(written, StandardCharsets.ISO_8859_1).indexOf(name);
        return written[at - 26] & 0xff | (written[at - 25] & 0xff) << 8;
    }
}
