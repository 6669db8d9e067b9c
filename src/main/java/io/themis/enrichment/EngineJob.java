package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.lake.ColumnPath;
import io.themis.lake.CutRows;
import io.themis.lake.KeyText;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch;
import io.themis.lake.RowMatch.Wanted;
import io.themis.request.ReadableError;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job of another engine, for several people. The engine only cuts records out of files. What is in them Themis reads itself, with the
 * parser that its own engine has, and gives each person the rows that are theirs by the rows' own values.
 */
final class EngineJob implements LakeJob {

    private static final Logger LOG = LoggerFactory.getLogger(EngineJob.class);

    /** Bytes of a file's rows, which are on their way to staging until somebody's part ends: many may have some, and each holds them back. */
    private static final long MOST_KEPT = 32L << 20;

    private final Dataset dataset;
    private final List<EngineSeat> seats;
    private final Map<String, Listed> listed;
    private final List<Source> files = new ArrayList<>();
    private final LongConsumer counter;
    private final long length;
    private long read;
    private Router router;
    private boolean hasEnded;

    /**
     * @param listed the dataset's files as they are now, by name
     * @param counter is told of bytes that the engine has read
     */
    EngineJob(Dataset dataset, List<EngineSeat> seats, Map<String, Listed> listed, LongConsumer counter) {
        this.dataset = dataset;
        this.counter = counter;
        this.seats = seats;
        this.listed = listed;
        Map<String, Source> wanted = new TreeMap<>();
        for (EngineSeat seat : seats) {
            seat.queries().forEach((name, query) -> {
                Listed file = listed.get(name);
                if (file != null) {
                    wanted.computeIfAbsent(
                            name, none -> new Source(name, file.file().partition(), file.length()));
                }
            });
        }
        files.addAll(wanted.values());
        length = files.stream().mapToLong(Source::length).sum();
    }

    @Override
    public Dataset dataset() {
        return dataset;
    }

    @Override
    public List<Source> files() {
        return files;
    }

    @Override
    public Optional<RowMatch> match(String partition) {
        return Optional.ofNullable(router(partition).match());
    }

    @Override
    public void take(Source file, Cut cut) {
        Map<EngineSeat, LakeRows> found = new LinkedHashMap<>();
        Optional<CutRows> parser = parser(file, cut.head(), found);
        if (parser.isEmpty()) {
            return;
        }
        long refused = 0;
        long kept = 0;
        for (byte[] row = cut.next(); row != null; row = cut.next()) {
            refused += isRow(parser.get(), row) ? 0 : 1;
            kept += row.length;
            if (kept > MOST_KEPT) {
                found.forEach((seat, rows) -> keep(seat, file, rows::rest));
                kept = 0;
            }
        }
        // What was cut wrong need not be a row
        long malformed = cut.malformed() + (cut.isSure() || cut.malformed() > 0 ? refused : 0);
        if (malformed > 0) {
            tellMalformed(file, malformed);
        }
        if (malformed > 0 || !cut.isSure()) {
            return;
        }
        for (EngineSeat seat : seats) {
            LakeFileQuery query = seat.queries().get(file.name());
            if (query != null) {
                keep(seat, file, () -> {
                    LakeRows own = found.get(seat);
                    seat.take(file.name(), (own == null ? query.rows() : own).finish(1, file.length(), null));
                });
            }
        }
    }

    @Override
    public synchronized void hasRead(long bytes) {
        if (!hasEnded && length > 0) {
            long now = Math.min(bytes, length);
            counter.accept(Math.max(0, now - read));
            read = now;
            seats.forEach(seat -> seat.hasRead((double) now / length));
        }
    }

    /** It has ended, well or not. What counts now is which files have been dealt with. */
    synchronized void end() {
        hasEnded = true;
        seats.forEach(seat -> seat.hasRead(0));
    }

    private static boolean isRow(CutRows parser, byte[] row) {
        try {
            return parser.read(row);
        } catch (IOException e) {
            throw new UncheckedIOException("whom a row concerns drops out, and nobody else", e);
        }
    }

    /** Nothing if what the file has before its rows says that they can't be searched, whoever's they are. */
    private Optional<CutRows> parser(Source file, byte[] head, Map<EngineSeat, LakeRows> found) {
        if (dataset.format() == Format.PARQUET) {
            // No row is cut out of it
            return Optional.of(row -> false);
        }
        Router router = router(file.partition());
        return dataset.rowFormat().cutRows(head, router.match(), row -> handOver(file, row, router.seats(row), found));
    }

    private void handOver(
            Source file, Map<String, Object> row, Set<EngineSeat> concerned, Map<EngineSeat, LakeRows> found) {
        for (EngineSeat seat : concerned) {
            LakeFileQuery query = seat.queries().get(file.name());
            if (query != null) {
                keep(
                        seat,
                        file,
                        () -> found.computeIfAbsent(seat, none -> query.rows())
                                .takeIfConcerned(new LinkedHashMap<>(row)));
            }
        }
    }

    /** Something to do with what was found for one person. */
    private interface Keeping {
        void run() throws IOException;
    }

    /** Who drops out of the job by that is that person, and nobody else. */
    private void keep(EngineSeat seat, Source file, Keeping keeping) {
        if (seat.hasDroppedOut()) {
            return;
        }
        try {
            keeping.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "dataset {}: what was found in {} can't be kept for one person, whose search goes on by itself: {}",
                    dataset.name(),
                    file.name(),
                    ReadableError.of(e));
            seat.dropOut(e);
        }
    }

    private void tellMalformed(Source file, long rows) {
        Shortfall problem = new Shortfall(
                Kind.UNREADABLE,
                "%s: %d %s not what the format has".formatted(file.name(), rows, rows == 1 ? "row is" : "rows are"));
        seats.stream()
                .filter(seat -> seat.queries().containsKey(file.name()))
                .forEach(seat -> seat.takeMalformed(file.name(), problem));
    }

    /** Gives back what was found in files that are not, by now, what they were when the job began. */
    void keepOnly(Map<String, Listed> now) {
        for (EngineSeat seat : seats) {
            for (String file : seat.queries().keySet()) {
                Listed before = listed.get(file);
                Listed after = now.get(file);
                if (before == null || after == null || !Objects.equals(before.version(), after.version())) {
                    seat.giveBack(file);
                }
            }
        }
    }

    /** Files come one partition after the other, so only the last one's is kept. */
    private Router router(String partition) {
        if (router == null || !Objects.equals(router.partition, partition)) {
            router = new Router(partition);
        }
        return router;
    }

    /** Who a row of one partition may concern. */
    private final class Router {

        private final String partition;
        private final Map<String, Map<String, Set<EngineSeat>>> byKey = new HashMap<>();
        private final Map<String, Wanted> columns = new HashMap<>();
        private final Map<String, Wanted> review = new HashMap<>();

        private Router(String partition) {
            this.partition = partition;
            Map<String, NormalForm> forms = new HashMap<>();
            Set<String> forReview = new HashSet<>();
            for (EngineSeat seat : seats) {
                RowMatch match = seat.match(partition);
                if (match != null) {
                    match.columns().forEach((column, wanted) -> add(seat, column, wanted, forms));
                    match.review().forEach((column, wanted) -> add(seat, column, wanted, forms));
                    forReview.addAll(match.review().keySet());
                }
            }
            byKey.forEach((column, texts) -> (forReview.contains(column) ? review : columns)
                    .put(column, new Wanted(forms.get(column), texts.keySet())));
        }

        private void add(EngineSeat seat, String column, Wanted wanted, Map<String, NormalForm> forms) {
            forms.put(column, wanted.form());
            Map<String, Set<EngineSeat>> texts = byKey.computeIfAbsent(column, none -> new HashMap<>());
            wanted.normalForms()
                    .forEach(text -> texts.computeIfAbsent(text, none -> new LinkedHashSet<>())
                            .add(seat));
        }

        private RowMatch match() {
            return byKey.isEmpty() ? null : new RowMatch(columns, review);
        }

        private Set<EngineSeat> seats(Map<String, Object> row) {
            Set<EngineSeat> concerned = new LinkedHashSet<>();
            byKey.forEach((column, texts) -> text(column, row)
                    .map((columns.containsKey(column) ? columns : review)
                            .get(column)
                            .form()::of)
                    .map(texts::get)
                    .ifPresent(concerned::addAll));
            return concerned;
        }

        private Optional<String> text(String column, Map<String, Object> row) {
            Collection<List<String>> places = dataset.places(column, row);
            try {
                return places.stream().findFirst().flatMap(place -> KeyText.of(new ColumnPath(place).of(row)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }
}
