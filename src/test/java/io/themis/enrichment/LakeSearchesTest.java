package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.enrichment.LakeListing.Listed;
import io.themis.index.IndexStore;
import io.themis.lake.LakePath;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.Discoveries;
import io.themis.request.EmailAddress;
import io.themis.request.ProgressLog;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which files an erasure has to look into, and where what it finds does not go. */
class LakeSearchesTest {

    private static final String REST = """
            article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}, \
            erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}""";

    private static final String MAP = """
            subject: {key: mail}
            datasets:
              - {name: known, title: t, kind: route, uri: direct:known, provides: {displayName: name}, REST}
              - {name: accounts, title: t, kind: lake, path: "{site}/Users.xml", format: xml-rows, match: {Mail: mail},
                 provides: {userId: Id}, REST}
              - {name: posts, title: t, kind: lake, path: "{site}/Posts.xml", format: xml-rows, match: {Owner: userId},
                 review: [OwnerName], REST}
              - {name: photos, title: t, kind: lake, path: "photos/{mail}/{*name}", format: file, match: {mail: mail}, REST}
            """.replace("REST", REST);

    private final Set<SubjectKey> keys =
            Set.of(new SubjectKey("userId", "tea", "42"), new SubjectKey("displayName", null, "Ada Example"));
    private final List<String> staged = new ArrayList<>();
    private final LakeListing listing = mock(LakeListing.class);
    private final Datasets datasets;
    private final LakeSearches searches;

    LakeSearchesTest() throws IOException {
        DataMap map = DataMapLoader.load("map", new ByteArrayInputStream(MAP.getBytes(StandardCharsets.UTF_8)));
        datasets = new Datasets(
                map,
                new Known(),
                part -> {
                    staged.add(part);
                    return OutputStream.nullOutputStream();
                },
                findings -> {});
        doAnswer(call -> files(call.getArgument(0), "coffee", "tea"))
                .when(listing)
                .of(any());
        searches = new LakeSearches(
                listing,
                datasets,
                mock(HomonymSink.class),
                new LakeProgress(mock(ProgressLog.class), new SimpleMeterRegistry(), Clock.systemUTC(), map),
                new KnownPlaces(map, mock(IndexStore.class), new SimpleMeterRegistry()));
    }

    private static Stream<Listed> files(LakePath path, String... sites) {
        return Stream.of(sites)
                .flatMap(site -> path.file(site + "/Posts.xml").stream())
                .map(file -> new Listed(file, null, 100));
    }

    @Test
    void aFileThatCanHaveNothingButTheNameIsReadForACopyAndNotForAnErasure() {
        assertThat(searches.plan(request(RequestType.ACCESS), "posts").queries())
                .extracting(query -> query.file().name())
                .containsExactly("coffee/Posts.xml", "tea/Posts.xml");
        assertThat(searches.candidates(request(RequestType.ERASURE), "posts"))
                .extracting(query -> query.file().name())
                .containsExactly("tea/Posts.xml");
    }

    @Test
    void whatAnErasureFindsIsStagedNowhere() throws IOException {
        datasets.sink(request(RequestType.ERASURE)).create("part").close();
        assertThat(staged).isEmpty();
        datasets.sink(request(RequestType.ACCESS)).create("part").close();
        assertThat(staged).containsExactly("part");
    }

    @Test
    void aFileThatIsARecordHasNoRowsToBeRead() {
        assertThat(datasets.get("posts").rowFormat()).isNotNull();
        assertThatThrownBy(() -> datasets.get("photos").rowFormat()).isInstanceOf(IllegalArgumentException.class);
    }

    private static DataSubjectRequest request(RequestType type) {
        return new DataSubjectRequest(
                UUID.randomUUID(),
                type,
                new EmailAddress("ada@example.org"),
                Locale.ENGLISH,
                RequestStatus.GATHERING,
                Instant.EPOCH,
                Instant.EPOCH,
                "test",
                null,
                null,
                1);
    }

    /** All that is known of whoever asks. */
    private final class Known implements Discoveries {

        @Override
        public Set<SubjectKey> keys(UUID id) {
            return keys;
        }

        @Override
        public List<DatasetFindings> findings(UUID id) {
            return List.of(answer("known", Set.of()), answer("accounts", Set.of("coffee", "tea")));
        }

        private static DatasetFindings answer(String dataset, Set<String> partitions) {
            return new DatasetFindings(
                    dataset,
                    DatasetFindings.Status.COMPLETE,
                    List.of(),
                    0,
                    0,
                    1,
                    partitions,
                    List.of(),
                    new DatasetFindings.Asked(1, Map.of()),
                    DatasetFindings.Review.NOTHING);
        }

        @Override
        public void record(DataSubjectRequest request, DatasetFindings findings, Collection<SubjectKey> found) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void greet(UUID id, String greeting) {
            throw new UnsupportedOperationException();
        }
    }
}
