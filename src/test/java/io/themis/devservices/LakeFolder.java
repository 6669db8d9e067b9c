package io.themis.devservices;

import com.azure.storage.blob.BlobContainerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder of real dumps, {@code <site>/<Table>.xml}, as Stack Exchange publishes them. Other files are left out. */
record LakeFolder(Path folder) {

    private static final Logger LOG = LoggerFactory.getLogger(LakeFolder.class);

    /**
     * Writes every dump to the blob {@code <site>/<Table>.xml}, as a stream.
     *
     * @return the number of files written
     * @throws DevServicesException when there is no such folder or no dump in it
     */
    int upload(BlobContainerClient lake) {
        List<Path> dumps = dumps();
        if (dumps.isEmpty()) {
            throw new DevServicesException("themis.dev.lake-dir: there is no <site>/<Table>.xml in the folder "
                    + folder.toAbsolutePath() + ".");
        }
        for (Path dump : dumps) {
            String name = dump.getParent().getFileName() + "/" + dump.getFileName();
            LOG.info("Copying {} into the lake", name);
            lake.getBlobClient(name).uploadFromFile(dump.toString(), true);
        }
        return dumps.size();
    }

    private List<Path> dumps() {
        if (!Files.isDirectory(folder)) {
            throw new DevServicesException("themis.dev.lake-dir: there is no folder " + folder.toAbsolutePath() + ".");
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(file -> folder.relativize(file).getNameCount() == 2)
                    .filter(file -> file.getFileName().toString().endsWith(".xml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("themis.dev.lake-dir can't be read", e);
        }
    }
}
