package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;

import io.themis.certificate.Certificates;
import io.themis.request.HopelessException;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

@RouteFile("certificate")
class CertificateRoutesTest extends RouteFileTest {

    private final Certificates certificates = standIn(Certificates.class);

    @Override
    void arrange(CamelContext context) {
        context.getRegistry().bind("certificates", certificates);
    }

    @Test
    void whatIsCertifiedAndWhatFollowsIsWrittenInOneTransaction() throws Exception {
        run("certify-erasure");
        assertThat(journal)
                .containsExactly(
                        "requests.get(id)",
                        "begin",
                        "requests.close(id, DONE)",
                        "certificates.issue(request)",
                        "step:publish-erased-event",
                        "step:notify-recipients",
                        "requests.isReplay(request)",
                        "step:send-erased-mail",
                        "step:discard-findings",
                        "commit");
    }

    @Test
    void thePersonIsNotToldOfAnErasureThatIsDoneAgainForABackup() throws Exception {
        doReturn(true).when(requests).isReplay(REQUEST);
        run("certify-erasure");
        assertThat(stepsStarted())
                .containsExactly("step:publish-erased-event", "step:notify-recipients", "step:discard-findings");
        assertThat(journal).endsWith("commit");
    }

    @Test
    void whatCannotBeCertifiedIsNotDoneAndNobodyIsTold() {
        doThrow(new HopelessException("not verified")).when(certificates).issue(REQUEST);
        assertThatThrownBy(() -> run("certify-erasure"))
                .isInstanceOf(HopelessException.class)
                .hasMessage("not verified");
        assertThat(stepsStarted()).isEmpty();
        assertThat(journal).endsWith("rollback");
    }

    @Test
    void aCertificateIsNotKeptWithoutTheStepsThatFollow() {
        doThrow(new IllegalStateException("away")).when(steps).start(eq(ID), eq("discard-findings"), any());
        assertThatThrownBy(() -> run("certify-erasure")).hasMessage("away");
        assertThat(journal).endsWith("rollback");
    }
}
