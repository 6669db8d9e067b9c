package io.themis.enrichment;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.Discoveries;
import io.themis.request.EmailAddress;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.SubjectKey;
import io.themis.trace.TracedRoute;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** One dataset with its routes as the application makes them, and nothing else of the application. */
final class OneDataset implements AutoCloseable {

    /**
     * What asking it for one person came to.
     *
     * @param findings null if it failed
     * @param rows the staged JSON Lines, empty if there are none
     * @param failure null if it did not fail
     */
    record Outcome(DatasetFindings findings, String rows, Throwable failure) {}

    private final Dataset dataset;
    private final Memory memory = new Memory();
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ProducerTemplate template;

    /**
     * @param sources null if the dataset needs no database
     * @param routes files with routes of a company's own
     * @param settings what those routes name in braces
     */
    OneDataset(DataMap map, String name, DataSources sources, List<String> routes, Map<String, String> settings)
            throws Exception {
        this(map, name, sources, routes, settings, null);
    }

    /** @param staging where rows go in place of memory; outcomes have none then */
    OneDataset(
            DataMap map,
            String name,
            DataSources sources,
            List<String> routes,
            Map<String, String> settings,
            PartSink staging)
            throws Exception {
        dataset = map.datasets().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        DataMap only = new DataMap(
                map.subjectKey(), map.knownBy(), map.normalForms(), List.of(List.of(dataset)), map.source());
        if (sources != null) {
            sources.beforeApplicationStart(camel);
        }
        Properties properties = new Properties();
        properties.putAll(settings);
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getRegistry()
                .bind("datasets", new Datasets(only, memory, staging == null ? memory : staging, findings -> {}));
        camel.getRegistry().bind("tracedRoute", new TracedRoute(Tracer.NOOP, Propagator.NOOP));
        camel.getRegistry().bind("searchResults", new GroupedBodyAggregationStrategy());
        load("classpath:routes/error-handling.camel.yaml");
        load("classpath:routes/dataset-templates.camel.yaml");
        for (String file : routes) {
            load(file);
        }
        DatasetRoutes made = new DatasetRoutes(only);
        camel.addRoutes(made);
        made.addTemplatedRoutesToCamelContext(camel);
        camel.start();
        template = camel.createProducerTemplate();
    }

    /** Of somebody whose data is being gathered. */
    static DataSubjectRequest requestOf(String emailAddress) {
        return new DataSubjectRequest(
                UUID.randomUUID(),
                RequestType.ACCESS,
                new EmailAddress(emailAddress),
                Locale.ENGLISH,
                RequestStatus.GATHERING,
                Instant.EPOCH,
                Instant.EPOCH,
                "test",
                null,
                null,
                1);
    }

    private void load(String file) throws Exception {
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveMandatoryResource(camel, file));
    }

    /**
     * @param keys what else is known to name the person
     * @param headers that the message has when it comes to the dataset
     */
    Outcome ask(String emailAddress, Map<String, String> keys, Map<String, Object> headers) {
        DataSubjectRequest request = requestOf(emailAddress);
        memory.known.put(
                request.id(),
                keys.entrySet().stream()
                        .map(key -> new SubjectKey(key.getKey(), null, key.getValue()))
                        .collect(Collectors.toSet()));
        Exchange exchange = template.send("direct:dataset-" + dataset.name(), message -> {
            message.setVariable("request", request);
            message.getMessage().setHeaders(new HashMap<>(headers));
        });
        return new Outcome(
                memory.answers.get(request.id()), memory.rows(request.id().toString()), exchange.getException());
    }

    /**
     * Calls the route by which the data map erases the dataset.
     *
     * @param headers that the message has when it comes there
     * @return why it failed, or null
     */
    Throwable erase(String emailAddress, Map<String, Object> headers) {
        DataSubjectRequest request = requestOf(emailAddress);
        memory.known.put(request.id(), Set.of());
        return template.send("direct:erase-" + dataset.name(), message -> {
                    message.setVariable("request", request);
                    message.getMessage().setHeaders(new HashMap<>(headers));
                })
                .getException();
    }

    @Override
    public void close() {
        camel.stop();
    }

    /** Where answers and rows go. */
    private static final class Memory implements Discoveries, PartSink {

        private final Map<UUID, Set<SubjectKey>> known = new ConcurrentHashMap<>();
        private final Map<UUID, DatasetFindings> answers = new ConcurrentHashMap<>();
        private final Map<String, ByteArrayOutputStream> parts = new ConcurrentHashMap<>();

        @Override
        public OutputStream create(String name) {
            return new ByteArrayOutputStream() {
                @Override
                public void close() {
                    parts.put(name, this);
                }
            };
        }

        private String rows(String request) {
            return parts.entrySet().stream()
                    .filter(part -> part.getKey().startsWith(request))
                    .sorted(Map.Entry.comparingByKey())
                    .map(part -> part.getValue().toString(StandardCharsets.UTF_8))
                    .collect(Collectors.joining());
        }

        @Override
        public Set<SubjectKey> keys(UUID id) {
            return known.get(id);
        }

        @Override
        public List<DatasetFindings> findings(UUID id) {
            return answers.containsKey(id) ? List.of(answers.get(id)) : List.of();
        }

        @Override
        public void record(DataSubjectRequest request, DatasetFindings findings, Collection<SubjectKey> keys) {
            answers.put(request.id(), findings);
        }

        @Override
        public void greet(UUID id, String greeting) {
            throw new UnsupportedOperationException();
        }
    }
}
