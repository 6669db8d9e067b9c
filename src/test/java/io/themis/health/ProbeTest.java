package io.themis.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

class ProbeTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void end() {
        never.countDown();
        threads.shutdownNow();
    }

    @Test
    void manyCallersAskTheStoreOnce() throws Exception {
        Probe probe = new Probe(threads, asked::incrementAndGet);

        List<Future<Health>> answers = new ArrayList<>();
        for (int caller = 0; caller < 50; caller++) {
            answers.add(threads.submit(probe::health));
        }

        for (Future<Health> answer : answers) {
            assertThat(answer.get().getStatus()).isEqualTo(Status.UP);
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void aStoreThatHangsIsDownSoonAndIsNotAskedAgainMeanwhile() {
        Probe probe = new Probe(threads, () -> {
            asked.incrementAndGet();
            never.await();
        });

        long start = System.nanoTime();
        Health first = probe.health();
        long firstTook = System.nanoTime() - start;
        Health second = probe.health();
        long secondTook = System.nanoTime() - start - firstTook;

        assertThat(first.getStatus()).isEqualTo(Status.DOWN);
        assertThat(second.getDetails().get("error").toString()).startsWith("no answer for");
        assertThat(Duration.ofNanos(firstTook)).isLessThan(Probe.PATIENCE.multipliedBy(2));
        assertThat(Duration.ofNanos(secondTook))
                .as("the second caller does not wait again")
                .isLessThan(Probe.PATIENCE.dividedBy(2));
        assertThat(asked).hasValue(1);
    }

    @Test
    void aStoreThatComesBackIsUpAgain() {
        Probe probe = new Probe(threads, () -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("away");
            }
        });

        assertThat(probe.health().getStatus()).isEqualTo(Status.DOWN);
        Awaitility.await()
                .atMost(Probe.FRESH.multipliedBy(5))
                .until(() -> probe.health().getStatus().equals(Status.UP));
    }

    @Test
    void theReasonNamesNobodyAndNoSecret() {
        Probe probe = new Probe(threads, () -> {
            throw new IllegalStateException("refused maja@example.org at https://store/p.zip?se=1&sig=c2VjcmV0");
        });

        assertThat(probe.health().getDetails().get("error").toString())
                .contains("refused")
                .doesNotContain("maja")
                .doesNotContain("c2VjcmV0");
    }
}
