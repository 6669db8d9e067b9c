package io.themis.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells how far packages have come that take long to write: a metric at any time, the log each gigabyte. */
@Component
class WrittenPackages {

    private static final Logger LOG = LoggerFactory.getLogger(WrittenPackages.class);
    private static final long GIGABYTE = 1_000_000_000;

    private final Counter bytes;

    WrittenPackages(MeterRegistry registry) {
        bytes = Counter.builder("themis.package.written")
                .description("Bytes of packages that this replica has written, as they go")
                .baseUnit("bytes")
                .register(registry);
    }

    /** @param zip is closed with the stream, and not flushed before */
    OutputStream counting(OutputStream zip, UUID requestId) {
        return new FilterOutputStream(zip) {
            private long written;

            @Override
            public void write(int b) throws IOException {
                out.write(b);
                count(1);
            }

            @Override
            public void write(byte[] chunk, int from, int length) throws IOException {
                out.write(chunk, from, length);
                count(length);
            }

            private void count(int length) {
                long before = written / GIGABYTE;
                written += length;
                bytes.increment(length);
                if (written / GIGABYTE > before) {
                    LOG.info("request {}: {} GB of the zip are written", requestId, written / GIGABYTE);
                }
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }
}
