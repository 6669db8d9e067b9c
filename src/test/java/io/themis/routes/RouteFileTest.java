package io.themis.routes;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.themis.datamap.Dataset;
import io.themis.datamap.Words;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DataSubjectRequest.SealedPackage;
import io.themis.request.EmailAddress;
import io.themis.request.RequestStatus;
import io.themis.request.RequestTraces;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import io.themis.request.StepHandler;
import io.themis.request.StepRunner;
import io.themis.request.Steps;
import io.themis.request.Volume;
import io.themis.step.StepComponent;
import io.themis.trace.TracedRoute;
import java.lang.reflect.Constructor;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jackson.JacksonDataFormat;
import org.apache.camel.spi.DataFormatFactory;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.mockito.invocation.InvocationOnMock;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One route file in a Camel context of its own, with the real settings and the real error handling. What is outside of
 * the file is stood in for, and everything that a message meets there is noted in the {@link #journal}.
 */
abstract class RouteFileTest extends CamelTestSupport {

    static final UUID ID = UUID.fromString("3f0c8a52-6a5e-4a30-9a0e-0d7f3f3b1c11");

    /** Not sealed yet. */
    static final DataSubjectRequest REQUEST = received(RequestType.ACCESS);

    static final DataSubjectRequest ERASURE = received(RequestType.ERASURE);

    static final DataSubjectRequest SEALED_REQUEST = sealed(
            REQUEST,
            new SealedPackage(
                    List.of(new Volume(ID + ".zip", 3, 4, "5e")),
                    Instant.parse("2026-03-01T10:05:00Z"),
                    Instant.parse("2026-03-08T10:05:00Z")));

    /** A very large one. */
    static final DataSubjectRequest REQUEST_OF_THREE_ZIPS = sealed(
            REQUEST,
            new SealedPackage(
                    List.of(volume(1, 9_000_000_000L), volume(2, 8_000_000_000L), volume(3, 4_200_000L)),
                    Instant.parse("2026-03-01T10:05:00Z"),
                    Instant.parse("2026-03-08T10:05:00Z")));

    /** What happened, in order: beans called, messages sent to other files, steps started. */
    final List<String> journal = new CopyOnWriteArrayList<>();

    final Requests requests = standIn(Requests.class);
    final Steps steps = mock(Steps.class);
    private final StepRunner runner = mock(StepRunner.class);

    final ObjectMapper json = JsonMapper.builder()
            .findAndAddModules()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Map<String, StepHandler> handlers = new LinkedHashMap<>();
    private final Map<String, Instant> startsOfSteps = new LinkedHashMap<>();
    private final Map<String, Processor> neighbours = new LinkedHashMap<>();

    /** Puts stand-ins and settings in place; called before each test. */
    abstract void arrange(CamelContext context) throws Exception;

    @Override
    protected final CamelContext createCamelContext() throws Exception {
        CamelContext camel = super.createCamelContext();
        String file = getClass().getAnnotation(RouteFile.class).value();
        camel.setSourceLocationEnabled(true);
        camel.getCamelContextExtension().addInterceptStrategy(EveryNodeRuns.of(file));
        Properties settings = settings();
        camel.getPropertiesComponent().setInitialProperties(settings);
        camel.setStreamCaching(Boolean.valueOf(
                settings.get("camel.main.stream-caching-enabled").toString()));
        camel.getRegistry().bind("requests", requests);
        camel.getRegistry().bind("step", new StepComponent(requests, steps, runner));
        camel.getRegistry()
                .bind(
                        "oneTransaction",
                        real("io.themis.step.OneTransaction", new TransactionTemplate(new NotedTransactions())));
        camel.getRegistry().bind("tracedRoute", new TracedRoute(Tracer.NOOP, Propagator.NOOP));
        camel.getRegistry().bind("requestTraces", new RequestTraces(Tracer.NOOP, Propagator.NOOP));
        camel.getRegistry().bind("jackson-dataformat-factory", (DataFormatFactory)
                () -> new JacksonDataFormat(json, Object.class));
        arrangeSteps();
        arrange(camel);
        PluginHelper.getRoutesLoader(camel).loadRoutes(files(camel, file, "error-handling"));
        camel.addRoutes(neighbourRoutes());
        journal.clear();
        return camel;
    }

    private static Properties settings() {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ClassPathResource("application.yaml"));
        return yaml.getObject();
    }

    private static Resource[] files(CamelContext camel, String... names) {
        return Stream.of(names)
                .distinct()
                .map(name -> PluginHelper.getResourceLoader(camel)
                        .resolveResource("classpath:routes/" + name + ".camel.yaml"))
                .toArray(Resource[]::new);
    }

    private RouteBuilder neighbourRoutes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                neighbours.forEach((uri, work) -> from(uri).process(exchange -> {
                    journal.add(uri);
                    work.process(exchange);
                }));
            }
        };
    }

    private void arrangeSteps() {
        doReturn(REQUEST).when(requests).get(ID);
        doAnswer(call -> handlers.put(call.getArgument(0), call.getArgument(1)))
                .when(runner)
                .handle(any(), any());
        doAnswer(call -> {
                    journal.add("step:" + call.getArgument(1));
                    startsOfSteps.put(call.getArgument(1), call.getArgument(2));
                    return null;
                })
                .when(steps)
                .start(eq(ID), any(), any());
        doAnswer(call -> journal.add("step:" + call.getArgument(1) + " again"))
                .when(steps)
                .startAgain(eq(ID), any());
    }

    /** The request that the routes see from now on. */
    final void given(DataSubjectRequest request) {
        doReturn(request).when(requests).get(ID);
    }

    /** A route of another file; it notes that a message came, and does this with it. */
    final void neighbour(String uri, Processor work) {
        neighbours.put(uri, work);
    }

    /**
     * An object of this class that does nothing but note its calls. It is no subclass, so Camel finds exactly the
     * methods that it finds in the application, and a call that matches none of them fails.
     */
    final <T> T standIn(Class<T> type) {
        String name = type.getSimpleName().substring(0, 1).toLowerCase(Locale.ROOT)
                + type.getSimpleName().substring(1);
        return mock(
                type, withSettings().invocationListeners(call -> note(name, (InvocationOnMock) call.getInvocation())));
    }

    private void note(String name, InvocationOnMock call) {
        if (!call.getMethod().getName().equals("toString")) {
            journal.add(Arrays.stream(call.getArguments())
                    .map(RouteFileTest::describe)
                    .collect(Collectors.joining(
                            ", ", name + "." + call.getMethod().getName() + "(", ")")));
        }
    }

    private static String describe(Object argument) {
        if (argument instanceof DataSubjectRequest request) {
            return request.id().equals(ID) ? "request" : "another request";
        }
        if (argument instanceof String || argument instanceof Enum<?>) {
            return argument.toString();
        }
        if (argument instanceof List<?>) {
            return "List";
        }
        return ID.equals(argument)
                ? "id"
                : argument == null ? "null" : argument.getClass().getSimpleName();
    }

    /** A bean of the application as Spring would make it, from these parts. */
    static Object real(String type, Object... parts) throws ClassNotFoundException {
        return real(Class.forName(type), parts);
    }

    /** A public bean of the application as Spring would make it, from these parts. */
    static <T> T real(Class<T> type, Object... parts) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == parts.length) {
                return type.cast(BeanUtils.instantiateClass(constructor, parts));
            }
        }
        throw new IllegalArgumentException(type + " is not made of " + parts.length + " parts");
    }

    /** Does a step of the request, as the scheduler would. */
    final void run(String step) throws Exception {
        journal.clear();
        handlers.get(step).run(ID, null);
    }

    /** Sends a message; what goes wrong in the route goes wrong here, as above it in the application. */
    final Exchange send(String uri, Processor message) throws Exception {
        journal.clear();
        Exchange exchange = template.send(uri, message);
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange;
    }

    /** What happened with beans or endpoints whose name starts so. */
    final List<String> journal(String prefix) {
        return journal.stream().filter(entry -> entry.startsWith(prefix)).toList();
    }

    final List<String> stepsStarted() {
        return journal("step:");
    }

    /** When a step that was started is to run. */
    final Instant startOf(String step) {
        return startsOfSteps.get(step);
    }

    private static Volume volume(int number, long bytes) {
        return new Volume("%s-%d-of-3.zip".formatted(ID, number), bytes, 2 * bytes, "5" + number);
    }

    static DataSubjectRequest sealed(DataSubjectRequest request, SealedPackage sealed) {
        return new DataSubjectRequest(
                request.id(),
                request.type(),
                request.emailAddress(),
                request.language(),
                request.status(),
                request.receivedAt(),
                request.dueAt(),
                request.caller(),
                request.greeting(),
                sealed,
                request.run());
    }

    private static DataSubjectRequest received(RequestType type) {
        return new DataSubjectRequest(
                ID,
                type,
                new EmailAddress("ada@example.org"),
                Locale.ENGLISH,
                RequestStatus.RECEIVED,
                Instant.parse("2026-03-01T10:00:00Z"),
                Instant.parse("2026-04-01T10:00:00Z"),
                "gateway",
                "Ada",
                null,
                1);
    }

    /** Asked through a route of the company's own. */
    static Dataset dataset(String name) {
        return new Dataset(
                name,
                Dataset.Kind.ROUTE,
                Words.of(Locale.ENGLISH, name),
                null,
                null,
                null,
                null,
                null,
                Dataset.Engine.THEMIS,
                Map.of(),
                null,
                Set.of(),
                Map.of(),
                List.of(),
                Map.of(),
                null,
                null,
                1);
    }

    static DataSubjectRequest at(RequestStatus status, DataSubjectRequest request) {
        return new DataSubjectRequest(
                request.id(),
                request.type(),
                request.emailAddress(),
                request.language(),
                status,
                request.receivedAt(),
                request.dueAt(),
                request.caller(),
                request.greeting(),
                request.sealed(),
                request.run());
    }

    static DataSubjectRequest in(Locale language, DataSubjectRequest request) {
        return new DataSubjectRequest(
                request.id(),
                request.type(),
                request.emailAddress(),
                language,
                request.status(),
                request.receivedAt(),
                request.dueAt(),
                request.caller(),
                request.greeting(),
                request.sealed(),
                request.run());
    }

    /** Notes in the journal where a transaction begins and how it ends. */
    private final class NotedTransactions extends AbstractPlatformTransactionManager {

        private static final long serialVersionUID = 1L;

        @Override
        protected Object doGetTransaction() {
            return "transaction";
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            journal.add("begin");
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            journal.add("commit");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            journal.add("rollback");
        }
    }
}
