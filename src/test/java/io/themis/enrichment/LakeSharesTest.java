package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.withSettings;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.azure.LakeSettings;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.datamap.Keys;
import io.themis.index.FileAnswer;
import io.themis.lake.ExactMatch;
import io.themis.lake.LakeFile;
import io.themis.lake.NormalForm;
import io.themis.lake.RowMatch;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.EngineQueue;
import io.themis.request.JsonText;
import io.themis.request.Part;
import io.themis.request.SharedSearches;
import io.themis.request.SharedSearches.SharedSearch;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import io.themis.request.SubjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Who searches a dataset, and what becomes of what others have told. */
class LakeSharesTest {

    private static final String DATASET = """
              - name: %s
                title: t
                kind: lake
                path: "%s/{site}.xml"
                format: xml-rows
                engine: %s
                match: {Owner: mail}
                article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
            """;

    private static final String MAP = "subject: {key: mail, knownBy: users}\ndatasets:\n"
            + Stream.of("users", "posts")
                    .map(name -> DATASET.formatted(name, name, "spark"))
                    .reduce("", String::concat)
            + DATASET.formatted("own", "own", "themis");

    private static final Asked ASKED = new Asked(1, Map.of());
    private static final SharedSearch ASKED_ENGINE = new SharedSearch(UUID.randomUUID(), ASKED, false);
    private static final SharedSearch OFFERED = new SharedSearch(UUID.randomUUID(), ASKED, true);

    private final SharedSearches shared = mock(SharedSearches.class);
    private final EngineQueue engine = mock(EngineQueue.class);
    private final DataSubjectRequest ada = OneDataset.requestOf("ada@example.org");
    private final DataMap map;
    private final LakeShares shares;

    LakeSharesTest() throws IOException {
        map = DataMapLoader.load("map", new ByteArrayInputStream(MAP.getBytes(StandardCharsets.UTF_8)));
        shares = new LakeShares(
                shared,
                engine,
                mock(LakeSearches.class),
                mock(Datasets.class),
                map,
                new LakeSettings("https://lake.example", "lake", null, "lake", 2, DataSize.ofBytes(1_000)));
        doReturn(Map.of()).when(shared).answers(any(), any());
    }

    /** @param length of each of its two files */
    private LakePlan plan(String dataset, FileAnswer places, long length) {
        FileProgress progress = mock(FileProgress.class, withSettings().stubOnly());
        doReturn(length).when(progress).length();
        RowMatch match = ExactMatch.of(Map.of("Owner", Set.of("ada@example.org")));
        Keys keys = new Keys(
                Set.of(new SubjectKey("mail", null, "ada@example.org")), Map.of("mail", NormalForm.EMAIL_ADDRESS));
        LakeQuery query = new LakeQuery(ada, map.dataset(dataset), keys, null, null, null);
        return new LakePlan(
                Stream.of("coffee", "tea")
                        .map(site -> new LakeFileQuery(
                                query,
                                new LakeFile(dataset + "/" + site + ".xml", site),
                                match,
                                null,
                                null,
                                places,
                                false,
                                0,
                                progress))
                        .toList(),
                Map.of(),
                List.of(),
                List.of(),
                null);
    }

    private LakePlan unknown(String dataset, long length) {
        return plan(dataset, new FileAnswer.Unknown(), length);
    }

    @Test
    void theEngineThatTheDataMapNamesIsAskedOnceHoweverLittleThereIs() {
        LakePlan small = unknown("posts", 1);
        assertThat(shares.isForOthers("posts", null, small)).isTrue();
        assertThat(shares.isForEngine(null, small)).isTrue();
        assertThat(shares.isForOthers("posts", ASKED_ENGINE, small)).isFalse();
        assertThat(shares.isForOthers("own", null, unknown("own", 1))).isFalse();
    }

    @Test
    void whatTheEngineHasLeftIsSharedOutIfThereIsMuchOfIt() {
        LakePlan large = unknown("posts", 1_000);
        assertThat(shares.isForOthers("posts", ASKED_ENGINE, large)).isTrue();
        assertThat(shares.isForEngine(ASKED_ENGINE, large)).isFalse();
        assertThat(shares.isForOthers("posts", OFFERED, large)).isFalse();
    }

    /** Where the index knows the places of rows, reading them is quicker. */
    @Test
    void theEngineIsNotAskedForWhatTheIndexKnows() {
        LakePlan known = plan("posts", new FileAnswer.Within(0, List.of()), 1);
        assertThat(shares.isForOthers("posts", null, known)).isFalse();
    }

    /** Else everybody would be known for as long as others search. */
    @Test
    void whoIsKnownIsLookedUpAtOnce() {
        assertThat(shares.isForOthers("users", null, unknown("users", 1_000_000)))
                .isFalse();
    }

    @Test
    void aRequestThatIsForTheEngineWaitsForIt() {
        UUID search = UUID.randomUUID();
        doReturn(search).when(shared).begin(ada.id(), "posts", ASKED);
        assertThat(shares.offerToEngine(ada, ASKED, unknown("posts", 1))).isEqualTo("posts");
        verify(engine).join(search);

        doReturn(true).when(engine).isWaiting(ada.id(), "posts");
        assertThat(shares.isFree(ada, "posts", ASKED_ENGINE)).isFalse();
    }

    /** As it comes back from the request database. */
    @Test
    void whatTheEngineHasToldIsInTheAnswerAndWhatItHasNotIsLeft() {
        SearchResult found = new SearchResult(
                Set.of("coffee"),
                1,
                70,
                List.of(new Part("part", "coffee", 2, 60, List.of("Owner"), Map.of())),
                Set.of(new SubjectKey("account", "coffee", "7")),
                List.of(),
                Review.NOTHING);
        Shortfall malformed = new Shortfall(Kind.UNREADABLE, "posts/tea.xml: 2 rows are not what the format has");
        JsonText json = new JsonText(new ObjectMapper());
        EngineAnswer told = json.read(
                json.write(new EngineAnswer(Map.of("posts/coffee.xml", found), Map.of(), List.of(malformed))),
                EngineAnswer.class);
        doReturn(Optional.of(told)).when(engine).answer(ASKED_ENGINE.id(), EngineAnswer.class);

        LakePlan rest = shares.rest(ASKED_ENGINE, unknown("posts", 1));

        assertThat(rest.known()).isEqualTo(Map.of("posts/coffee.xml", found));
        assertThat(rest.queries()).extracting(query -> query.file().name()).containsExactly("posts/tea.xml");
        assertThat(rest.gaps()).containsExactly(malformed);
    }
}
