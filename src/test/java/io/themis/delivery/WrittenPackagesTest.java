package io.themis.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WrittenPackagesTest {

    @Test
    void theMetricCountsEachByteThatGoesIntoAnyZip() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        WrittenPackages packages = new WrittenPackages(registry);
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ByteArrayOutputStream second = new ByteArrayOutputStream();

        try (OutputStream zip = packages.counting(first, UUID.randomUUID())) {
            zip.write('a');
            zip.write(new byte[] {'b', 'c', 'd'}, 1, 2);
        }
        try (OutputStream zip = packages.counting(second, UUID.randomUUID())) {
            zip.write(new byte[] {'e'});
        }

        assertThat(first).hasToString("acd");
        assertThat(second).hasToString("e");
        assertThat(registry.get("themis.package.written").counter().count()).isEqualTo(4);
    }
}
