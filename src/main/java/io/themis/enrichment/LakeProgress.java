package io.themis.enrichment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset.Kind;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ProgressLog;
import io.themis.request.ReadableError;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * How far this replica's searches of the lake have come. Searches count as they read, and a clock has the figures noted: what
 * goes wrong with that is no matter of the searches, which neither wait for it nor fail.
 */
@Component
public class LakeProgress {

    private static final Logger LOG = LoggerFactory.getLogger(LakeProgress.class);

    private final ProgressLog log;
    private final MeterRegistry registry;
    private final Clock clock;

    /** Those of which there is something to note. One that fails does not say so; it falls silent, and is forgotten. */
    private final Set<DatasetProgress> underWay = ConcurrentHashMap.newKeySet();

    private volatile boolean isAway;

    LakeProgress(ProgressLog log, MeterRegistry registry, Clock clock, DataMap map) {
        this.log = log;
        this.registry = registry;
        this.clock = clock;
        // There from the start, so that the first that is counted is seen as more than before
        map.datasets().stream().filter(dataset -> dataset.kind() == Kind.LAKE).forEach(dataset -> {
            readBytes(dataset.name());
            readFiles(dataset.name());
            readByEngine(dataset.name());
        });
    }

    /** Begins to count; what an earlier search of the dataset for the request has counted is replaced. */
    DatasetProgress begin(DataSubjectRequest request, String dataset) {
        return begin(request, dataset, this::changed);
    }

    /** The same for a search that is a part of one which is noted elsewhere. */
    DatasetProgress beginUnnoted(DataSubjectRequest request, String dataset) {
        return begin(request, dataset, part -> {});
    }

    private DatasetProgress begin(DataSubjectRequest request, String dataset, Consumer<DatasetProgress> observer) {
        return new DatasetProgress(request, dataset, clock, readBytes(dataset), readFiles(dataset), observer);
    }

    /** Another engine has read more of the dataset's files, for however many people. */
    void engineHasRead(String dataset, long bytes) {
        readByEngine(dataset).increment(bytes);
    }

    private Counter readBytes(String dataset) {
        return counter(
                "themis.lake.read", "Bytes that this replica has read from lake files, as they come", "bytes", dataset);
    }

    private Counter readFiles(String dataset) {
        return counter("themis.lake.files", "Lake files that this replica has dealt with", "files", dataset);
    }

    private Counter readByEngine(String dataset) {
        return counter(
                "themis.lake.engine.read",
                "Bytes of lake files that another engine has read in jobs of this replica, as it says",
                "bytes",
                dataset);
    }

    private Counter counter(String name, String description, String unit, String dataset) {
        return Counter.builder(name)
                .description(description)
                .baseUnit(unit)
                .tag("dataset", dataset)
                .register(registry);
    }

    private void changed(DatasetProgress search) {
        if (!underWay.contains(search)) {
            search.goOn(clock.instant());
            underWay.add(search);
        }
    }

    /** The search has ended well, and what it came to is kept. */
    void end(DatasetProgress search) {
        search.end();
        underWay.add(search);
        note(search);
    }

    /** Notes all searches that are under way; called every second. */
    public void note() {
        for (DatasetProgress search : underWay) {
            if (!note(search)) {
                // The others would wait for the same database.
                return;
            }
        }
    }

    private boolean note(DatasetProgress search) {
        try {
            // Before it is noted: what is counted meanwhile makes it go on.
            if (search.look(clock.instant())) {
                underWay.remove(search);
            }
            log.note(search.figures());
            isAway = false;
            return true;
        } catch (RuntimeException e) {
            underWay.add(search);
            if (!isAway) {
                LOG.warn("the progress of searches is not noted: {}", ReadableError.of(e));
            }
            isAway = true;
            return false;
        }
    }
}
