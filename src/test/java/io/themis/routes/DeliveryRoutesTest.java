package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.doThrow;

import io.themis.delivery.Packages;
import io.themis.enrichment.Homonyms;
import io.themis.enrichment.Staging;
import io.themis.request.RequestStatus;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

@RouteFile("delivery")
class DeliveryRoutesTest extends RouteFileTest {

    private final Packages packages = standIn(Packages.class);
    private final Staging staging = standIn(Staging.class);
    private final Homonyms homonyms = standIn(Homonyms.class);

    @Override
    void arrange(CamelContext context) {
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
}
