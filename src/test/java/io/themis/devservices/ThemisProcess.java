package io.themis.devservices;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.models.CloudEvent;
import com.azure.messaging.eventgrid.EventGridPublisherClient;
import com.azure.messaging.eventgrid.EventGridPublisherClientBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.themis.ThemisApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.util.StringUtils;

/**
 * The application in a process of its own, which can be killed, on the parts of this one.
 */
public final class ThemisProcess implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("ready on port (\\d+)");
    private static final int SECONDS_TO_START = 180;
    private static final String BEANS = "replica.beans";

    private final Process process;
    private final DevServices services;
    private final String subscription;
    private final int port;
    private final List<String> output = new CopyOnWriteArrayList<>();

    private ThemisProcess(Process process, DevServices services) {
        this.process = process;
        this.services = services;
        CompletableFuture<Integer> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(ready), "themis-process-output");
        reader.setDaemon(true);
        reader.start();
        try {
            port = ready.get(SECONDS_TO_START, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IllegalStateException("The application did not start: " + String.join("\n", output), e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        subscription = "themis-process-" + process.pid();
        services.eventGrid()
                .subscribe(
                        subscription,
                        URI.create(
                                "http://localhost:" + port + "/hooks/event-grid?code=" + DevServices.WEBHOOK_SECRET));
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param temporary its {@code java.io.tmpdir}
     * @param settings stand above what the parts say about themselves
     */
    public static ThemisProcess start(DevServices services, Path temporary, Map<String, ?> settings) {
        return start(services, temporary, settings, List.of());
    }

    /**
     * @param more options of the JVM, which win over the others
     * @param beans configurations that it has besides its own
     */
    public static ThemisProcess start(
            DevServices services, Path temporary, Map<String, ?> settings, List<String> more, Class<?>... beans) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "-Dserver.port=0",
                "-Dmanagement.server.port=0"));
        services.properties().forEach((name, value) -> options.add("-D" + name + "=" + value));
        settings.forEach((name, value) -> options.add("-D" + name + "=" + value));
        options.add("-D" + BEANS + "=" + Stream.of(beans).map(Class::getName).collect(Collectors.joining(",")));
        options.addAll(more);
        try {
            return new ThemisProcess(AnotherJvm.start(Replica.class, options.toArray(String[]::new)), services);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(CompletableFuture<Integer> ready) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    ready.complete(Integer.valueOf(matcher.group(1)));
                }
            }
        } catch (IOException e) {
            output.add(e.toString());
        }
        ready.completeExceptionally(new IllegalStateException("it ended"));
    }

    public int port() {
        return port;
    }

    /** What it has written so far, its log above all. */
    public List<String> output() {
        return output;
    }

    /** Ends it at once, as SIGKILL or a loss of power does. */
    public void kill() throws InterruptedException {
        services.eventGrid().unsubscribe(subscription);
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** Runs in the other process. */
    static final class Replica implements Runnable {

        @Override
        public void run() {
            SpringApplication application = new SpringApplication(ThemisApplication.class, ReplicaBeans.class);
            application.setSources(StringUtils.commaDelimitedListToSet(System.getProperty(BEANS)));
            application.addInitializers(context ->
                    context.getBeanFactory().registerSingleton("withoutTestClasses", new WithoutTestClasses()));
            application.addListeners(
                    (ApplicationListener<ApplicationReadyEvent>) event -> System.out.println("ready on port "
                            + event.getApplicationContext().getEnvironment().getProperty("local.server.port")));
            application.run();
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class ReplicaBeans {

        /** The certificate of the stand-in is known in the process of the stand-in only. */
        @Bean
        EventGridPublisherClient<CloudEvent> devPublisherClient(
                @Value("${themis.event-grid.topic-endpoint}") String endpoint,
                @Value("${themis.event-grid.access-key}") String accessKey)
                throws SSLException {
            SslContext trust = SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build();
            return new EventGridPublisherClientBuilder()
                    .endpoint(endpoint)
                    .credential(new AzureKeyCredential(accessKey))
                    .httpClient(new NettyAsyncHttpClientBuilder(reactor.netty.http.client.HttpClient.create()
                                    .secure(tls -> tls.sslContext(trust)))
                            .build())
                    .buildCloudEventPublisherClient();
        }
    }
}
