package io.themis.devservices;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** All real parts that the application needs around it, filled with a company to ask about. */
public final class DevServices implements AutoCloseable {

    /** Begins as every secret of the development run does, so that the application refuses it anywhere else. */
    static final String GATEWAY_KEY = "dev-key";

    /** 32 bytes in the URL-safe base64, in which a hyphen is a digit. */
    private static final String LEDGER_KEY = "dev-ledger-key-dev-ledger-key-dev-ledger-ke=";

    /** As above. */
    private static final String PSEUDONYM_KEY = "dev-pseudonym-key-dev-pseudonym-key-dev-pse=";

    static final String PAGE_CLIENT = "themis-page";

    static final String PAGE_SECRET = "dev-page-secret";

    static final String WEBHOOK_SECRET = "dev-webhook-secret-of-the-development-run";
    private static final Logger LOG = LoggerFactory.getLogger(DevServices.class);
    private static final int NEWSLETTER_REQUESTS_A_SECOND = 12;
    private static final String EVENT_GRID_KEY = "dev-event-grid-key";
    private static String signingKey;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private EmbeddedPostgresDatabase database;
    private UsersDatabase users;
    private Broker broker;
    private MailServer mail;
    private MailboxPage mailboxPage;
    private Azurite azurite;
    private EventGridTopic eventGrid;
    private IdentityProvider identity;
    private DevUser samplePerson;
    private Map<String, Object> shop = Map.of();

    private DevServices() {}

    /**
     * Starts every part, or none.
     *
     * @throws PortTakenException when a port is in use
     * @throws DevServicesException when a part does not start or a file to load is wrong; the message says what to do
     */
    static DevServices start(DevSettings settings) {
        DevServices services = new DevServices();
        try {
            services.startParts(settings);
            services.fill(settings);
            return services;
        } catch (RuntimeException e) {
            services.close();
            throw e;
        }
    }

    /** For tests that need parts of their own: every part on a port that the system chooses, and a small company. */
    public static DevServices startOnFreePorts() {
        return start(DevSettings.onFreePorts());
    }

    private void startParts(DevSettings settings) {
        azurite = opened(Azurite.start(new Port("themis.dev.azurite-port", settings.azuritePort())));
        mail = opened(MailServer.start(
                new Port("themis.dev.smtp-port", settings.smtpPort()),
                new Port("themis.dev.imap-port", settings.imapPort())));
        mailboxPage = opened(MailboxPage.start(new Port("themis.dev.mailbox-port", settings.mailboxPort()), mail));
        identity = opened(new IdentityProvider(new Port("themis.dev.identity-port", settings.identityPort())
                .requireFree()
                .number()));
        users = opened(UsersDatabase.start(new Port("themis.dev.users-db-port", settings.usersDbPort())));
        broker = opened(Broker.start(new Port("themis.dev.queue-port", settings.queuePort()).requireFree()));
        Port topic = new Port("themis.dev.event-grid-port", settings.eventGridPort()).requireFree();
        eventGrid = opened(new EventGridTopic(topic.number(), EVENT_GRID_KEY, settings.eventGridRetryUnit()));
        eventGrid.start();
        settings.eventGridSubscribers().forEach(this::subscribe);
        database =
                opened(EmbeddedPostgresDatabase.start(new Port("themis.dev.postgres-port", settings.postgresPort())));
    }

    private void subscribe(String name, URI webhook) {
        try {
            eventGrid.subscribe(name, webhook);
        } catch (IllegalArgumentException e) {
            throw new DevServicesException("themis.dev.event-grid-subscribers." + name + ": " + e.getMessage(), e);
        }
    }

    private void fill(DevSettings settings) {
        BlobContainerClient lake = azurite.client().getBlobContainerClient("lake");
        if (settings.sampleCompany()) {
            SampleLake sample = new SampleLake(settings.sampleSize());
            LOG.info(
                    "Writing the sample lake of {} posts, about {} MB",
                    settings.sampleSize(),
                    settings.sampleSize() / 125);
            sample.paths().forEach(path -> upload(sample, path, lake));
            users.load(sample.users());
            samplePerson = sample.samplePerson();
        }
        if (settings.shop()) {
            openShop(lake);
        }
        if (settings.lakeDir() != null) {
            new LakeFolder(settings.lakeDir()).upload(lake);
        }
        if (settings.usersCsv() != null) {
            List<DevUser> people = users.loadCsv(settings.usersCsv());
            samplePerson = people.isEmpty() ? null : people.get(0);
        }
        samplePerson().map(DevUser::emailAddress).ifPresent(identity::suggest);
    }

    private void openShop(BlobContainerClient lake) {
        SampleShop sample = new SampleShop();
        ShopDatabase shopDatabase = opened(new ShopDatabase(sample));
        NewsletterService newsletter = opened(new NewsletterService(sample.letters(), NEWSLETTER_REQUESTS_A_SECOND));
        new ShopLake(sample)
                .files()
                .forEach((path, content) -> lake.getBlobClient(path).upload(BinaryData.fromBytes(content), true));
        SampleShop.Customer person = sample.samplePerson();
        samplePerson = new DevUser(
                person.email(),
                person.firstName(),
                person.firstName(),
                person.lastName(),
                null,
                person.city(),
                null,
                null);
        shop = Map.ofEntries(
                Map.entry("themis.data-map", "file:examples/shop/datamap.yaml"),
                Map.entry(
                        "camel.main.routes-include-pattern",
                        "classpath:routes/*.camel.yaml,file:examples/shop/*.camel.yaml"),
                Map.entry("themis.controller.name", "The Corner Shop"),
                Map.entry("themis.controller.contact", "privacy@shop.example"),
                Map.entry("themis.controller.data-protection-officer", "dpo@shop.example"),
                Map.entry("themis.mail.from", "The Corner Shop <privacy@shop.example>"),
                Map.entry("themis.data-sources.shop.url", shopDatabase.url()),
                Map.entry("themis.data-sources.shop.username", shopDatabase.username()),
                Map.entry("themis.data-sources.shop.password", shopDatabase.password()),
                Map.entry("newsletter.url", newsletter.url()),
                Map.entry("newsletter.token", newsletter.token()));
    }

    private static void upload(SampleLake sample, String path, BlobContainerClient lake) {
        try (OutputStream out = lake.getBlobClient(path).getBlockBlobClient().getBlobOutputStream(true)) {
            sample.write(path, out);
        } catch (IOException e) {
            throw new UncheckedIOException("The sample lake can't be written", e);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    /** What the application has to know about the parts, as settings of its own. */
    public Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(partsAsProperties());
        properties.putAll(shop);
        return properties;
    }

    private Map<String, Object> partsAsProperties() {
        return Map.ofEntries(
                Map.entry("spring.datasource.url", database.url()),
                Map.entry("spring.datasource.username", database.username()),
                Map.entry("spring.datasource.password", database.password()),
                Map.entry("themis.data-sources.users.url", users.url()),
                Map.entry("themis.data-sources.users.username", users.username()),
                Map.entry("themis.data-sources.users.password", users.password()),
                Map.entry("themis.storage.endpoint", azurite.endpoint()),
                Map.entry("themis.storage.account-name", Azurite.ACCOUNT_NAME),
                Map.entry("themis.storage.account-key", Azurite.ACCOUNT_KEY),
                Map.entry("themis.lake.endpoint", azurite.endpoint()),
                Map.entry("themis.lake.account-name", Azurite.ACCOUNT_NAME),
                Map.entry("themis.lake.account-key", Azurite.ACCOUNT_KEY),
                Map.entry("themis.lake.container", "lake"),
                Map.entry("themis.queue.url", broker.amqpUrl()),
                Map.entry("themis.mail.host", MailServer.host()),
                Map.entry("themis.mail.port", mail.smtpPort()),
                Map.entry("themis.mail.starttls", false),
                Map.entry("themis.mail.from", "Themis Inc. <privacy@themis.example>"),
                Map.entry("themis.controller.name", "Themis Inc."),
                Map.entry("themis.controller.contact", "privacy@themis.example"),
                Map.entry("themis.controller.data-protection-officer", "dpo@themis.example"),
                Map.entry("themis.controller.automated-decisions", "Nothing is decided about you by a machine alone."),
                Map.entry(
                        "themis.event-grid.topic-endpoint", eventGrid.endpoint().toString()),
                Map.entry("themis.event-grid.access-key", EVENT_GRID_KEY),
                Map.entry("themis.event-grid.webhook-secret", WEBHOOK_SECRET),
                Map.entry("themis.erasure.ledger.key", LEDGER_KEY),
                Map.entry("themis.erasure.pseudonym-key", PSEUDONYM_KEY),
                Map.entry("themis.erasure.certificate.signing-key", signingKey()),
                Map.entry("themis.gateway-key", GATEWAY_KEY),
                // With a port that the system chooses, known once there is a server.
                Map.entry("themis.public-url", "http://localhost:${local.server.port:${server.port}}"),
                Map.entry("themis.page.client-id", PAGE_CLIENT),
                Map.entry("themis.page.client-secret", PAGE_SECRET),
                Map.entry("spring.security.oauth2.resourceserver.jwt.issuer-uri", identity.issuer()),
                Map.entry("spring.security.oauth2.resourceserver.jwt.audiences", IdentityProvider.AUDIENCE),
                Map.entry("themis.console.username", "operator"),
                Map.entry("themis.console.password", "dev-operator"),
                Map.entry("themis.console.viewer.password", "dev-viewer"));
    }

    /** Another one in each process, so that what it signs proves nothing anywhere else. */
    private static synchronized String signingKey() {
        if (signingKey == null) {
            try {
                KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
                keys.initialize(3072);
                signingKey = Base64.getEncoder()
                        .encodeToString(keys.generateKeyPair().getPrivate().getEncoded());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return signingKey;
    }

    /** Below the command line and the environment variables, above the application's own defaults. */
    void contributeTo(ConfigurableEnvironment environment) {
        environment
                .getPropertySources()
                .addAfter(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new MapPropertySource("development parts", properties()));
    }

    /** Somebody whom it is worth asking for. */
    public Optional<DevUser> samplePerson() {
        return Optional.ofNullable(samplePerson);
    }

    public EmbeddedPostgresDatabase database() {
        return database;
    }

    public UsersDatabase users() {
        return users;
    }

    public Broker broker() {
        return broker;
    }

    public MailServer mail() {
        return mail;
    }

    public MailboxPage mailboxPage() {
        return mailboxPage;
    }

    public EventGridTopic eventGrid() {
        return eventGrid;
    }

    public Azurite azurite() {
        return azurite;
    }

    public IdentityProvider identity() {
        return identity;
    }

    /** Stops the parts, the last started first; all of them, also when one does not stop. */
    @Override
    public void close() {
        IllegalStateException failure = new IllegalStateException("Some parts did not stop");
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
