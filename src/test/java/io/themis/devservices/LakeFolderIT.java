package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.models.BlobItem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeFolderIT {

    @TempDir
    Path folder;

    @Test
    void uploadsTheDumpsOfEverySiteAndNothingElse() throws Exception {
        for (String name : new String[] {
            "a.example/Users.xml", "b.example/Users.xml", "a.example/readme.txt", "a.example/more/Posts.xml", "Tags.xml"
        }) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "<!-- " + name + " -->");
        }
        try (Azurite azurite = Azurite.start(Port.free())) {
            var lake = azurite.client().getBlobContainerClient("lake");

            assertThat(new LakeFolder(folder).upload(lake)).isEqualTo(2);

            assertThat(lake.listBlobs())
                    .extracting(BlobItem::getName)
                    .containsExactly("a.example/Users.xml", "b.example/Users.xml");
            assertThat(lake.getBlobClient("b.example/Users.xml").downloadContent())
                    .hasToString("<!-- b.example/Users.xml -->");
        }
    }

    @Test
    void namesTheSettingWhenThereIsNothingToUpload() {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> new LakeFolder(missing).upload(null))
                .hasMessageContaining("themis.dev.lake-dir")
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> new LakeFolder(folder).upload(null))
                .hasMessageContaining("themis.dev.lake-dir")
                .hasMessageContaining("<site>/<Table>.xml");
    }
}
