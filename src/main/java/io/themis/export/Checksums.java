package io.themis.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code SHA256SUMS}: every file of the package but itself, in the form that {@code sha256sum -c} reads. */
final class Checksums {

    static final String PATH = "SHA256SUMS";

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)");

    private Checksums() {}

    static void write(Collection<MeasuredFile> files, OutputStream out) throws IOException {
        for (MeasuredFile file : files) {
            out.write((file.sha256() + "  " + file.path() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** @return SHA-256 by path */
    static Map<String, String> read(String text) throws PackageDamagedException {
        Map<String, String> sha256 = new HashMap<>();
        for (String line : text.lines().toList()) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches() || sha256.put(parts.group(2), parts.group(1)) != null) {
                throw new PackageDamagedException(PATH, "has a line that is not a checksum, or a file twice");
            }
        }
        return sha256;
    }
}
