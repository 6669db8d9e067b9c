package io.themis.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.azure.storage.blob.models.BlobStorageException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import io.themis.enrichment.CompanyDatabases;
import io.themis.erasure.ErasurePlan.DatasetPlan;
import io.themis.erasure.ErasurePlan.FilePlan;
import io.themis.request.DataSubjectRequest;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import io.themis.request.Erasures;
import io.themis.request.Proposal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What guards the rows of others: nothing is believed of a file, nor of a store or another replica, that was not read again. */
class LakeErasuresTest {

    private static final DataSubjectRequest REQUEST = CompanyDatabases.requestOf("ada@example.org");
    private static final ErasureFile.Name FILE = new ErasureFile.Name("posts", "tea/posts.jsonl");

    private static final String HERS = "{\"mail\": \"ada@example.org\", \"text\": \"hers\"}\n";
    private static final String OTHERS = "{\"mail\": \"bob@example.org\", \"text\": \"his\"}\n";
    /** What the file had when the plan was made. */
    private static final String PLANNED = OTHERS + HERS + OTHERS + HERS;

    private static final String DAMAGED =
            "the file is not what was written; restore it from a copy, and look at the store";

    private final ObjectMapper json = new ObjectMapper().registerModule(new JavaTimeModule());
    private final StorageAccount account = new StorageAccount().keepingVersions();
    private final KeptFile kept = new KeptFile();
    private LakeErasures lake;

    /** The one file of the request, as the database keeps it. */
    private static final class KeptFile {

        private final ErasureFiles files = mock(ErasureFiles.class);
        private State state = State.PENDING;
        private String note;

        KeptFile() {
            when(files.pendingRequestsFor(FILE.dataset(), FILE.file()))
                    .thenAnswer(call -> state == State.PENDING ? List.of(REQUEST) : List.of());
            when(files.find(REQUEST.id(), FILE)).thenAnswer(call -> Optional.of(now()));
            when(files.renote(eq(REQUEST.id()), eq(FILE), any(), any()))
                    .thenAnswer(call -> renote(call.getArgument(2), call.getArgument(3)));
            doAnswer(call -> {
                        state = call.getArgument(3);
                        note = call.getArgument(4) == null ? note : call.getArgument(4);
                        return null;
                    })
                    .when(files)
                    .mark(eq(REQUEST.id()), eq(FILE.dataset()), eq(FILE.file()), any(), any());
        }

        private ErasureFile now() {
            return new ErasureFile(FILE.dataset(), FILE.file(), state, note);
        }

        private boolean renote(String before, String instead) {
            boolean isAsBefore = state == State.PENDING && Objects.equals(note, before);
            note = isAsBefore ? instead : note;
            return isAsBefore;
        }

        /** Somebody notes something else each time right after the note was read. */
        void renotedByOthers(Supplier<String> others) {
            when(files.find(REQUEST.id(), FILE)).thenAnswer(call -> {
                ErasureFile read = now();
                note = others.get();
                return Optional.of(read);
            });
        }
    }

    @BeforeEach
    void replica() throws Exception {
        DataMap map = DataMapLoader.load("map.yaml", new ByteArrayInputStream("""
                subject: {key: mail}
                datasets:
                  - {name: posts, title: t, kind: lake, path: "{site}/posts.jsonl", format: jsonl, match: {mail: mail},
                     article15: {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o},
                     erasure: {action: delete}}
                """.getBytes(UTF_8)));
        Erasures erasures = mock(Erasures.class);
        when(erasures.proposal(REQUEST.id()))
                .thenReturn(Optional.of(new Proposal(REQUEST.run(), plan(), "digest", Instant.EPOCH, Instant.EPOCH)));
        lake = new LakeErasures(
                CompanyDatabases.datasets(map, Set.of(), List.of()),
                kept.files,
                new StoredPlans(erasures, json),
                new FileNotes(kept.files, json),
                new LakeFileStore(account.client(), account.asyncClient(), new CopySource(null)),
                new OldCopies(account.client(), OldCopies.Policy.DELETE, Clock.systemUTC()),
                null,
                new Pseudonyms("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
                new ErasureMetrics(new SimpleMeterRegistry(), map),
                Clock.systemUTC());
        put(PLANNED);
    }

    @AfterEach
    void close() {
        account.close();
    }

    private String plan() throws JsonProcessingException {
        FilePlan file = new FilePlan(FILE.file(), PLANNED.length(), 2, 0, 0);
        DatasetPlan posts = new DatasetPlan(FILE.dataset(), 2, 0, List.of(), List.of(file), List.of());
        return json.writeValueAsString(new ErasurePlan(REQUEST.id(), REQUEST.run(), List.of(posts), file.bytes(), 1));
    }

    private void put(String content) {
        account.put(FILE.file(), content.getBytes(UTF_8));
        // What is from the very second of the swap would stay
        account.pass(Duration.ofSeconds(2));
    }

    private String content() {
        return new String(account.file(FILE.file()).bytes(), UTF_8);
    }

    private FileNote note() throws JsonProcessingException {
        return json.readValue(kept.note, FileNote.class);
    }

    private void erase() throws IOException {
        lake.erase(REQUEST, FILE);
    }

    /** In a text: the bytes are another value of the same length, and the file can be read as before. */
    private static byte[] damaged(byte[] content) {
        return new String(content, UTF_8).replaceFirst("\"his\"", "\"hid\"").getBytes(UTF_8);
    }

    private void assertNotDone(String problem) throws JsonProcessingException {
        assertThat(kept.state).isEqualTo(State.FAILED);
        assertThat(note().problem()).isEqualTo(problem);
        assertThat(note().verifiedAt()).isNull();
    }

    private void assertDone(long deleted) throws JsonProcessingException {
        assertThat(kept.state).isEqualTo(State.VERIFIED);
        assertThat(note().problem()).isNull();
        assertThat(note().remark()).isNull();
        assertThat(note().deletedBefore() + note().deleted()).isEqualTo(deleted);
        assertThat(content()).isEqualTo(OTHERS + OTHERS);
        assertThat(account.copies(FILE.file())).isEmpty();
    }

    private void assertOldCopiesAreThere() {
        assertThat(account.copies(FILE.file()))
                .singleElement()
                .satisfies(copy ->
                        assertThat(new String(copy.content().bytes(), UTF_8)).isEqualTo(PLANNED));
    }

    // ---- the new file

    @Test
    void aFileIsDoneAndItsOldCopiesGoOnceItWasReadAgain() throws Exception {
        erase();

        assertDone(2);
    }

    @Test
    void aRowOfSomebodyElseThatIsDamagedOnItsWayToTheStoreLeavesTheFileNotDoneAndItsOldCopiesThere() throws Exception {
        account.damage("PUT .*comp=block&", LakeErasuresTest::damaged);

        erase();

        assertThat(content()).isEqualTo(OTHERS.replace("his", "hid") + OTHERS);
        assertNotDone(DAMAGED);
        assertOldCopiesAreThere();
    }

    @Test
    void aRowOfSomebodyElseThatIsLostOnItsWayToTheStoreLeavesTheFileNotDoneAndItsOldCopiesThere() throws Exception {
        account.damage("PUT .*comp=block&", content -> OTHERS.getBytes(UTF_8));

        erase();

        assertThat(content()).isEqualTo(OTHERS);
        assertNotDone(DAMAGED);
        assertOldCopiesAreThere();
    }

    @Test
    void aFileThatWasSwappedBeforeACrashIsDoneOnceItWasReadAgain() throws Exception {
        crashAfterSwap();
        assertOldCopiesAreThere();

        erase();

        assertDone(2);
    }

    @Test
    void aFileThatWasDamagedBeforeACrashIsNotDone() throws Exception {
        account.damage("PUT .*comp=block&", LakeErasuresTest::damaged);
        crashAfterSwap();

        erase();

        assertNotDone(DAMAGED);
        assertOldCopiesAreThere();
    }

    /** Whoever comes later finds the new file and the note of whoever swapped it. */
    private void crashAfterSwap() {
        account.before("comp=blocklist", () -> account.refuse("HEAD ", 503, "ServerBusy"));
        assertThatThrownBy(this::erase).isInstanceOf(BlobStorageException.class);
        account.refuseNothing();
        assertThat(content()).doesNotContain("ada");
        assertThat(kept.state).isEqualTo(State.PENDING);
    }

    // ---- the scan

    @Test
    void theFullParserDecidesWhereAScanFindsOtherRowsThanThePlan() throws Exception {
        // A scan does not see that somebody else's row is damaged
        String damaged = OTHERS + HERS + OTHERS.replace("bob@example.org\"", "bob@example.org") + OTHERS;
        put(damaged);

        erase();

        assertThat(kept.state).isEqualTo(State.FAILED);
        assertThat(content()).isEqualTo(damaged);
        assertThat(account.calls()).noneMatch(call -> call.contains("comp=blocklist"));
    }

    @Test
    void whereSomebodyElseHasTakenARowTheOthersGoAndAreCountedOnce() throws Exception {
        put(OTHERS + HERS + OTHERS);

        erase();

        assertDone(1);
    }

    @Test
    void aFileThatCanNotBeScannedIsReadByTheFullParser() throws Exception {
        account.damage(
                "GET ",
                content -> new String(content, UTF_8)
                        .replace("\"hers\"", "\"her\"s")
                        .getBytes(UTF_8));

        erase();

        assertDone(2);
    }

    // ---- another replica

    @Test
    void aFileThatAnotherReplicaIsAtIsNotSwapped() throws Exception {
        kept.renotedByOthers(() -> json.valueToTree(FileNote.none(null)
                        .failed("theirs, %d".formatted(account.calls().size())))
                .toString());

        erase();

        assertThat(account.calls()).noneMatch(call -> call.startsWith("PUT"));
        assertThat(content()).isEqualTo(PLANNED);
        assertNotDone("the file was changed meanwhile (noted by somebody else)");
    }
}
