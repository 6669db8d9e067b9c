package io.themis.enrichment;

import io.micrometer.core.instrument.Counter;
import io.themis.request.DataSubjectRequest;
import io.themis.request.SearchProgress;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts what one search of a lake dataset has done. For any number of threads. */
final class DatasetProgress {

    private final DataSubjectRequest request;
    private final String dataset;
    private final Clock clock;
    private final Counter readBytes;
    private final Counter readFiles;
    private final Consumer<DatasetProgress> observer;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong filesDone = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();
    private long byEngine;
    private Instant begunAt;
    private RecentRate rate;
    private Instant seenAt;
    private boolean hasEnded;

    /** @param observer is told of every change */
    DatasetProgress(
            DataSubjectRequest request,
            String dataset,
            Clock clock,
            Counter readBytes,
            Counter readFiles,
            Consumer<DatasetProgress> observer) {
        this.request = request;
        this.dataset = dataset;
        this.clock = clock;
        begunAt = clock.instant();
        this.readBytes = readBytes;
        this.readFiles = readFiles;
        this.observer = observer;
        goOn(begunAt);
    }

    /** One more file to deal with. */
    FileProgress file(long length) {
        files.incrementAndGet();
        bytes.addAndGet(length);
        observer.accept(this);
        return new FileProgress(this, length);
    }

    /** @param count of bytes that came from the store, which may be some of them twice */
    void read(long count) {
        readBytes.increment(count);
    }

    void done(long count) {
        observer.accept(this);
        bytesDone.addAndGet(count);
    }

    void fileDone() {
        observer.accept(this);
        readFiles.increment();
        filesDone.incrementAndGet();
    }

    /**
     * Says how much another engine has read by now of files that nobody has dealt with yet. What it has read for nothing is to be read
     * again, and for whoever looks the search has begun anew.
     *
     * @param count of bytes
     */
    synchronized void readByEngine(long count) {
        observer.accept(this);
        long before = all();
        byEngine = count;
        if (all() < before) {
            begunAt = clock.instant();
            goOn(begunAt);
        }
    }

    /** A file that an engine has read and that has been dealt with counts once. */
    private synchronized long all() {
        return Math.min(bytes.get(), bytesDone.get() + byEngine);
    }

    /** It was silent, and now it is not. */
    synchronized void goOn(Instant now) {
        rate = new RecentRate(now, all());
        seenAt = now;
    }

    /** All that it had to deal with has been dealt with. */
    synchronized void end() {
        hasEnded = true;
    }

    /** Measures; true if there will be no more to note unless something changes. */
    synchronized boolean look(Instant now) {
        rate.add(now, all());
        seenAt = now;
        return hasEnded || rate.isSilent();
    }

    synchronized SearchProgress figures() {
        // Done before to do: a file is added before it is read.
        long filesDone = hasEnded ? files.get() : this.filesDone.get();
        long bytesDone = hasEnded ? bytes.get() : all();
        return new SearchProgress(
                request.id(),
                request.run(),
                dataset,
                begunAt,
                files.get(),
                filesDone,
                bytes.get(),
                bytesDone,
                hasEnded ? null : rate.perSecond(),
                seenAt);
    }
}
