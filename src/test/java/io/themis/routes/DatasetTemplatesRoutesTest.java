package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.reset;
import static org.mockito.Mockito.verify;

import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.themis.azure.LakeSettings;
import io.themis.devservices.DevUser;
import io.themis.devservices.Port;
import io.themis.devservices.UsersDatabase;
import io.themis.enrichment.DataSources;
import io.themis.enrichment.Datasets;
import io.themis.enrichment.LakeFileQuery;
import io.themis.enrichment.LakeFileSearch;
import io.themis.enrichment.LakeFileSearches;
import io.themis.enrichment.LakeProgress;
import io.themis.enrichment.SearchResult;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.DatasetFindings.Asked;
import io.themis.request.DatasetFindings.Review;
import io.themis.request.DatasetFindings.Status;
import io.themis.request.EmailAddress;
import io.themis.request.EngineQueue;
import io.themis.request.Part;
import io.themis.request.ProgressLog;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.Requests;
import io.themis.request.SearchProgress;
import io.themis.request.SharedSearches;
import io.themis.request.SharedSearches.SharedSearch;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import io.themis.trace.TracedRoute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.api.management.ManagedCamelContext;
import org.apache.camel.api.management.mbean.ManagedCamelContextMBean;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.apache.camel.test.spring.junit5.DisableJmx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The templates as the application uses them: with a data map, its routes, its beans and its databases. */
@RouteFile("dataset-templates")
@CamelSpringBootTest
@DisableJmx(false)
@SpringBootTest(
        classes = DatasetTemplatesRoutesTest.Parts.class,
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "camel.main.routes-include-pattern=classpath:routes/dataset-templates.camel.yaml,"
                    + "classpath:routes/error-handling.camel.yaml",
            "themis.data-map=classpath:datamap/every-kind.yaml",
            "themis.lake.endpoint=https://unused.example",
            "themis.lake.account-name=account",
            "themis.lake.readers=2",
            "themis.lake.shared-from=1MB",
            "themis.delivery.part-size=1MB",
            "db-scheduler.threads=8"
        })
class DatasetTemplatesRoutesTest implements CallsOutside {

    private static final BlobServer STORE = new BlobServer();
    private static final UsersDatabase USERS = UsersDatabase.start(Port.free());
    private static final int SHORTEST_TIMEOUT_MS = 250;
    private static final EmailAddress ADA = new EmailAddress("ada@example.org");

    static {
        USERS.load(List.of(
                new DevUser("ada@example.org", "Ada", "Ada", "Lovelace", "UK", "London", null, 41L),
                new DevUser("grace@example.org", "Grace", "Grace", "Hopper", "US", "New York", null, 42L)));
    }

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        registry.add("themis.data-sources.users.url", USERS::url);
        registry.add("themis.data-sources.users.username", USERS::username);
        registry.add("themis.data-sources.users.password", USERS::password);
    }

    @AfterAll
    static void close() {
        STORE.close();
        USERS.close();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(CamelAutoConfiguration.class)
    @ComponentScan(basePackageClasses = Datasets.class)
    @ConfigurationPropertiesScan(basePackageClasses = Datasets.class)
    @EnableConfigurationProperties(LakeSettings.class)
    static class Parts {

        @Bean
        TracedRoute tracedRoute() {
            return new TracedRoute(Tracer.NOOP, Propagator.NOOP);
        }

        @Bean
        RememberedRequests requests() {
            return new RememberedRequests();
        }

        @Bean
        SharedSearches sharedSearches() {
            return mock(SharedSearches.class);
        }

        @Bean
        EngineQueue engineQueue() {
            return mock(EngineQueue.class);
        }

        @Bean
        BlobContainerClient stagingContainer() {
            return STORE.blobClient().getBlobContainerClient("staging");
        }

        @Bean
        BlobContainerClient reviewContainer() {
            return STORE.blobClient().getBlobContainerClient("review");
        }

        @Bean
        BlobContainerClient lakeContainer() {
            return STORE.blobClient().getBlobContainerClient("lake");
        }

        @Bean
        BlobContainerClient indexContainer() {
            return STORE.blobClient().getBlobContainerClient("index");
        }

        @Bean
        BlobContainerAsyncClient indexRanges() {
            return mock(BlobContainerAsyncClient.class);
        }

        @Bean
        BlobContainerAsyncClient lakeRanges() {
            return mock(BlobContainerAsyncClient.class);
        }

        @Bean
        ProgressLog progressLog() {
            return mock(ProgressLog.class);
        }

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        SimpleMeterRegistry meters() {
            return new SimpleMeterRegistry();
        }

        @Bean
        Neighbours neighbours(LakeFileSearches searches, SharedSearches shared) {
            return new Neighbours(searches, shared);
        }

        @Bean
        CamelContextConfiguration coverage() {
            return new CamelContextConfiguration() {
                @Override
                public void beforeApplicationStart(CamelContext context) {
                    context.setSourceLocationEnabled(true);
                    context.getCamelContextExtension().addInterceptStrategy(EveryNodeRuns.of("dataset-templates"));
                }

                @Override
                public void afterApplicationStart(CamelContext context) {
                    // Nothing: the routes are there by then.
                }
            };
        }
    }

    /** The request tables, in memory. */
    static final class RememberedRequests extends Requests {

        private final Set<SubjectKey> keys = new HashSet<>();
        private final Map<String, DatasetFindings> findings = new LinkedHashMap<>();
        private int askedForKeys;

        RememberedRequests() {
            super(null, null, null, null);
        }

        @Override
        public synchronized void record(
                DataSubjectRequest request, DatasetFindings answer, Collection<SubjectKey> found) {
            findings.put(answer.dataset(), answer);
            keys.addAll(found);
        }

        @Override
        public synchronized Set<SubjectKey> keys(UUID id) {
            askedForKeys++;
            return Set.copyOf(keys);
        }

        @Override
        public synchronized List<DatasetFindings> findings(UUID id) {
            return List.copyOf(findings.values());
        }
    }

    /** The routes of other files that the templates send to. */
    static final class Neighbours extends RouteBuilder {

        private final LakeFileSearches searches;
        private final SharedSearches shared;
        private final List<Object> asked = new CopyOnWriteArrayList<>();
        private volatile Processor crm;
        private volatile String awayFile;
        private volatile String brokenFile;

        Neighbours(LakeFileSearches searches, SharedSearches shared) {
            this.searches = searches;
            this.shared = shared;
        }

        @Override
        public void configure() {
            from("direct:crm").process(exchange -> {
                asked.add(exchange.getMessage().getBody());
                crm.process(exchange);
            });
            from("direct:forget-tickets").process(exchange -> {
                asked.add(exchange.getMessage().getBody());
                crm.process(exchange);
            });
            from("direct:search-lake-file").process(this::searchLakeFile);
            from("direct:share-search").process(exchange -> {
                asked.add("to be shared");
                letBeUnderWay(shared, exchange.getVariable("request", DataSubjectRequest.class));
            });
        }

        static void letBeUnderWay(SharedSearches shared, DataSubjectRequest request) {
            doReturn(Optional.of(new SharedSearch(UUID.randomUUID(), new Asked(1, Map.of()), true)))
                    .when(shared)
                    .of(request.id(), "accounts");
            doReturn(true).when(shared).isUnderWay(request.id(), "accounts");
        }

        private void searchLakeFile(Exchange exchange) throws Exception {
            LakeFileSearch search = searches.begin(exchange.getMessage().getBody(LakeFileQuery.class));
            try {
                exchange.getMessage().setBody(search(search));
            } finally {
                searches.end(search);
            }
        }

        private SearchResult search(LakeFileSearch search) throws Exception {
            asked.add(search.path());
            if (search.path().equals(awayFile)) {
                throw new IllegalStateException("the lake is away");
            }
            if (search.path().equals(brokenFile)) {
                throw new OutOfMemoryError("no memory left");
            }
            byte[] file = STORE.blobs().get("lake/" + search.path()).getBytes(StandardCharsets.UTF_8);
            search.sink().write(file);
            return searches.finish(search, file.length, null, null);
        }
    }

    @Autowired
    RememberedRequests requests;

    @Autowired
    Neighbours neighbours;

    @Autowired
    SharedSearches shared;

    @Autowired
    ProducerTemplate template;

    @Autowired
    CamelContext context;

    @Autowired
    DataSources sources;

    @Autowired
    ProgressLog progressLog;

    @Autowired
    LakeProgress progress;

    private DataSubjectRequest request;
    private boolean isAway;

    @BeforeEach
    void nothingIsKnownYet() {
        requests.keys.clear();
        requests.findings.clear();
        neighbours.asked.clear();
        clearInvocations(progressLog);
        reset(shared);
        neighbours.awayFile = null;
        neighbours.brokenFile = null;
        STORE.clear();
        request = new DataSubjectRequest(
                UUID.randomUUID(),
                RequestType.ACCESS,
                ADA,
                Locale.ENGLISH,
                RequestStatus.GATHERING,
                Instant.EPOCH,
                Instant.EPOCH,
                "gateway",
                null,
                null,
                1);
    }

    @Override
    public void work() throws Exception {
        requests.findings.clear();
        ask("profile");
    }

    @Override
    public void goAway() {
        requests.findings.clear();
        USERS.stop();
        isAway = true;
        pool().setConnectionTimeout(SHORTEST_TIMEOUT_MS);
    }

    @AfterEach
    @Override
    public void comeBack() throws SQLException {
        if (isAway) {
            USERS.start();
            isAway = false;
            // The pool would try its broken connections first, and need an attempt for each.
            pool().getHikariPoolMXBean().softEvictConnections();
        }
    }

    private HikariDataSource pool() {
        return (HikariDataSource) sources.byName().get("users");
    }

    @Override
    public List<String> effects() {
        return requests.findings.values().stream()
                .map(DatasetFindings::toString)
                .toList();
    }

    /** The console looks for the figures of a box by the id that the route's XML has. */
    @Test
    void everyNodeOfADatasetHasItsFiguresInTheConsole() throws Exception {
        ManagedCamelContextMBean console = context.getCamelContextExtension()
                .getContextPlugin(ManagedCamelContext.class)
                .getManagedCamelContext();
        List<String> boxes = ids("<[a-zA-Z]+ id=\"([^\"]+)\"", console.dumpRoutesAsXml());
        List<String> figures = ids("<processorStat id=\"([^\"]+)\"", console.dumpRoutesStatsAsXml(false, true));

        assertThat(boxes).doesNotHaveDuplicates().containsAll(figures);
        assertThat(figures).contains("posts-files", "tickets-pages", "tickets-each-value", "profile-sql");
    }

    private static List<String> ids(String element, String xml) {
        return Pattern.compile(element)
                .matcher(xml)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void everyDatasetHasARouteOfItsOwn() {
        assertThat(context.getRoutes())
                .extracting(route -> route.getRouteId())
                .contains("dataset-profile", "query-profile", "dataset-accounts", "dataset-crm", "dataset-orders");
        assertThat(context.getRoute("dataset-crm").getEndpoint().getEndpointUri())
                .isEqualTo("direct://dataset-crm");
    }

    @Test
    void rowsOfADatabaseAreStagedAndTheirKeysKept() throws Exception {
        ask("profile");
        assertThat(answer("profile").status()).isEqualTo(Status.COMPLETE);
        assertThat(answer("profile").rows()).isEqualTo(1);
        assertThat(staged("profile/0.jsonl")).contains("\"Lovelace\"").doesNotContain("Hopper");
        assertThat(requests.keys).containsExactly(new SubjectKey("accountId", null, "41"));
    }

    @Test
    void aRouteErasesOnceForEachKeyAndWithoutTheCallersHeaders() throws Exception {
        know("accountId", "41");
        know("accountId", "42");
        List<Map<String, Object>> headers = new ArrayList<>();
        neighbours.crm =
                exchange -> headers.add(Map.copyOf(exchange.getMessage().getHeaders()));

        erase("tickets", Map.of("Authorization", "a secret of the caller"));

        assertThat(neighbours.asked).containsExactlyInAnyOrder(Map.of("accountId", "41"), Map.of("accountId", "42"));
        assertThat(headers).containsExactly(Map.of(), Map.of());
        assertThat(context.getRoute("erase-dataset-tickets").getGroup()).isEqualTo("erasure");
        assertThat(context.getRoute("erase-dataset-crm")).as("of what is kept").isNull();
    }

    @Test
    void aRouteThatCanNotEraseFailsTheStepAndIsNotCalledForTheNextKey() {
        know("accountId", "41");
        know("accountId", "42");
        neighbours.crm = exchange -> {
            throw new IOException("the CRM is away");
        };

        assertThatThrownBy(() -> erase("tickets", Map.of())).hasStackTraceContaining("the CRM is away");
        assertThat(neighbours.asked).hasSize(1);
    }

    private void erase(String dataset, Map<String, Object> headers) throws Exception {
        Exchange exchange = template.send("direct:erase-" + dataset, message -> {
            message.setVariable("request", request);
            message.getMessage().setHeaders(new HashMap<>(headers));
        });
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
    }

    @Test
    void aDatabaseThatHasNothingOfThePersonSaysSo() throws Exception {
        request = withAddress("nobody@example.org");
        ask("profile");
        assertThat(answer("profile").status()).isEqualTo(Status.NOTHING_FOUND);
        assertThat(STORE.blobs().keySet())
                .noneMatch(path -> path.contains(request.id().toString()));
    }

    @Test
    void rowsOfOthersThatAQueryFindsAreLeftOut() throws Exception {
        ask("newsletters");
        assertThat(answer("newsletters").rows()).isEqualTo(1);
        assertThat(staged("newsletters/0.jsonl")).contains("Lovelace").doesNotContain("Hopper");
        assertThat(requests.keys).containsExactly(new SubjectKey("readerId", null, "41"));

        request = withAddress("nobody@example.org");
        requests.findings.clear();
        ask("newsletters");
        assertThat(answer("newsletters").status()).isEqualTo(Status.NOTHING_FOUND);
    }

    /** Another address is another person's; another spelling of a number may be this person's all the same. */
    @Test
    void rowsThatADatabaseTookForThePersonsMakeTheDatasetPartial() throws Exception {
        know("accountId", "041");
        ask("memberships");
        assertThat(answer("memberships").status()).isEqualTo(Status.PARTIAL);
        assertThat(answer("memberships").rows()).isZero();
        assertThat(sentences(answer("memberships")))
                .containsExactly("rows were left out, as their key is not written just so: 1");

        ask("cards");
        assertThat(sentences(answer("cards")))
                .as("what needs keys of the rows that were left out")
                .containsExactly("memberships is not complete, so rows of the person may not have been found");
    }

    @Test
    void blanksThatFillUpAColumnAreNoPartOfAKey() throws Exception {
        know("accountId", "41");
        ask("memberships");
        assertThat(answer("memberships").status()).isEqualTo(Status.COMPLETE);
        assertThat(staged("memberships/0.jsonl")).isEqualTo("{\"account\":\"41  \"}\n");
    }

    @Test
    void aDatabaseIsAskedOnceForEachValueOfAKey() throws Exception {
        know("accountId", "41", "42", "43");
        ask("orders");
        assertThat(answer("orders").rows()).isEqualTo(2);
        assertThat(answer("orders").parts()).hasSize(2);
        assertThat(STORE.blobs().keySet().stream()
                        .filter(path -> path.contains(request.id().toString())))
                .hasSize(2);
    }

    @Test
    void oneQueryOfManyThatFailsFailsTheStep() {
        know("accountId", "41", "42", "43", "44", "45", "46", "not a number");
        assertThatThrownBy(() -> ask("orders")).hasStackTraceContaining("JdbcSQLDataException");
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void withoutAKeyNobodyIsAsked() throws Exception {
        goAway();
        ask("orders");
        assertThat(answer("orders").status()).isEqualTo(Status.NOTHING_FOUND);
    }

    @Test
    void whatADatasetAnsweredInAnEarlierAttemptIsNotAskedAgain() throws Exception {
        goAway();
        for (String dataset : List.of("profile", "accounts", "crm")) {
            Asked asked = new Asked(1, dataset.equals("accounts") ? Map.of("accountId", 0) : Map.of("emailAddress", 1));
            DatasetFindings earlier = new DatasetFindings(
                    dataset, Status.NOTHING_FOUND, List.of(), 0, 0, 0, Set.of(), List.of(), asked, Review.NOTHING);
            requests.findings.put(dataset, earlier);
            ask(dataset);
            assertThat(answer(dataset)).isSameAs(earlier);
        }
        assertThat(neighbours.asked).isEmpty();
    }

    @Test
    void aKeyThatComesToLightLaterIsAskedWithAndTheAnswerReplacesTheOneBefore() throws Exception {
        know("accountId", "41");
        ask("orders");
        ask("orders");
        assertThat(answer("orders").asked()).isEqualTo(new Asked(1, Map.of("accountId", 1)));

        know("accountId", "42");
        ask("orders");
        assertThat(answer("orders").rows()).isEqualTo(2);
        assertThat(answer("orders").asked()).isEqualTo(new Asked(2, Map.of("accountId", 2)));
    }

    @Test
    void whatTheNewAnswerDoesNotHaveIsNoPartOfThePackage() throws Exception {
        know("accountId", "41");
        neighbours.crm = exchange -> exchange.getMessage().setBody(List.of(Map.of("note", "called")));
        ask("tickets");
        assertThat(answer("tickets").parts()).hasSize(1);

        know("accountId", "42");
        neighbours.crm = exchange -> exchange.getMessage()
                .setBody(
                        exchange.getMessage().getBody(Map.class).containsValue("42")
                                ? List.of(Map.of("note", "wrote"), Map.of("note", "wrote"))
                                : List.of());
        ask("tickets");
        assertThat(answer("tickets").rows()).isEqualTo(2);
        assertThat(answer("tickets").parts())
                .extracting(Part::name)
                .containsExactly(request.id() + "/1/tickets/1.jsonl");
    }

    @Test
    void aKeyThatComesToLightWhileADatasetAnswersIsAskedWithAgain() throws Exception {
        know("accountId", "41");
        neighbours.crm = exchange -> {
            know("accountId", "42");
            exchange.getMessage().setBody(List.of());
        };
        ask("tickets");
        assertThat(answer("tickets").asked().keys()).isEqualTo(Map.of("accountId", 1));
        ask("tickets");
        assertThat(answer("tickets").asked()).isEqualTo(new Asked(2, Map.of("accountId", 2)));
        assertThat(neighbours.asked).contains(Map.of("accountId", "42"));
    }

    @Test
    void aDatasetIsNotAskedWithoutEnd() throws Exception {
        neighbours.crm = exchange -> exchange.getMessage().setBody(List.of());
        for (int i = 0; i < 15; i++) {
            know("accountId", String.valueOf(i));
            ask("tickets");
        }
        assertThat(answer("tickets").asked()).isEqualTo(new Asked(10, Map.of("accountId", 10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CamelSqlQuery", "CAmelSqlQuery", "camelsqlquery", "CamelSqlTemplate"})
    void noHeaderReplacesTheQuery(String header) {
        template.send("direct:dataset-profile", message -> {
            message.setVariable("request", request);
            message.getMessage().setHeader(header, "SELECT * FROM users");
        });
        assertThat(answer("profile").rows()).isEqualTo(1);
        assertThat(staged("profile/0.jsonl")).contains("Lovelace");
    }

    @Test
    void rowsThatCannotBeStagedFailTheStep() {
        STORE.refuse(503);
        assertThatThrownBy(() -> ask("profile")).isInstanceOf(Exception.class);
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void everyLakeFileOfThePersonsPartitionsIsSearched() throws Exception {
        know("accountId", "41");
        STORE.put(
                "lake/tea/Users.xml",
                "<users><row Id=\"7\" AccountId=\"41\"/><row Id=\"8\" AccountId=\"42\"/></users>");
        STORE.put("lake/coffee/Users.xml", "<users><row Id=\"9\" AccountId=\"41\"/></users>");
        ask("accounts");
        assertThat(neighbours.asked).containsExactlyInAnyOrder("tea/Users.xml", "coffee/Users.xml");
        assertThat(answer("accounts").status()).isEqualTo(Status.COMPLETE);
        assertThat(answer("accounts").rows()).isEqualTo(2);
        assertThat(answer("accounts").searchedFiles()).isEqualTo(2);
        assertThat(requests.keys)
                .contains(new SubjectKey("siteUserId", "tea", "7"), new SubjectKey("siteUserId", "coffee", "9"))
                .hasSize(3);
    }

    @Test
    void aLargeDatasetIsOfferedToAllReplicasAndNotReadByOneAlone() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users/>" + " ".repeat(600_000));
        STORE.put("lake/coffee/Users.xml", "<users/>" + " ".repeat(600_000));
        ask("accounts");
        assertThat(neighbours.asked).containsExactly("to be shared");
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void aDatasetThatReplicasSearchIsLeftToThem() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users/>");
        Neighbours.letBeUnderWay(shared, request);
        ask("accounts");
        assertThat(neighbours.asked).isEmpty();
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void whoSearchesAloneAsksOnceWhetherOthersDoSo() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users/>");
        ask("accounts");
        assertThat(answer("accounts").searchedFiles()).isEqualTo(1);
        verify(shared).of(request.id(), "accounts");
        verify(shared, never()).isUnderWay(any(), any());
    }

    /** A step that was given up, or a file that came meanwhile. The answer is to the keys that all of them had. */
    @Test
    void whatReplicasBroughtIsInTheAnswerAndOnlyWhatTheyHaveLeftIsRead() throws Exception {
        know("accountId", "41");
        know("accountId", "42");
        Asked askedThen = new Asked(1, Map.of("accountId", 1));
        UUID search = UUID.randomUUID();
        doReturn(Optional.of(new SharedSearch(search, askedThen, true)))
                .when(shared)
                .of(request.id(), "accounts");
        SubjectKey brought = new SubjectKey("siteUserId", "tea", "7");
        doReturn(Map.of(
                        "tea/Users.xml",
                        new SearchResult(
                                Set.of("tea"),
                                1,
                                600_008,
                                List.of(new Part("accounts/tea.jsonl", "tea", 3, 90, List.of("Id"), Map.of())),
                                Set.of(brought),
                                List.of(),
                                Review.NOTHING)))
                .when(shared)
                .answers(search, SearchResult.class);
        STORE.put("lake/tea/Users.xml", "<users/>" + " ".repeat(600_000));
        STORE.put("lake/coffee/Users.xml", "<users><row Id=\"9\" AccountId=\"41\"/></users>" + " ".repeat(600_000));

        ask("accounts");

        assertThat(neighbours.asked).containsExactly("coffee/Users.xml");
        assertThat(answer("accounts").rows()).isEqualTo(4);
        assertThat(answer("accounts").searchedFiles()).isEqualTo(2);
        assertThat(answer("accounts").readPartitions()).containsExactlyInAnyOrder("tea", "coffee");
        assertThat(answer("accounts").asked()).isEqualTo(askedThen);
        assertThat(requests.keys).contains(brought, new SubjectKey("siteUserId", "coffee", "9"));
    }

    @Test
    void howOftenThePersonsKeysAreReadDoesNotGrowWithTheFiles() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users/>");
        int forOneFile = timesKeysAreRead();
        requests.findings.clear();
        for (String site : List.of("a", "b", "c", "d", "e", "f")) {
            STORE.put("lake/" + site + "/Users.xml", "<users/>");
        }
        assertThat(timesKeysAreRead()).isEqualTo(forOneFile);
        assertThat(answer("accounts").searchedFiles()).isEqualTo(7);
    }

    private int timesKeysAreRead() throws Exception {
        requests.askedForKeys = 0;
        ask("accounts");
        return requests.askedForKeys;
    }

    @Test
    void oneLakeFileOfManyThatFailsFailsTheStep() {
        know("accountId", "41");
        for (String site : List.of("a", "b", "c", "d", "e", "f")) {
            STORE.put("lake/" + site + "/Users.xml", "<users/>");
        }
        neighbours.awayFile = "d/Users.xml";
        assertThatThrownBy(() -> ask("accounts")).hasStackTraceContaining("the lake is away");
        assertThat(requests.findings).isEmpty();
        progress.note();
        assertThat(noted("accounts").files()).isEqualTo(6);
        assertThat(noted("accounts").filesDone()).isLessThan(6);
    }

    @Test
    void aDatasetThatHasAnsweredIsNotedAsDoneWithFilesThatCouldNotBeReadToo() throws Exception {
        know("accountId", "41");
        String whole = "<users><row Id=\"7\" AccountId=\"41\"/></users>";
        String broken = "<users><row Id=\"9\" Acc";
        STORE.put("lake/tea/Users.xml", whole);
        STORE.put("lake/coffee/Users.xml", broken);
        ask("accounts");

        SearchProgress first = noted("accounts");
        assertThat(first.requestId()).isEqualTo(request.id());
        assertThat(first.files()).isEqualTo(2);
        assertThat(first.filesDone()).isEqualTo(2);
        assertThat(first.bytes()).isEqualTo(whole.length() + broken.length());
        assertThat(first.bytesDone()).isEqualTo(first.bytes());

        STORE.put("lake/coffee/Users.xml", whole);
        requests.findings.clear();
        ask("accounts");

        SearchProgress again = noted("accounts");
        assertThat(again.begunAt()).isAfter(first.begunAt());
        assertThat(again.files()).isEqualTo(2);
        assertThat(again.filesDone()).isEqualTo(2);
        assertThat(again.bytes()).isEqualTo(2 * whole.length());
        assertThat(again.bytesDone()).isEqualTo(again.bytes());
    }

    @Test
    void whatNeedsKeysOfAMissingFileIsPartialThereAndSoIsWhatNeedsItsOwnKeys() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users><row Id=\"7\" AccountId=\"41\"/></users>");
        for (String site : List.of("tea", "coffee")) {
            STORE.put("lake/" + site + "/Posts.xml", "<posts><row Id=\"70\" OwnerUserId=\"7\"/></posts>");
            STORE.put("lake/" + site + "/PostLinks.xml", "<links><row Id=\"700\" PostId=\"70\"/></links>");
        }
        for (String dataset : List.of("accounts", "posts", "post-links")) {
            ask(dataset);
        }
        assertThat(answer("accounts").status()).isEqualTo(Status.COMPLETE);
        for (String dataset : List.of("posts", "post-links")) {
            assertThat(answer(dataset).status()).as(dataset).isEqualTo(Status.PARTIAL);
            assertThat(sentences(answer(dataset)))
                    .as(dataset)
                    .containsExactly("coffee: its accounts file is missing or can't be read,"
                            + " so rows of the person there may not have been found");
            assertThat(answer(dataset).rows()).as(dataset).isEqualTo(1);
        }
        assertThat(neighbours.asked).noneMatch(file -> file.toString().startsWith("coffee"));
    }

    @Test
    void aMissingFileBetweenOthersIsNamedToWhatNeedsItsKeys() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users><row Id=\"7\" AccountId=\"41\"/></users>");
        STORE.put("lake/tea/PostLinks.xml", "<links><row Id=\"700\" PostId=\"70\"/></links>");
        for (String dataset : List.of("accounts", "posts", "post-links")) {
            ask(dataset);
        }
        assertThat(answer("posts").status()).isEqualTo(Status.NOTHING_FOUND);
        assertThat(sentences(answer("post-links")))
                .singleElement()
                .asString()
                .startsWith("tea: its posts file is missing");
    }

    @Test
    void whatNeedsKeysOfAnUnreadableFileIsPartialThereAndNowhereElse() throws Exception {
        know("accountId", "41");
        STORE.put("lake/tea/Users.xml", "<users><row Id=\"7\" AccountId=\"41\"/>");
        STORE.put("lake/coffee/Users.xml", "<users><row Id=\"9\" AccountId=\"41\"/></users>");
        STORE.put("lake/coffee/Posts.xml", "<posts><row Id=\"90\" OwnerUserId=\"9\"/></posts>");
        ask("accounts");
        ask("posts");
        assertThat(answer("accounts").status()).isEqualTo(Status.PARTIAL);
        assertThat(answer("posts").status()).isEqualTo(Status.COMPLETE);

        requests.findings.remove("posts");
        STORE.put("lake/tea/Posts.xml", "<posts><row Id=\"70\" OwnerUserId=\"7\"/></posts>");
        ask("posts");
        assertThat(sentences(answer("posts"))).singleElement().asString().startsWith("tea: its accounts file is");
        assertThat(answer("posts").rows()).isEqualTo(2);
    }

    /** Without an account number the file, were it there, could not hold a row of theirs. */
    @Test
    void aMissingFileHidesNoKeyOfAPersonWhoCannotBeInIt() throws Exception {
        STORE.put("lake/coffee/Posts.xml", "<posts><row Id=\"70\" OwnerUserId=\"7\"/></posts>");
        ask("accounts");
        ask("posts");
        assertThat(answer("posts").status()).isEqualTo(Status.NOTHING_FOUND);
    }

    @Test
    void aMissingFileWithoutPartitionsMakesPartialWhateverNeedsItsKeys() throws Exception {
        know("accountId", "41");
        ask("members");
        ask("visits");
        assertThat(answer("members").status()).isEqualTo(Status.NOTHING_FOUND);
        assertThat(sentences(answer("visits")))
                .containsExactly("the members file is missing or can't be read,"
                        + " so rows of the person may not have been found");

        requests.findings.clear();
        STORE.put("lake/Members.xml", "<members><row Id=\"5\" AccountId=\"42\"/></members>");
        ask("members");
        ask("visits");
        assertThat(answer("visits").status()).isEqualTo(Status.NOTHING_FOUND);
    }

    @Test
    @Timeout(60)
    void oneLakeFileOfManyThatEndsWithAnErrorFailsTheStep() {
        know("accountId", "41");
        for (String site : List.of("a", "b", "c", "d", "e", "f")) {
            STORE.put("lake/" + site + "/Users.xml", "<users/>");
        }
        neighbours.brokenFile = "d/Users.xml";
        assertThatThrownBy(() -> ask("accounts")).hasStackTraceContaining("no memory left");
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void aRouteAnswersWithAListOfRecords() throws Exception {
        neighbours.crm =
                exchange -> exchange.getMessage().setBody(List.of(Map.of("note", "called"), Map.of("note", "wrote")));
        ask("crm");
        assertThat(neighbours.asked).containsExactly(Map.of("emailAddress", "ada@example.org"));
        assertThat(answer("crm").status()).isEqualTo(Status.COMPLETE);
        assertThat(staged("crm/0.jsonl")).isEqualTo("{\"note\":\"called\"}\n{\"note\":\"wrote\"}\n");
    }

    @Test
    void aRouteAnswersWithAnIteratorOfRecords() throws Exception {
        neighbours.crm = exchange ->
                exchange.getMessage().setBody(List.of(Map.of("note", "called")).iterator());
        ask("crm");
        assertThat(staged("crm/0.jsonl")).isEqualTo("{\"note\":\"called\"}\n");
    }

    @Test
    void onlyThePersonsFilesAreListedAndReadWhereThePathBeginsWithTheirKey() throws Exception {
        know("accountId", "41");
        for (String name : List.of("41/a.txt", "41/2020/b.txt", "4/c.txt", "410/d.txt", "041/e.txt", "x/41/f.txt")) {
            STORE.put("lake/scans/" + name, "text of " + name);
        }
        STORE.calls().clear();
        ask("scans");
        assertThat(neighbours.asked).containsExactlyInAnyOrder("scans/41/a.txt", "scans/41/2020/b.txt");
        assertThat(STORE.calls())
                .filteredOn(call -> call.contains("comp=list"))
                .singleElement()
                .asString()
                .contains("prefix=scans/41/&");
        assertThat(noted("scans").files()).isEqualTo(2);
        assertThat(noted("scans").bytesDone())
                .isEqualTo("text of 41/a.txt".length() + "text of 41/2020/b.txt".length());
        assertThat(answer("scans").status()).isEqualTo(Status.COMPLETE);
        assertThat(answer("scans").parts())
                .extracting(
                        part -> part.file().path(),
                        part -> STORE.blobs().get("staging/" + part.file().name()))
                .containsExactlyInAnyOrder(
                        tuple("files/scans/41/a.txt", "text of 41/a.txt"),
                        tuple("files/scans/41/2020/b.txt", "text of 41/2020/b.txt"));
    }

    @Test
    void withoutAKeyNoFileIsLookedFor() throws Exception {
        STORE.put("lake/scans/41/a.txt", "text");
        STORE.calls().clear();
        ask("scans");
        assertThat(answer("scans").status()).isEqualTo(Status.NOTHING_FOUND);
        assertThat(STORE.calls()).isEmpty();
    }

    /** An eighth of a zip, 128 KiB, and what a row has beyond that. */
    @Test
    void manyRowsAreStagedInPartsOfLimitedSizeThatKeepTheirOrder() throws Exception {
        int[] lengths = {50_000, 50_000, 50_000, 50_000, 50_000, 400_000, 50_000};
        List<Map<String, String>> records = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int length : lengths) {
            String note = records.size() + "x".repeat(length);
            records.add(Map.of("note", note));
            lines.add("{\"note\":\"" + note + "\"}\n");
        }
        neighbours.crm = exchange -> exchange.getMessage().setBody(records.iterator());
        ask("crm");
        assertThat(staged("crm/0.jsonl")).isEqualTo(lines.get(0) + lines.get(1) + lines.get(2));
        assertThat(staged("crm/0-2.jsonl")).isEqualTo(lines.get(3) + lines.get(4) + lines.get(5));
        assertThat(staged("crm/0-3.jsonl")).isEqualTo(lines.get(6));
        assertThat(answer("crm").rows()).isEqualTo(7);
        assertThat(answer("crm").parts())
                .extracting(part -> part.name().substring(part.name().lastIndexOf('/') + 1), Part::rows)
                .containsExactly(tuple("0.jsonl", 3L), tuple("0-2.jsonl", 3L), tuple("0-3.jsonl", 1L));
    }

    @Test
    void aRouteThatHasNothingAnswersWithNoRecords() throws Exception {
        neighbours.crm = exchange -> exchange.getMessage().setBody(List.of());
        ask("crm");
        assertThat(answer("crm").status()).isEqualTo(Status.NOTHING_FOUND);
    }

    @Test
    void oneAnswerOfManyThatFailsFailsTheStep() {
        know("accountId", "41", "42", "43", "44", "45", "46", "47");
        neighbours.crm = exchange -> {
            if (exchange.getMessage().getBody(Map.class).containsValue("44")) {
                throw new IllegalStateException("the CRM is away");
            }
            exchange.getMessage().setBody(List.of());
        };
        assertThatThrownBy(() -> ask("tickets")).hasStackTraceContaining("the CRM is away");
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void aRouteThatThrowsFailsTheStep() {
        neighbours.crm = exchange -> {
            throw new IllegalStateException("the CRM is away");
        };
        assertThatThrownBy(() -> ask("crm")).hasStackTraceContaining("the CRM is away");
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void anAnswerThatIsNoRecordsIsNoAnswer() {
        for (Object answer : new Object[] {null, Map.of("note", "called"), "called", List.of("called")}) {
            neighbours.crm = exchange -> exchange.getMessage().setBody(answer);
            assertThatThrownBy(() -> ask("crm"))
                    .as("%s", answer)
                    .hasStackTraceContaining(
                            "dataset \"crm\": its route must answer with a list or an iterator of maps");
            assertThat(requests.findings).isEmpty();
        }
    }

    @Test
    void aSingleJsonObjectIsNoAnswer() {
        for (Object answer : new Object[] {new ObjectMapper().createObjectNode(), Path.of("some", "file")}) {
            neighbours.crm = exchange -> exchange.getMessage().setBody(answer);
            assertThatThrownBy(() -> ask("crm"))
                    .hasStackTraceContaining(
                            "dataset \"crm\": its route must answer with a list or an iterator of maps");
        }
    }

    @Test
    void aRouteIsAskedAgainWhileItHasMore() throws Exception {
        List<Object> asked = new ArrayList<>();
        neighbours.crm = exchange -> {
            Integer page = exchange.getVariable("next", 0, Integer.class);
            asked.add(exchange.getMessage().getBody() + " "
                    + exchange.getMessage().getHeaders() + " " + page);
            exchange.getMessage().setHeader("Authorization", "of page " + page);
            exchange.getMessage().setBody(List.of(Map.of("note", page)));
            exchange.setVariable("next", page == 2 ? null : page + 1);
        };

        ask("crm");

        assertThat(asked)
                .containsExactly(
                        "{emailAddress=ada@example.org} {} 0",
                        "{emailAddress=ada@example.org} {} 1",
                        "{emailAddress=ada@example.org} {} 2");
        assertThat(staged("crm/0.jsonl")).isEqualTo("{\"note\":0}\n{\"note\":1}\n{\"note\":2}\n");
        assertThat(answer("crm").rows()).isEqualTo(3);
        assertThat(answer("crm").status()).isEqualTo(Status.COMPLETE);
    }

    /** One value's last page says nothing about the next value's first. */
    @Test
    void everyValueOfAKeyBeginsWithItsFirstPage() throws Exception {
        know("accountId", "41", "42");
        List<Object> asked = new ArrayList<>();
        neighbours.crm = exchange -> {
            Object next = exchange.getVariable("next");
            asked.add(exchange.getMessage().getBody(Map.class).get("accountId") + " " + next);
            exchange.setVariable("next", next == null ? "more" : null);
            exchange.getMessage().setBody(List.of());
        };

        ask("tickets");

        assertThat(asked).containsExactlyInAnyOrder("41 null", "41 more", "42 null", "42 more");
    }

    @Test
    void aPageThatFailsFailsTheStepAndNothingIsStaged() {
        neighbours.crm = exchange -> {
            if (exchange.getVariable("next") != null) {
                throw new IllegalStateException("the CRM is away");
            }
            exchange.setVariable("next", 1);
            exchange.getMessage().setBody(List.of(Map.of("note", "called")));
        };

        assertThatThrownBy(() -> ask("crm")).hasStackTraceContaining("the CRM is away");

        assertThat(requests.findings).isEmpty();
        assertThat(STORE.blobs().keySet())
                .noneMatch(path -> path.contains(request.id().toString()));
    }

    @Test
    @Timeout(60)
    void aRouteThatNeverEndsFailsTheStep() {
        neighbours.crm = exchange -> {
            exchange.setVariable("next", "more");
            exchange.getMessage().setBody(List.of());
        };
        assertThatThrownBy(() -> ask("crm"))
                .hasStackTraceContaining(
                        "dataset \"crm\": its route set the variable \"next\" to the same value twice and would never end");

        neighbours.crm = exchange -> {
            neighbours.asked.clear();
            exchange.setVariable("next", exchange.getVariable("next", 0, Integer.class) + 1);
            exchange.getMessage().setBody(List.of());
        };
        assertThatThrownBy(() -> ask("crm"))
                .hasStackTraceContaining(
                        "dataset \"crm\": its route set the variable \"next\" 100000 times and seems never to end");
        assertThat(requests.findings).isEmpty();
    }

    @Test
    void rowsOfOthersThatARouteAnswersWithAreLeftOut() throws Exception {
        neighbours.crm = exchange -> exchange.getMessage()
                .setBody(List.of(
                        Map.of("reader", "ada@example.org", "note", "hers"),
                        Map.of("reader", "grace@example.org", "note", "of another")));
        ask("letters");
        assertThat(answer("letters").rows()).isEqualTo(1);
        assertThat(staged("letters/0.jsonl")).contains("hers").doesNotContain("grace");

        requests.findings.clear();
        neighbours.crm = exchange -> exchange.getMessage().setBody(List.of(Map.of("note", "whose?")));
        assertThatThrownBy(() -> ask("letters"))
                .hasStackTraceContaining("dataset \"letters\": a row does not have the column \"Reader\"");
    }

    private void ask(String dataset) throws Exception {
        Exchange exchange =
                template.send("direct:dataset-" + dataset, message -> message.setVariable("request", request));
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
    }

    /** The last progress of it. */
    private SearchProgress noted(String dataset) {
        ArgumentCaptor<SearchProgress> noted = ArgumentCaptor.forClass(SearchProgress.class);
        verify(progressLog, atLeastOnce()).note(noted.capture());
        return noted.getAllValues().stream()
                .filter(search -> search.requestId().equals(request.id())
                        && search.dataset().equals(dataset))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private DatasetFindings answer(String dataset) {
        return requests.findings.get(dataset);
    }

    private String staged(String name) {
        return STORE.blobs().get("staging/" + request.id() + "/1/" + name);
    }

    private void know(String key, String... values) {
        for (String value : values) {
            requests.keys.add(new SubjectKey(key, null, value));
        }
    }

    private DataSubjectRequest withAddress(String address) {
        return new DataSubjectRequest(
                UUID.randomUUID(),
                request.type(),
                new EmailAddress(address),
                request.language(),
                request.status(),
                request.receivedAt(),
                request.dueAt(),
                request.caller(),
                null,
                null,
                1);
    }

    private static List<String> sentences(DatasetFindings answer) {
        return answer.reasons().stream().map(Shortfall::sentence).toList();
    }
}
