package io.themis.dryrun;

import io.themis.devservices.Azurite;
import io.themis.enrichment.BlobIndexStore;
import io.themis.enrichment.PartSink;
import io.themis.index.IndexStore;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.Discoveries;
import io.themis.request.EmailAddress;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.SubjectKey;
import io.themis.step.StepComponent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

/** Asks one lake dataset for one person after another, by the routes of the application; what they find stays in memory. */
public final class LakeRequests implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final ProducerTemplate template;
    private final Found found;

    private LakeRequests(ConfigurableApplicationContext context) {
        this.context = context;
        template = context.getBean(CamelContext.class).createProducerTemplate();
        found = context.getBean(Found.class);
    }

    /** Reads every file from its beginning to its end. */
    public static LakeRequests withoutIndex(Azurite azurite, String dataMap) {
        return start(azurite, dataMap, InMemory.class, EnrichmentRoutes.class, Found.class);
    }

    /** Keeps an index in Blob storage, and uses it. */
    public static LakeRequests withIndex(Azurite azurite, String dataMap) {
        return start(azurite, dataMap, InMemory.class, EnrichmentRoutes.class, Found.class, InBlobs.class);
    }

    private static LakeRequests start(Azurite azurite, String dataMap, Class<?>... parts) {
        SpringApplication application = new SpringApplication(parts);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        application.addInitializers(EnrichmentRoutes.THOSE_THAT_GATHER);
        return new LakeRequests(application.run(
                "--themis.data-map=" + dataMap,
                "--themis.lake.endpoint=" + azurite.endpoint(),
                "--themis.lake.account-name=" + Azurite.ACCOUNT_NAME,
                "--themis.lake.account-key=" + Azurite.ACCOUNT_KEY,
                "--themis.storage.endpoint=" + azurite.endpoint(),
                "--themis.storage.account-name=" + Azurite.ACCOUNT_NAME,
                "--themis.storage.account-key=" + Azurite.ACCOUNT_KEY));
    }

    /** @return the person's rows as they would be staged, JSON Lines */
    public List<String> rows(String dataset, SubjectKey key) {
        DataSubjectRequest request = new DataSubjectRequest(
                UUID.randomUUID(),
                RequestType.ACCESS,
                new EmailAddress("somebody@example.org"),
                Locale.ENGLISH,
                RequestStatus.GATHERING,
                Instant.EPOCH,
                Instant.EPOCH,
                "bench",
                null,
                null,
                1);
        found.begin(request, key);
        Exchange exchange = template.send(
                "direct:dataset-" + dataset, message -> message.setVariable(StepComponent.REQUEST, request));
        if (exchange.getException() != null) {
            throw new IllegalStateException(exchange.getException());
        }
        return found.end(request);
    }

    @Override
    public void close() {
        context.close();
    }

    /** What has come to light of each request. */
    @Primary
    static final class Found implements Discoveries {

        private final Map<UUID, SubjectKey> keys = new ConcurrentHashMap<>();
        private final Map<UUID, DatasetFindings> answers = new ConcurrentHashMap<>();
        private final Map<String, ByteArrayOutputStream> parts = new ConcurrentHashMap<>();

        @Bean
        @Primary
        PartSink parts() {
            return this::part;
        }

        private OutputStream part(String name) {
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            parts.put(name, part);
            return part;
        }

        private void begin(DataSubjectRequest request, SubjectKey key) {
            keys.put(request.id(), key);
        }

        private List<String> end(DataSubjectRequest request) {
            keys.remove(request.id());
            DatasetFindings findings = answers.remove(request.id());
            if (!findings.reasons().isEmpty()) {
                throw new IllegalStateException(findings.toString());
            }
            List<String> rows = new ArrayList<>();
            findings.parts()
                    .forEach(part -> parts.remove(part.name())
                            .toString(StandardCharsets.UTF_8)
                            .lines()
                            .forEach(rows::add));
            return rows;
        }

        @Override
        public Set<SubjectKey> keys(UUID id) {
            return Set.of(keys.get(id));
        }

        @Override
        public List<DatasetFindings> findings(UUID id) {
            return List.of();
        }

        @Override
        public void record(DataSubjectRequest request, DatasetFindings findings, Collection<SubjectKey> found) {
            answers.put(request.id(), findings);
        }

        @Override
        public void greet(UUID id, String greeting) {
            throw new UnsupportedOperationException();
        }
    }

    /** In place of no index. */
    @Import(BlobIndexStore.class)
    static final class InBlobs {

        @Bean
        @Primary
        IndexStore index(BlobIndexStore blobs) {
            return blobs;
        }
    }
}
