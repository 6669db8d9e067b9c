package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.models.BlobContainerItem;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class AzuriteIT {

    @Test
    void hasTheContainersOfTheApplication() {
        try (Azurite azurite = Azurite.start(Port.free())) {
            assertThat(azurite.client().listBlobContainers())
                    .extracting(BlobContainerItem::getName)
                    .containsExactlyInAnyOrder("lake", "staging", "packages", "review", "index");
        }
    }

    @Test
    void keepsItsDataAndItsAddressWhenItIsStoppedAndStartedAgain() {
        try (Azurite azurite = Azurite.start(Port.free())) {
            var blob = azurite.client().getBlobContainerClient("staging").getBlobClient("part.jsonl");
            blob.upload(BinaryData.fromString("kept"));
            String endpoint = azurite.endpoint();

            azurite.stop();
            int port = Integer.parseInt(endpoint.replaceAll(".*:(\\d+)/.*", "$1"));
            assertThat(new Port("", port).requireFree()).as("nobody listens").isNotNull();
            azurite.start();

            assertThat(azurite.endpoint()).isEqualTo(endpoint);
            assertThat(blob.downloadContent()).hasToString("kept");
        }
    }

    @Test
    void namesThePortAndTheSettingWhenThePortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Port port = new Port("themis.dev.azurite-port", other.getLocalPort());

            assertThatThrownBy(() -> Azurite.start(port))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessageContaining("Port " + other.getLocalPort())
                    .hasMessageContaining("themis.dev.azurite-port");
        }
    }

    @Test
    void endsWithItsParentAndDeletesItsDataWhenTheParentIsKilled() throws Exception {
        Process parent = AnotherJvm.start(Parent.class);
        try (BufferedReader output = parent.inputReader()) {
            Path data = output.lines()
                    .filter(line -> line.startsWith("data in "))
                    .map(line -> Path.of(line.substring("data in ".length())))
                    .findFirst()
                    .orElseThrow();
            ProcessHandle azurite = parent.descendants()
                    .filter(process -> process.info().command().orElse("").endsWith("node"))
                    .findFirst()
                    .orElseThrow();
            assertThat(data).isNotEmptyDirectory();

            parent.destroyForcibly();

            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !azurite.isAlive());
            assertThat(Files.exists(data)).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    private static final class Parent implements Runnable {

        @Override
        public void run() {
            System.out.println("data in " + Azurite.start(Port.free()).data());
            while (true) {
                LockSupport.park(); // may return at any time
            }
        }
    }
}
