package io.themis.health;

import io.themis.request.ReadableError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Asks a store whether it answers. Anybody may call the health endpoint as often as they like, so the store is asked at
 * most once at a time and once in {@link #FRESH}, and nobody waits for it longer than {@link #PATIENCE}.
 */
final class Probe implements HealthIndicator {

    /** How long an answer is passed on before the store is asked again. */
    static final Duration FRESH = Duration.ofSeconds(2);

    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Ends without an exception if the store answers. */
    @FunctionalInterface
    interface Question {
        void ask() throws Exception;
    }

    private record Answer(CompletableFuture<Health> health, long askedAt) {

        boolean isUsable() {
            return !health.isDone() || age() < FRESH.toNanos();
        }

        long age() {
            return System.nanoTime() - askedAt;
        }
    }

    private final Question question;
    private final Executor threads;
    private Answer last;

    Probe(Executor threads, Question question) {
        this.question = question;
        this.threads = threads;
    }

    @Override
    public Health health() {
        Answer answer = answer();
        try {
            return answer.health().get(Math.max(0, PATIENCE.toNanos() - answer.age()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return down("no answer for " + Duration.ofNanos(answer.age()).toSeconds() + " seconds");
        } catch (ExecutionException e) {
            return down(ReadableError.of(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.unknown().build();
        }
    }

    private synchronized Answer answer() {
        if (last == null || !last.isUsable()) {
            last = new Answer(CompletableFuture.supplyAsync(this::ask, threads), System.nanoTime());
        }
        return last;
    }

    private Health ask() {
        try {
            question.ask();
            return Health.up().build();
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static Health down(String error) {
        return Health.down().withDetail("error", error).build();
    }
}
