package io.themis.enrichment;

import io.micrometer.core.instrument.Counter;
import io.themis.request.DataSubjectRequest;
import io.themis.request.SearchProgress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts what one search of a lake dataset has done. For any number of threads. */
final class DatasetProgress {

    private final DataSubjectRequest request;
    private final String dataset;
    private final Instant begunAt;
    private final Counter readBytes;
    private final Counter readFiles;
    private final Consumer<DatasetProgress> observer;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong filesDone = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();
    private RecentRate rate;
    private Instant seenAt;
    private boolean hasEnded;

    /** @param observer is told of every change */
    DatasetProgress(
            DataSubjectRequest request,
            String dataset,
            Instant begunAt,
            Counter readBytes,
            Counter readFiles,
            Consumer<DatasetProgress> observer) {
        this.request = request;
        this.dataset = dataset;
        this.begunAt = begunAt;
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

    /** It was silent, and now it is not. */
    synchronized void goOn(Instant now) {
        rate = new RecentRate(now, bytesDone.get());
        seenAt = now;
    }

    /** All that it had to deal with has been dealt with. */
    synchronized void end() {
        hasEnded = true;
    }

    /** Measures; true if there will be no more to note unless something changes. */
    synchronized boolean look(Instant now) {
        rate.add(now, bytesDone.get());
        seenAt = now;
        return hasEnded || rate.isSilent();
    }

    synchronized SearchProgress figures() {
        // Done before to do: a file is added before it is read.
        long filesDone = hasEnded ? files.get() : this.filesDone.get();
        long bytesDone = hasEnded ? bytes.get() : this.bytesDone.get();
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
