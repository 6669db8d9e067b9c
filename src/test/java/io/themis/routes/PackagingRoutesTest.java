package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;

import com.azure.storage.blob.models.BlobStorageException;
import io.themis.delivery.PackageDraft;
import io.themis.delivery.Packages;
import io.themis.enrichment.Staging;
import io.themis.export.PackageCheck;
import io.themis.export.PackageSummary;
import io.themis.request.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;

@RouteFile("packaging")
class PackagingRoutesTest extends RouteFileTest implements CallsOutside {

    private final BlobServer store = new BlobServer();
    private final Packages packages = standIn(Packages.class);
    private final Staging staging = standIn(Staging.class);
    private final PackageDraft draft = new PackageDraft(
            new PackageSummary(SEALED_REQUEST.sealed().volumes(), 1, 9),
            Instant.parse("2026-03-01T10:05:00Z"),
            Instant.parse("2026-03-08T10:05:00Z"));
    private final PackageCheck check = new PackageCheck();
    private final List<String> readBack = new ArrayList<>();

    @Override
    void arrange(CamelContext context) throws Exception {
        context.getPropertiesComponent().addInitialProperty("themis.storage.account-name", "account");
        context.getRegistry().bind("storage", store.blobClient());
        context.getRegistry().bind("packages", packages);
        context.getRegistry().bind("staging", staging);
        store.put("packages/" + ID + ".zip", "zip");
        doReturn(check).when(packages).beginCheck();
        doReturn(draft).when(packages).write(REQUEST);
        doReturn(SEALED_REQUEST).when(requests).seal(ID, draft.sealed());
        doAnswer(call -> readBack.add(call.<Volume>getArgument(1).name() + " "
                        + new String(call.<InputStream>getArgument(2).readAllBytes(), StandardCharsets.UTF_8)))
                .when(packages)
                .read(same(check), any(), any());
    }

    @Override
    protected void cleanupResources() {
        store.close();
    }

    @Override
    public void work() throws Exception {
        run("build-package");
    }

    @Override
    public void goAway() {
        store.stop();
    }

    @Override
    public void comeBack() {
        store.start();
    }

    /** All that must not happen before the package has been read back. */
    @Override
    public List<String> effects() {
        return journal.stream()
                .filter(entry ->
                        entry.startsWith("requests.seal") || entry.startsWith("staging.") || entry.startsWith("step:"))
                .toList();
    }

    @Test
    void writesChecksSealsClearsAndOnlyThenAnnounces() throws Exception {
        run("build-package");
        assertThat(journal)
                .containsExactly(
                        "requests.get(id)",
                        "requests.advance(id, PACKAGING)",
                        "packages.write(request)",
                        "packages.beginCheck()",
                        "packages.read(PackageCheck, Volume, BlobInputStream)",
                        "packages.verify(request, PackageDraft, PackageCheck)",
                        "requests.seal(id, SealedPackage)",
                        "staging.clear(id)",
                        "step:expire-package",
                        "step:publish-event");
    }

    @Test
    void checksWhatTheStoreGivesBackAndNotWhatWasSentThere() throws Exception {
        run("build-package");
        assertThat(readBack).containsExactly(ID + ".zip zip");
    }

    @Test
    void readsBackEveryZipInTurnBeforeItBelievesAny() throws Exception {
        givenThreeZips();
        run("build-package");
        assertThat(readBack)
                .containsExactly(ID + "-1-of-3.zip zip 1", ID + "-2-of-3.zip zip 2", ID + "-3-of-3.zip zip 3");
        assertThat(journal)
                .containsSubsequence(
                        "packages.read(PackageCheck, Volume, BlobInputStream)",
                        "packages.read(PackageCheck, Volume, BlobInputStream)",
                        "packages.read(PackageCheck, Volume, BlobInputStream)",
                        "packages.verify(request, PackageDraft, PackageCheck)",
                        "requests.seal(id, SealedPackage)");
    }

    @Test
    void announcesNothingIfOneZipOfSeveralIsDamaged() throws Exception {
        givenThreeZips();
        doThrow(new IOException("cut off"))
                .when(packages)
                .read(any(), eq(REQUEST_OF_THREE_ZIPS.sealed().volumes().get(1)), any());
        assertThatThrownBy(() -> run("build-package"))
                .isInstanceOf(IOException.class)
                .hasMessage("cut off");
        assertThat(readBack).containsExactly(ID + "-1-of-3.zip zip 1");
        assertThat(journal("packages.verify")).isEmpty();
        assertThat(effects()).isEmpty();
    }

    private void givenThreeZips() throws Exception {
        doReturn(new PackageDraft(
                        new PackageSummary(REQUEST_OF_THREE_ZIPS.sealed().volumes(), 1, 9),
                        draft.createdAt(),
                        draft.expiresAt()))
                .when(packages)
                .write(REQUEST);
        doReturn(REQUEST_OF_THREE_ZIPS).when(requests).seal(eq(ID), any());
        for (int number = 1; number <= 3; number++) {
            store.put("packages/%s-%d-of-3.zip".formatted(ID, number), "zip " + number);
        }
    }

    @Test
    void thePackageEndsWhenItsLinkDoesWhateverBecomesOfTheMail() throws Exception {
        run("build-package");
        assertThat(startOf("expire-package")).isEqualTo(draft.expiresAt());
        assertThat(startOf("publish-event")).isNotEqualTo(draft.expiresAt());
    }

    @Test
    void writesNoOtherPackageOnceOneIsSealed() throws Exception {
        given(SEALED_REQUEST);
        run("build-package");
        assertThat(journal)
                .containsExactly(
                        "requests.get(id)",
                        "requests.advance(id, PACKAGING)",
                        "staging.clear(id)",
                        "step:expire-package",
                        "step:publish-event");
    }

    @Test
    void keepsThePartsAndAnnouncesNothingIfThePackageIsDamaged() throws Exception {
        doThrow(new IOException("another zip")).when(packages).verify(any(), any(), any());
        assertThatThrownBy(() -> run("build-package"))
                .isInstanceOf(IOException.class)
                .hasMessage("another zip");
        assertThat(effects()).isEmpty();
    }

    @Test
    void readsNothingBackIfThePackageCouldNotBeWritten() throws Exception {
        doThrow(new IOException("no space")).when(packages).write(REQUEST);
        assertThatThrownBy(() -> run("build-package")).hasMessage("no space");
        assertThat(store.calls()).isEmpty();
        assertThat(effects()).isEmpty();
    }

    @Test
    void announcesNothingIfThePackageIsNotThere() {
        store.refuse(404);
        assertThatThrownBy(() -> run("build-package")).isInstanceOf(BlobStorageException.class);
        assertThat(effects()).isEmpty();
    }
}
