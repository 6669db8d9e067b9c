package io.themis.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.themis.datamap.Dataset;
import io.themis.datamap.Keys;
import io.themis.enrichment.LakePasses.Seat;
import io.themis.lake.LakeFile;
import io.themis.request.Shortfall;
import io.themis.request.Shortfall.Kind;
import io.themis.request.SubjectKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** One reading for several people: each gets their own rows, and the troubles of one are not those of another. */
class LakePassTest {

    private static final LakeFile FILE = new LakeFile("posts.xml", null);
    private final Map<String, ByteArrayOutputStream> staged = new HashMap<>();
    private boolean isWhole;

    @Test
    void eachGetsTheirOwnRows() throws IOException {
        Seat ada = seat("1", this::staged);
        Seat ben = seat("2", this::staged);

        SearchResult adas = read(ada, ben);

        assertThat(text("1")).isEqualTo("{\"Owner\":\"1\"}\n");
        assertThat(text("2")).isEqualTo("{\"Owner\":\"2\"}\n");
        assertThat(adas.parts()).hasSize(1);
        assertThat(ben.result().parts()).hasSize(1);
        assertThat(isWhole).isTrue();
    }

    @Test
    void oneWhoseRowsCanNotBeKeptDropsOutAndTheOthersGoOn() throws IOException {
        Seat cutOff = seat("2", LakePassTest::away);
        Seat unstaged = seat("3", name -> new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
                throw new IOException("the store does not take it");
            }
        });
        Seat gone = new Seat(null, () -> {
            throw new IllegalStateException("no such request");
        });
        Seat dora = seat("4", this::staged);

        SearchResult adas = read(seat("1", this::staged), cutOff, unstaged, gone, dora);

        assertThat(adas.parts()).hasSize(1);
        assertThat(text("4")).isEqualTo("{\"Owner\":\"4\"}\n");
        assertThat(dora.result().parts()).hasSize(1);
        assertThat(List.of(cutOff, unstaged, gone)).allMatch(seat -> seat.result() == null);
    }

    @Test
    void rowsOfOneWhoDroppedOutAreNobodyElses() throws IOException {
        Seat cutOff = seat("2", LakePassTest::away);
        LakePass pass = new LakePass(List.of(seat("1", this::staged), cutOff), () -> {});

        pass.row(Map.of("Owner", "2"));
        pass.row(Map.of("Owner", "2"));

        assertThat(pass.finish(1, 10, null).parts()).isEmpty();
    }

    /** A broken row may be one person's, and then it is not looked at when others read the file. */
    @Test
    void aFileThatIsUnreadableForSeveralIsReadByEachAlone() throws IOException {
        Seat ben = seat("2", this::staged);
        LakePass pass = new LakePass(List.of(seat("1", this::staged), ben), () -> isWhole = true);
        pass.row(Map.of("Owner", "2"));

        assertThatThrownBy(() -> pass.finish(0, 0, new Shortfall(Kind.UNREADABLE, "broken")))
                .isInstanceOf(SharedReadingException.class);
        assertThat(ben.isAlone()).isTrue();
        assertThat(ben.result()).isNull();
        assertThat(isWhole).isFalse();
    }

    @Test
    void aFileThatOneReadsAloneKeepsTheRowsBeforeWhatIsUnreadable() throws IOException {
        LakePass pass = new LakePass(List.of(seat("1", this::staged)), () -> isWhole = true);
        pass.row(Map.of("Owner", "1"));

        SearchResult found = pass.finish(0, 0, new Shortfall(Kind.UNREADABLE, "broken"));

        assertThat(found.parts()).hasSize(1);
        assertThat(found.problems()).hasSize(1);
    }

    @Test
    void aFileThatTheLakeRefusesIsRefusedToAllOfThem() throws IOException {
        Seat ben = seat("2", this::staged);
        LakePass pass = new LakePass(List.of(seat("1", this::staged), ben), () -> isWhole = true);

        assertThat(pass.finish(0, 0, new Shortfall(Kind.REFUSED, "no")).problems())
                .hasSize(1);
        assertThat(ben.result().problems()).hasSize(1);
        assertThat(isWhole).isFalse();
    }

    @Test
    void whoLeadsFails() throws IOException {
        Seat leader = seat("1", LakePassTest::away);
        Seat ben = seat("2", this::staged);

        assertThatThrownBy(() -> read(leader, ben)).hasMessage("the store is away");
        assertThat(ben.result()).isNull();
    }

    private SearchResult read(Seat... seats) throws IOException {
        LakePass pass = new LakePass(List.of(seats), () -> isWhole = true);
        for (String owner : List.of("4", "3", "2", "1")) {
            pass.row(Map.of("Owner", owner));
        }
        return pass.finish(1, 10, null);
    }

    private OutputStream staged(String name) {
        return staged.computeIfAbsent(name, none -> new ByteArrayOutputStream());
    }

    private String text(String name) {
        return staged.get(name).toString(StandardCharsets.UTF_8);
    }

    private static OutputStream away(String name) {
        throw new IllegalStateException("the store is away");
    }

    private static Seat seat(String owner, PartSink staging) throws IOException {
        Dataset posts = PostsByOwner.map().dataset("posts");
        Keys keys = new Keys(Set.of(new SubjectKey("userId", null, owner)), Map.of());
        Supplier<LakeRows> rows = () -> new LakeRows(staging, list -> null, owner, posts, FILE, keys);
        return new Seat(null, rows);
    }
}
