package io.themis.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.azure.CountedOutput;
import java.io.OutputStream;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
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

    /** The same zip, counted. */
    OutputStream counting(OutputStream zip, UUID requestId) {
        AtomicLong written = new AtomicLong();
        return new CountedOutput(zip, count -> {
            bytes.increment(count);
            long all = written.addAndGet(count);
            if (all / GIGABYTE > (all - count) / GIGABYTE) {
                LOG.info("request {}: {} GB of the zip are written", requestId, all / GIGABYTE);
            }
        });
    }
}
