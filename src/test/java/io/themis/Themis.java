package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.devservices.DevServices;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.core.env.Environment;

/** The application under test as its users meet it: by REST, by mail and by link. */
@TestComponent
public class Themis {

    public static final String[] GATEWAY_KEY = {"Ocp-Apim-Subscription-Key", "dev-key"};

    public static final String[] JSON_WITH_KEY = {
        "Content-Type", "application/json", "Ocp-Apim-Subscription-Key", "dev-key"
    };

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern LINK = Pattern.compile("https?://\\S+");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Environment environment;
    private final DevServices services;

    Themis(Environment environment, DevServices services) {
        this.environment = environment;
        this.services = services;
    }

    /** @param headers names and values in turn; none means no key either */
    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url(path)).method(method, publisher).timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build(), BodyHandlers.ofString());
    }

    public URI url(String path) {
        return URI.create("http://localhost:" + environment.getRequiredProperty("local.server.port") + path);
    }

    public static String accessRequest(String emailAddress) {
        return JSON.createObjectNode()
                .put("type", "access")
                .put("emailAddress", emailAddress)
                .toString();
    }

    /** Asks for a person with the gateway key and gives the id of the request. */
    public String ask(String emailAddress) {
        HttpResponse<String> response = send("POST", "/api/v1/requests", accessRequest(emailAddress), JSON_WITH_KEY);
        if (response.statusCode() != 202) {
            throw new AssertionError("not accepted: " + response.statusCode() + " " + response.body());
        }
        return json(response.body()).required("id").asText();
    }

    /** What the gateway sees of a request. */
    public JsonNode request(String id) {
        return json(send("GET", "/api/v1/requests/" + id, null, GATEWAY_KEY).body());
    }

    public JsonNode await(String id, String status) {
        return Awaitility.await("request " + id + " is " + status)
                .atMost(PATIENCE)
                .until(
                        () -> request(id),
                        request -> request.required("status").asText().equals(status));
    }

    /** The mails of an address once there are that many. */
    public List<MimeMessage> awaitMails(String emailAddress, int count) {
        return Awaitility.await(count + " mails")
                .atMost(PATIENCE)
                .until(() -> services.mail().mails(emailAddress), mails -> mails.size() >= count);
    }

    /** The mails of one request that came for an address, in their order. */
    public List<MimeMessage> mails(String id, String emailAddress) {
        return services.mail().mails(emailAddress).stream()
                .filter(mail -> messageId(mail).contains(id))
                .toList();
    }

    public static String messageId(MimeMessage mail) {
        try {
            return mail.getMessageID();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    public static String subject(MimeMessage mail) {
        try {
            return mail.getSubject();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    /** The first link in the text part of a mail. */
    public static URI link(MimeMessage mail) {
        Matcher link = LINK.matcher(body(mail, "text/plain"));
        if (!link.find()) {
            throw new AssertionError("the mail has no link");
        }
        return URI.create(link.group());
    }

    /** The part of a mail of that type. */
    public static String body(MimeMessage mail, String type) {
        try {
            return find(mail, type);
        } catch (MessagingException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String find(Part part, String type) throws MessagingException, IOException {
        if (part.isMimeType(type)) {
            return (String) part.getContent();
        }
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                String found = find(parts.getBodyPart(i), type);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Follows a link without any key, as a browser does. */
    public HttpResponse<String> follow(String method, URI link, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(link)
                .method(method, BodyPublishers.noBody())
                .timeout(PATIENCE);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build(), BodyHandlers.ofString());
    }

    /** Follows a link without any key, as a browser does, and unzips what comes: path to bytes. */
    public Map<String, byte[]> download(URI link) {
        HttpResponse<InputStream> response =
                send(HttpRequest.newBuilder(link).timeout(PATIENCE).build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new AssertionError("the link answers " + response.statusCode());
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(response.body())) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** Asks for a person, waits for both mails and unzips what the link gives. */
    public Map<String, byte[]> packageOf(String emailAddress) {
        return awaitPackage(ask(emailAddress), emailAddress);
    }

    /** Waits for both mails of a request and unzips what the link gives. */
    public Map<String, byte[]> awaitPackage(String id, String emailAddress) {
        await(id, "delivered");
        List<MimeMessage> mails = mails(id, emailAddress);
        assertThat(mails).as("mails of request %s", id).hasSize(2);
        return download(link(mails.get(1)));
    }

    /** A file of a package that must have it. */
    public static String text(Map<String, byte[]> files, String path) {
        assertThat(files).containsKey(path);
        return new String(files.get(path), StandardCharsets.UTF_8);
    }

    public static JsonNode manifest(Map<String, byte[]> files) {
        return json(text(files, "manifest.json"));
    }

    /** What the manifest of a package says of a dataset. */
    public static JsonNode dataset(Map<String, byte[]> files, String name) {
        return dataset(manifest(files), name);
    }

    /** What a manifest, or the API of a request, says of a dataset. */
    public static JsonNode dataset(JsonNode all, String name) {
        for (JsonNode dataset : all.path("datasets")) {
            if (dataset.path("name").asText().equals(name)) {
                return dataset;
            }
        }
        throw new AssertionError("no dataset " + name);
    }

    /** The rows of a JSON Lines file; a value is a String, a Long or null. */
    public static List<Map<String, Object>> rows(byte[] jsonLines) {
        return new String(jsonLines, StandardCharsets.UTF_8)
                .lines()
                .map(Themis::json)
                .map(row -> {
                    Map<String, Object> columns = new LinkedHashMap<>();
                    row.fields().forEachRemaining(column -> columns.put(column.getKey(), value(column.getValue())));
                    return columns;
                })
                .toList();
    }

    private static Object value(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> null;
            case STRING -> value.textValue();
            case NUMBER -> value.longValue();
            default -> throw new AssertionError("no value of the sample: " + value.getNodeType());
        };
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
