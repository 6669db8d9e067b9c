package io.themis.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.themis.request.RequestLists;
import io.themis.request.RequestLists.Standing;
import io.themis.request.RequestProgress;
import io.themis.request.RequestStatus;
import io.themis.request.SearchProgresses;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Events as a browser gets them, second by second. */
class WatchersTest {

    private static final UUID ID = UUID.randomUUID();

    private final RequestLists requests = mock(RequestLists.class);
    private final SearchProgresses searches = mock(SearchProgresses.class);
    private final Clock clock = mock(Clock.class);
    private final Watchers watchers = new Watchers(requests, searches, clock);
    private final MockMvc http =
            MockMvcBuilders.standaloneSetup(new Page(watchers)).build();
    private Instant now = Instant.parse("2026-03-01T10:00:00Z");

    @RestController
    private record Page(Watchers watchers) {

        @GetMapping("/events")
        SseEmitter events(@RequestParam String lang, @RequestParam(defaultValue = "ada") String who) {
            return watchers.watch(ID, who, Locale.forLanguageTag(lang), 7).orElse(null);
        }
    }

    @BeforeEach
    void arrange() {
        when(clock.instant()).thenAnswer(call -> now);
        given(RequestStatus.GATHERING, 3, null);
    }

    private void given(RequestStatus status, int answered, RequestProgress lake) {
        given(status, false, answered, lake);
    }

    private void given(RequestStatus status, boolean isParked, int answered, RequestProgress lake) {
        doReturn(List.of(new Standing(ID, status, false, isParked, answered)))
                .when(requests)
                .standings(anyCollection());
        doReturn(lake == null ? Map.of() : Map.of(ID, lake)).when(searches).of(anyCollection());
    }

    private MvcResult open(String language) throws Exception {
        return http.perform(get("/events?lang=" + language)).andReturn();
    }

    private static String events(MvcResult page) throws Exception {
        return page.getResponse().getContentAsString(StandardCharsets.UTF_8);
    }

    private void afterASecond() {
        now = now.plusSeconds(1);
        watchers.tell();
    }

    @Test
    void whoOpensThePageIsToldAtOnceInTheirLanguage() throws Exception {
        given(RequestStatus.GATHERING, 3, new RequestProgress(10, 4, 1000, 250, List.of("posts"), 10L, 75L));
        assertThat(events(open("en")))
                .isEqualTo("event:progress\ndata:{\"share\":0.25,\"state\":\"gathering\","
                        + "\"text\":\"3 of 7 places have answered. About 2 minutes to go.\"}\n\n");
        assertThat(events(open("de"))).contains("3 von 7 Stellen haben geantwortet. Noch etwa 2 Minuten.");
    }

    @Test
    void onlyWhatHasChangedIsTold() throws Exception {
        MvcResult page = open("en");
        int before = events(page).length();
        afterASecond();
        assertThat(events(page)).hasSize(before);

        given(RequestStatus.GATHERING, 4, null);
        afterASecond();
        assertThat(events(page).substring(before)).contains("4 of 7 places");
    }

    /** The page is loaded again then, and says so instead of how far it is. */
    @Test
    void thatNothingGoesOnByItselfAnyMoreIsAnotherState() throws Exception {
        MvcResult page = open("en");
        int before = events(page).length();
        given(RequestStatus.GATHERING, true, 3, null);
        afterASecond();
        assertThat(events(page).substring(before)).contains("\"state\":\"gathering!\"");
    }

    @Test
    void aGatewayDoesNotTakeAQuietConnectionForDead() throws Exception {
        MvcResult page = open("en");
        for (int second = 0; second < 31; second++) {
            assertThat(events(page).split(":still here", -1)).hasSize(second < 16 ? 1 : 2);
            afterASecond();
        }
    }

    @Test
    void manyWhoWatchCostOneLookAtTheDatabase() throws Exception {
        for (int i = 0; i < 20; i++) {
            http.perform(get("/events?lang=en&who=person-" + i));
        }
        clearInvocations(requests, searches);
        afterASecond();
        verify(requests).standings(Set.of(ID));
        verify(searches).of(Set.of(ID));
        verifyNoMoreInteractions(requests, searches);
    }

    @Test
    void whereNobodyWatchesNobodyLooks() {
        afterASecond();
        verifyNoInteractions(requests, searches);
    }

    @Test
    void itEndsWhenTheRequestEnds() throws Exception {
        MvcResult page = open("en");
        given(RequestStatus.DELIVERED, 7, null);
        afterASecond();
        assertThat(events(page)).contains("\"state\":\"delivered\"").endsWith("event:end\ndata:\n\n");
        assertThat(page.getAsyncResult(0)).isNull();

        clearInvocations(requests);
        afterASecond();
        verifyNoInteractions(requests);
    }

    @Test
    void aServerThatStopsWaitsForNobodyWhoWatches() throws Exception {
        MvcResult page = open("en");
        watchers.close();
        assertThat(page.getAsyncResult(0)).isNull();
        assertThat(watchers.watch(ID, "ada", Locale.ENGLISH, 7)).isEmpty();
    }

    /** Spring waits 30 seconds for what is under way. */
    @Test
    void aPageThatWasLeftUnnoticedDoesNotHoldUpAServerThatStops() {
        assertThat(watchers.watch(ID, "ada", Locale.ENGLISH, 7).orElseThrow().getTimeout())
                .isLessThan(30_000);
    }

    @Test
    void thereIsAnEndToHowManyMayWatch() {
        for (int i = 0; i < 1000; i++) {
            assertThat(watchers.watch(ID, "person-" + i, Locale.ENGLISH, 7)).isPresent();
        }
        assertThat(watchers.watch(ID, "ada", Locale.ENGLISH, 7)).isEmpty();
        verify(requests, times(1000)).standings(any());
    }

    @Test
    void whoOpensMorePagesThanAPersonReadsWatchesTheNewestOnes() throws Exception {
        MvcResult others = http.perform(get("/events?lang=en&who=ben")).andReturn();
        List<MvcResult> own = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            own.add(open("en"));
        }
        given(RequestStatus.GATHERING, 4, null);
        afterASecond();
        for (int i = 0; i < 12; i++) {
            assertThat(events(own.get(i))).as("page %d", i).contains(i < 2 ? "event:later" : "4 of 7 places");
            assertThat(events(own.get(i)).contains("event:later")).isEqualTo(i < 2);
        }
        assertThat(own.get(0).getAsyncResult(0)).isNull();
        assertThat(events(others)).contains("4 of 7 places").doesNotContain("event:later");
    }
}
