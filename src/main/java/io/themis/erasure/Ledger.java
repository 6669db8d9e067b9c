package io.themis.erasure;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.DataSubjectRequest;
import io.themis.request.EmailAddress;
import io.themis.request.LedgerEntries;
import io.themis.request.LedgerEntries.LedgerEntry;
import io.themis.request.Requests;
import io.themis.request.SubjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who was erased, so that a backup that is restored can be cleaned of them again. An entry is written before anything is
 * destroyed, because afterwards nobody could say what has led to the person's rows. Nobody can read one without its key.
 */
@Component
public class Ledger {

    private final LedgerEntries entries;
    private final Requests requests;
    private final ObjectMapper json;
    private final Clock clock;
    private final LedgerSettings settings;
    private final LedgerKey current;
    private final Map<String, LedgerKey> keys = new LinkedHashMap<>();

    Ledger(LedgerEntries entries, Requests requests, ObjectMapper json, Clock clock, LedgerSettings settings) {
        this.entries = entries;
        this.requests = requests;
        this.json = json;
        this.clock = clock;
        this.settings = settings;
        this.current = new LedgerKey(settings.key());
        settings.formerKeys().stream().map(LedgerKey::new).forEach(key -> keys.put(key.id(), key));
        keys.put(current.id(), current);
    }

    /** What an entry has of the person. */
    record Erased(String emailAddress, String language, Set<SubjectKey> keys) {}

    /**
     * Writes the request's entry, or adds these keys to it.
     *
     * @throws LedgerException if there is an entry that can't be opened
     */
    @Transactional
    public void write(DataSubjectRequest request, Set<SubjectKey> known) {
        Set<SubjectKey> all = new LinkedHashSet<>(known);
        entries.find(request.id()).ifPresent(before -> all.addAll(open(before).keys()));
        Erased erased =
                new Erased(request.emailAddress().value(), request.language().toLanguageTag(), all);
        try {
            byte[] sealed = current.seal(request.id(), json.writeValueAsBytes(erased));
            entries.put(new LedgerEntry(request.id(), current.id(), sealed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with all keys that the request has. */
    @Transactional
    public void write(DataSubjectRequest request) {
        write(request, requests.keys(request.id()));
    }

    /**
     * Writes an erasure request for everybody whom a restored backup may have again: whose erasure had not ended when it
     * was taken. Asked again, it gives the same requests as long as they are open.
     *
     * @param backup when the backup was taken that has been restored
     * @return in the order of the entries, each request once
     * @throws LedgerException if an entry can't be opened; then nothing has been written
     */
    @Transactional
    public List<DataSubjectRequest> replay(Instant backup) {
        List<LedgerEntry> affected = entries.notEndedBy(backup);
        Map<UUID, Erased> opened = new LinkedHashMap<>();
        affected.forEach(entry -> opened.put(entry.requestId(), open(entry)));
        Map<UUID, DataSubjectRequest> written = new LinkedHashMap<>();
        opened.forEach((id, erased) -> {
            DataSubjectRequest request = requests.replay(
                    id,
                    new EmailAddress(erased.emailAddress()),
                    Locale.forLanguageTag(erased.language()),
                    erased.keys());
            written.put(request.id(), request);
        });
        return new ArrayList<>(written.values());
    }

    /** Drops the entries that have outlived every backup. */
    public void purge() {
        entries.dropWrittenBefore(clock.instant().minus(settings.life()));
    }

    private Erased open(LedgerEntry entry) {
        LedgerKey key = keys.get(entry.keyId());
        if (key == null) {
            throw new LedgerException(
                    "an entry of the ledger is sealed with the key %s; add it to themis.erasure.ledger.former-keys"
                            .formatted(entry.keyId()));
        }
        try {
            return json.readValue(key.open(entry.requestId(), entry.sealed()), Erased.class);
        } catch (IOException e) {
            // Without the cause, whose message shows a part of the entry.
            throw new LedgerException("the entry of request %s is not understood".formatted(entry.requestId()));
        }
    }
}
