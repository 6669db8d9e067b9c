package io.themis.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.LedgerEntries;
import io.themis.request.LedgerEntries.LedgerEntry;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import io.themis.request.SubjectKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static final UUID ID = UUID.fromString("3f0c8a52-6a5e-4a30-9a0e-0d7f3f3b1c11");
    private static final DataSubjectRequest REQUEST = request(ID);
    private static final SubjectKey ACCOUNT = new SubjectKey("accountId", null, "42");
    private static final SubjectKey USER = new SubjectKey("siteUserId", "site", "7");
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String OLD = Base64.getEncoder().encodeToString(KEY);
    private static final String NEW = Base64.getUrlEncoder().encodeToString(new byte[] {
        -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, -14, -15, -16, -17, -18, -19, -20, -21, -22, -23, -24,
        -25, -26, -27, -28, -29, -30, -31, -32
    });

    private final Map<UUID, LedgerEntry> kept = new LinkedHashMap<>();
    private final LedgerEntries entries = mock(LedgerEntries.class);
    private final Requests requests = mock(Requests.class);

    @BeforeEach
    void keepInMemory() {
        doAnswer(call -> kept.put(call.<LedgerEntry>getArgument(0).requestId(), call.getArgument(0)))
                .when(entries)
                .put(any());
        when(entries.find(any())).thenAnswer(call -> Optional.ofNullable(kept.get(call.<UUID>getArgument(0))));
        when(entries.notEndedBy(any())).thenAnswer(call -> List.copyOf(kept.values()));
        when(requests.replay(any(), any(), any(), any())).thenAnswer(call -> request(UUID.randomUUID()));
    }

    @Test
    void anEntryIsOpenedWithTheKeyAndTheIdOfItsRequestAlone() throws Exception {
        ledger(OLD).write(REQUEST, Set.of(ACCOUNT));

        byte[] sealed = kept.get(ID).sealed();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, sealed, 0, 12));
        cipher.updateAAD(ID.toString().getBytes(StandardCharsets.UTF_8));
        byte[] clear = cipher.doFinal(sealed, 12, sealed.length - 12);

        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(clear)).isEqualTo(json.readTree("""
                        {"emailAddress": "ada@example.org", "language": "de",
                         "keys": [{"name": "accountId", "partition": null, "value": "42"}]}"""));
        assertThat(kept.get(ID).keyId())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(KEY), 0, 4));
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("ada", "accountId");
    }

    @Test
    void anEntryWrittenTwiceIsNeverSealedTheSameWay() {
        ledger(OLD).write(REQUEST, Set.of(ACCOUNT));
        byte[] first = kept.get(ID).sealed();
        ledger(OLD).write(REQUEST, Set.of(ACCOUNT));
        assertThat(kept.get(ID).sealed()).isNotEqualTo(first);
    }

    @Test
    void theKeysOfEveryAttemptAreInTheEntryAlsoAfterTheLedgersKeyHasChanged() {
        ledger(OLD).write(REQUEST, Set.of(ACCOUNT));
        ledger(NEW, OLD).write(REQUEST, Set.of(USER));

        ledger(NEW).replay(Instant.EPOCH);

        verify(requests).replay(ID, new EmailAddress("ada@example.org"), Locale.GERMAN, Set.of(ACCOUNT, USER));
    }

    @Test
    void anEntryWithoutItsKeyStopsTheReplayBeforeAnythingIsWritten() {
        ledger(NEW).write(request(UUID.randomUUID()), Set.of());
        ledger(OLD).write(REQUEST, Set.of(ACCOUNT));

        assertThatThrownBy(() -> ledger(NEW).replay(Instant.EPOCH))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(kept.get(ID).keyId())
                .hasMessageContaining("former-keys")
                .hasMessageNotContaining("ada");
        verify(requests, never()).replay(any(), any(), any(), any());
    }

    @Test
    void anEntryThatWasChangedOrIsAnotherRequestsIsDamaged() {
        ledger(OLD).write(REQUEST, Set.of(ACCOUNT));
        LedgerEntry good = kept.get(ID);
        byte[] flipped = good.sealed().clone();
        flipped[20] ^= 1;

        for (LedgerEntry bad : List.of(
                new LedgerEntry(ID, good.keyId(), flipped),
                new LedgerEntry(ID, good.keyId(), new byte[5]),
                new LedgerEntry(UUID.randomUUID(), good.keyId(), good.sealed()))) {
            when(entries.notEndedBy(any())).thenReturn(List.of(bad));
            assertThatThrownBy(() -> ledger(OLD).replay(Instant.EPOCH))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void entriesLiveAsLongAsTheSettingsSay() {
        ledger(OLD).purge();
        verify(entries).dropWrittenBefore(Instant.parse("2025-01-25T00:00:00Z"));
    }

    @Test
    void aKeyOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> ledger("c2hvcnQ="))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("c2hvcnQ");
    }

    private Ledger ledger(String key, String... former) {
        return new Ledger(
                entries,
                requests,
                new ObjectMapper(),
                Clock.fixed(Instant.parse("2026-03-01T00:00:00Z"), ZoneOffset.UTC),
                new LedgerSettings(key, List.of(former), Duration.ofDays(400)));
    }

    private static DataSubjectRequest request(UUID id) {
        return new DataSubjectRequest(
                id,
                RequestType.ERASURE,
                new EmailAddress("ada@example.org"),
                Locale.GERMAN,
                RequestStatus.ERASING,
                Instant.EPOCH,
                Instant.EPOCH,
                "gateway",
                null,
                null,
                1);
    }
}
