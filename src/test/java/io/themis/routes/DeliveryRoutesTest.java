package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import io.themis.delivery.PackageLinks;
import io.themis.delivery.PackageLinks.Download;
import io.themis.delivery.Packages;
import io.themis.enrichment.Homonyms;
import io.themis.enrichment.Staging;
import io.themis.request.Acts;
import io.themis.request.EmailAddress;
import io.themis.request.RequestStatus;
import io.themis.request.WrongStateException;
import io.themis.rest.Problems;
import io.themis.rest.RequestApi;
import io.themis.security.Caller;
import io.themis.security.Caller.Role;
import io.themis.security.Callers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

@RouteFile("delivery")
class DeliveryRoutesTest extends RouteFileTest {

    private static final Caller GATEWAY = new Caller(Set.of(Role.GATEWAY), "gateway", null);
    private static final Caller OFFICER = new Caller(Set.of(Role.PRIVACY_OFFICER), "odo", null);
    private static final Caller ADA = new Caller(Set.of(Role.PERSON), "1", new EmailAddress("ada@example.org"));
    private static final Caller EVE = new Caller(Set.of(Role.PERSON), "2", new EmailAddress("eve@example.org"));

    private final Packages packages = standIn(Packages.class);
    private final Staging staging = standIn(Staging.class);
    private final Homonyms homonyms = standIn(Homonyms.class);

    private final PackageLinks links = standIn(PackageLinks.class);
    private final Acts acts = mock(Acts.class);

    @Override
    void arrange(CamelContext context) {
        neighbour("direct:answer-taken", exchange -> exchange.getMessage().setHeader("CamelHttpResponseCode", "202"));
        context.getRegistry().bind("callers", new Callers());
        context.getRegistry().bind("problems", new Problems());
        context.getRegistry().bind("packageLinks", links);
        context.getRegistry()
                .bind("requestApi", real(RequestApi.class, requests, steps, null, null, acts, null, null, null));
        doReturn(Optional.of(at(RequestStatus.DELIVERED, SEALED_REQUEST)))
                .when(requests)
                .find(ID);
        context.getRegistry().bind("packages", packages);
        context.getRegistry().bind("staging", staging);
        context.getRegistry().bind("homonyms", homonyms);
        given(at(RequestStatus.DELIVERED, SEALED_REQUEST));
    }

    @Test
    void deletesThePackageBeforeItSaysSo() throws Exception {
        run("expire-package");
        assertThat(journal("packages.")).containsExactly("packages.delete(id)");
        assertThat(journal).containsSubsequence("packages.delete(id)", "requests.close(id, EXPIRED)");
    }

    @Test
    void leavesNoStagedRowsBehind() throws Exception {
        run("expire-package");
        assertThat(journal).containsSubsequence("staging.clear(id)", "requests.close(id, EXPIRED)");
    }

    @Test
    void leavesNoPossibleHomonymsBehind() throws Exception {
        run("expire-package");
        assertThat(journal).containsSubsequence("homonyms.clear(id)", "requests.close(id, EXPIRED)");
    }

    @Test
    void doesNotSayThatAPackageIsGoneWhichIsStillThere() {
        doThrow(new IllegalStateException("the store is away")).when(packages).delete(ID);
        assertThatThrownBy(() -> run("expire-package")).hasMessage("the store is away");
        assertThat(journal("requests.close")).isEmpty();
    }

    @Test
    void leavesNothingBehindOfAnErasureThatWasDoneOrRefused() throws Exception {
        run("discard-findings");
        assertThat(journal).containsExactly("requests.get(id)", "staging.clear(id)", "homonyms.clear(id)");
    }

    @Test
    void aRequestWhoseLinkReachedNobodyStaysOpen() throws Exception {
        given(REQUEST);
        run("expire-package");
        assertThat(journal).contains("packages.delete(id)").endsWith("requests.advance(id, UNDELIVERED)");
        assertThat(journal("requests.close")).isEmpty();
    }

    @Test
    void thePersonAloneGetsLinksToTheirPackage() throws Exception {
        doReturn(true).when(requests).isDownloadable(any());
        doReturn(List.of(new Download(ID + ".zip", 3, "https://store/zip?signed")))
                .when(links)
                .downloads(any());

        Exchange answer = call("getDownloads", ADA);
        assertThat(answer.getMessage().getBody(String.class))
                .isEqualTo("[{\"name\":\"%s.zip\",\"bytes\":3,\"url\":\"https://store/zip?signed\"}]".formatted(ID));
        for (Caller caller : List.of(EVE, OFFICER, GATEWAY)) {
            assertThat(statusOf(call("getDownloads", caller))).as("%s", caller).isEqualTo(403);
        }
        assertThat(journal("packageLinks")).isEmpty();
    }

    @Test
    void noLinkIsSignedToWhatIsNotThereAnyMore() throws Exception {
        doReturn(false).when(requests).isDownloadable(any());
        assertThat(statusOf(call("getDownloads", ADA))).isEqualTo(404);
        assertThat(journal("packageLinks")).isEmpty();
    }

    @Test
    void thePersonAndThoseWhoLookAfterRequestsEndTheLinks() throws Exception {
        for (Caller caller : List.of(ADA, OFFICER)) {
            assertThat(statusOf(call("endLinks", caller))).as("%s", caller).isEqualTo(202);
            assertThat(journal)
                    .containsExactly(
                            "requests.find(id)",
                            "begin",
                            "requests.find(id)",
                            "requests.endLinks(id)",
                            "step:expire-package",
                            "commit",
                            "direct:answer-taken");
            verify(acts).note(ID, "end-links", null, caller.subject());
        }
        for (Caller caller : List.of(EVE, GATEWAY)) {
            assertThat(statusOf(call("endLinks", caller))).as("%s", caller).isEqualTo(403);
            assertThat(stepsStarted()).isEmpty();
        }
    }

    @Test
    void linksThatCannotBeEndedAreLeftAlone() throws Exception {
        doThrow(new WrongStateException("not yet")).when(requests).endLinks(ID);
        assertThat(statusOf(call("endLinks", ADA))).isEqualTo(409);
        assertThat(journal).endsWith("rollback");
        assertThat(stepsStarted()).isEmpty();
    }

    private Exchange call(String operation, Caller caller) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAttribute(Caller.class.getName(), caller);
        return send("direct:" + operation, exchange -> {
            exchange.getMessage().setHeader("id", ID.toString());
            exchange.getMessage().setHeader("CamelHttpServletRequest", request);
        });
    }

    private static int statusOf(Exchange answer) {
        return answer.getMessage().getHeader("CamelHttpResponseCode", 200, Integer.class);
    }
}
