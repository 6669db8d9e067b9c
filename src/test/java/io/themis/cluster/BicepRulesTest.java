package io.themis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/**
 * The Azure resources, as far as they can be looked at without Bicep's compiler: names that lead nowhere, roles that are
 * not what they are called, secrets that come out, and whether they are those that the manifests and the application ask
 * for.
 */
class BicepRulesTest {

    private static final Path FOLDER = Path.of("azure");

    /** As Azure's documentation gives them. */
    private static final Map<String, String> ROLES = Map.of(
            "storageBlobDataContributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
            "storageBlobDataOwner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
            "storageBlobDataReader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
            "storageBlobDelegator", "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
            "eventGridDataSender", "d5a91429-5739-47e2-a06b-3470a27159e7",
            "keyVaultSecretsUser", "4633458b-17de-408a-b874-0445c86b69e6");

    private static final Pattern PARAMETER = Pattern.compile("(?m)^((?:@.*\n)*)param (\\w+) \\w+( = .*)?$");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^var (\\w+) = (.*)$");
    private static final Pattern SYMBOL = Pattern.compile("(?m)^ *(?:resource|module) (\\w+) '([^']+)'");
    private static final Pattern MODULE =
            Pattern.compile("(?ms)^module \\w+ '([^']+)' = \\{\n  name: '([^']+)'\n  params: \\{\n(.*?)\n  }");
    private static final Pattern ARGUMENT = Pattern.compile("(?m)^    (\\w+):");
    private static final Pattern OUTPUT = Pattern.compile("(?m)^output (\\w+) \\w+ = (.*)$");
    private static final Pattern GUID = Pattern.compile("'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'");
    private static final Pattern ASSIGNMENT = Pattern.compile(
            "(?s)'Microsoft\\.Authorization/roleAssignments@[^']+' = .*?name: guid\\(.*?\\)\n\\s+scope: (\\S+)\n.*?\n(?=\n|$)");

    private static final Map<String, String> FILES = files();

    private static Map<String, String> files() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            Map<String, String> texts = new TreeMap<>();
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".bicep")).toList()) {
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without comments and texts: what is left are names. */
    private static String code(String file) {
        return FILES.get(file)
                .replaceAll("(?m)^ *//.*$", "")
                .replaceAll("(?m)^@description\\(.*\\)$", "")
                .replaceAll("'(?:[^'\\\\$\n]|\\\\.)*'", "''");
    }

    @Test
    void everyParameterVariableAndResourceIsThereForSomething() {
        FILES.forEach((file, text) -> {
            Stream.of(
                            PARAMETER.matcher(text).results().map(parameter -> parameter.group(2)),
                            VARIABLE.matcher(text).results().map(variable -> variable.group(1)))
                    .flatMap(names -> names)
                    .forEach(name -> assertThat(uses(file, name))
                            .as("%s: uses of %s", file, name)
                            .isGreaterThan(1));
            assertThat(SYMBOL.matcher(text).results().map(symbol -> symbol.group(1)))
                    .as(file)
                    .doesNotHaveDuplicates();
        });
    }

    private static long uses(String file, String name) {
        return Pattern.compile("\\b" + name + "\\b")
                        .matcher(code(file))
                        .results()
                        .count()
                + Pattern.compile("\\$\\{[^}]*\\b" + name + "\\b[^}]*}")
                        .matcher(FILES.get(file))
                        .results()
                        .count();
    }

    @Test
    void bracketsAreClosed() {
        FILES.keySet().forEach(file -> {
            String code = code(file).replaceAll("'[^'\n]*'", "");
            for (String pair : List.of("{}", "[]", "()")) {
                assertThat(code.chars().filter(c -> c == pair.charAt(0)).count())
                        .as("%s %s", file, pair)
                        .isEqualTo(code.chars().filter(c -> c == pair.charAt(1)).count());
            }
        });
    }

    @Test
    void aModuleIsGivenWhatItAsksForAndNothingElse() {
        Set<String> modules = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        FILES.forEach((file, text) -> MODULE.matcher(text).results().forEach(module -> {
            String called = module.group(1);
            modules.add(called);
            assertThat(FILES).containsKey(called);
            assertThat(names.add(module.group(2)))
                    .as("one deployment " + module.group(2))
                    .isTrue();
            Set<String> given = ARGUMENT.matcher(module.group(3))
                    .results()
                    .map(argument -> argument.group(1))
                    .collect(Collectors.toSet());
            assertThat(given).as(file + " to " + called).isSubsetOf(parameters(called, false));
            assertThat(given).as(file + " to " + called).containsAll(parameters(called, true));
        }));
        assertThat(Stream.concat(modules.stream(), Stream.of("main.bicep", "subscription.bicep", "gateway.bicep")))
                .as("nothing is left lying about")
                .containsExactlyInAnyOrderElementsOf(FILES.keySet());
    }

    /** @param required without those that have a default */
    private static Set<String> parameters(String file, boolean required) {
        return PARAMETER
                .matcher(FILES.get(file))
                .results()
                .filter(parameter -> !required || parameter.group(3) == null)
                .map(parameter -> parameter.group(2))
                .collect(Collectors.toSet());
    }

    @Test
    void anOutputThatIsAskedForIsGiven() {
        FILES.values()
                .forEach(text -> Pattern.compile("\\b(\\w+)\\.outputs\\.(\\w+)")
                        .matcher(text)
                        .results()
                        .forEach(use -> {
                            String file = SYMBOL.matcher(text)
                                    .results()
                                    .filter(symbol -> symbol.group(1).equals(use.group(1)))
                                    .map(symbol -> symbol.group(2))
                                    .findFirst()
                                    .orElseThrow();
                            assertThat(OUTPUT.matcher(FILES.get(file)).results().map(output -> output.group(1)))
                                    .contains(use.group(2));
                        }));
    }

    @Test
    void aRoleIsTheOneThatItIsCalled() {
        Map<String, String> found = new TreeMap<>();
        FILES.forEach((file, text) -> {
            VARIABLE.matcher(text)
                    .results()
                    .filter(variable -> GUID.matcher(variable.group(2)).matches())
                    .forEach(variable ->
                            found.put(variable.group(1), variable.group(2).replace("'", "")));
            assertThat(GUID.matcher(text).results().map(guid -> guid.group(1)))
                    .as(file)
                    .allMatch(ROLES::containsValue);
        });
        assertThat(found).isEqualTo(ROLES);
    }

    /** The right to sign links is to be had for an account only. */
    @Test
    void aRoleIsForTheSmallestThatAzureHasItFor() {
        Map<String, String> scopes = new TreeMap<>();
        for (String file : FILES.keySet()) {
            ASSIGNMENT
                    .matcher(FILES.get(file))
                    .results()
                    .forEach(assignment -> ROLES.keySet().stream()
                            .filter(role -> assignment.group().contains(role + ")"))
                            .forEach(role -> scopes.put(file + " " + role, assignment.group(1))));
        }
        assertThat(scopes)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "storage.bicep storageBlobDataContributor", "containers[i]",
                        "storage.bicep storageBlobDelegator", "account",
                        "events.bicep eventGridDataSender", "topic",
                        "vault.bicep keyVaultSecretsUser", "vault",
                        "gateway.bicep keyVaultSecretsUser", "gatewayKey"));
        assertThat(FILES.get("lake.bicep"))
                .contains("scope: lake\n")
                .contains("var role = erases ? storageBlobDataOwner : storageBlobDataReader");
        assertThat(FILES.get("queue.bicep"))
                .contains("scope: requests\n")
                .contains("actions: [\n          'Microsoft.ServiceBus/namespaces/queues/read'\n        ]")
                .doesNotContain("'Manage'");
    }

    @Test
    void noSecretComesOutOrIsWrittenDown() {
        FILES.forEach((file, text) -> {
            OUTPUT.matcher(text)
                    .results()
                    .forEach(output -> assertThat(output.group())
                            .as(file)
                            .doesNotContainPattern("(?i)secret|password|listkeys|\\bkey\\b"));
            PARAMETER
                    .matcher(text)
                    .results()
                    .filter(parameter -> parameter.group(2).matches("(?i).*(secret|password|key)$"))
                    .forEach(
                            parameter -> assertThat(parameter.group(1)).as(file).contains("@secure()"));
            assertThat(text).as(file).doesNotContainPattern("'[A-Za-z0-9+/=]{40,}'");
        });
    }

    /** Links are opened by people anywhere, and the webhook by Event Grid; the rest is for the network alone. */
    @Test
    void onlyTheAccountOfThePackagesHasAPublicAddressAndEverythingAPrivateOne() {
        Map<String, String> access = new TreeMap<>();
        FILES.forEach((file, text) -> Pattern.compile("publicNetworkAccess: '(\\w+)'")
                .matcher(text)
                .results()
                .forEach(found -> access.merge(file, found.group(1), String::concat)));
        assertThat(access)
                .isEqualTo(new TreeMap<>(Map.of(
                        "storage.bicep", "Enabled",
                        "lake.bicep", "Disabled",
                        "events.bicep", "Disabled",
                        "queue.bicep", "Disabled",
                        "database.bicep", "Disabled",
                        "vault.bicep", "Disabled")));
        assertThat(access.keySet())
                .allSatisfy(file -> assertThat(FILES.get(file)).contains("'private-endpoint.bicep'"));
        assertThat(FILES.get("storage.bicep")).contains("allowSharedKeyAccess: false", "allowBlobPublicAccess: false");
        assertThat(FILES.get("lake.bicep")).contains("allowSharedKeyAccess: false", "isHnsEnabled: true");
        assertThat(FILES.get("events.bicep")).contains("disableLocalAuth: true");
        assertThat(FILES.get("database.bicep")).contains("passwordAuth: 'Disabled'");
    }

    @Test
    void theResourcesAreThoseThatTheApplicationAsksFor() throws IOException {
        JsonNode application = yaml("src/main/resources/application.yaml");
        for (String container : List.of("staging", "packages", "review", "index")) {
            assertThat(application
                            .at("/themis/storage/" + container + "-container")
                            .asText())
                    .isEqualTo(container);
            assertThat(FILES.get("storage.bicep")).contains("'" + container + "'");
        }
        assertThat(FILES.get("lake.bicep"))
                .contains("name: '" + application.at("/themis/lake/container").asText() + "'");
        String routes = Files.readString(Path.of("src/main/resources/routes/intake.camel.yaml"))
                + Files.readString(Path.of("src/main/resources/routes/error-handling.camel.yaml"));
        assertThat(names("queue.bicep", "namespaces/queues"))
                .isEqualTo(Pattern.compile("jms:queue:(\\S+)")
                        .matcher(routes)
                        .results()
                        .map(queue -> queue.group(1))
                        .collect(Collectors.toSet()));
        assertThat(Files.readString(Path.of("src/main/resources/routes/events.camel.yaml")))
                .contains(FILES.get("subscription.bicep")
                        .replaceAll("(?s).*includedEventTypes: \\[\\s+'([^']+)'\\s+].*", "$1"));
        long linkLife = DurationStyle.detectAndParse(
                        application.at("/themis/delivery/link-life").asText())
                .toDays();
        assertThat(FILES.get("storage.bicep"))
                .contains("prefixMatch: ['packages/']")
                .contains("daysAfterModificationGreaterThan: " + (linkLife + 1) + "\n");
    }

    /**
     * Service Bus itself would drop a request under an id that a sender has used before, and say so to nobody; Themis tells
     * the two apart. What it gives up comes to the queue at which somebody looks, which has to be there first.
     */
    @Test
    void noMessageIsDroppedOrGivenUpWhereNobodyLooks() {
        String queues = FILES.get("queue.bicep");
        assertThat(queues)
                .contains("maxDeliveryCount: 2000")
                .contains("requiresDuplicateDetection: false")
                .doesNotContain("duplicateDetectionHistoryTimeWindow");
        Pattern queue = Pattern.compile("(?ms)^resource (\\w+) 'Microsoft\\.ServiceBus/namespaces/queues@[^']+' = \\{\n"
                + "  parent: namespace\n  name: '([^']+)'\n.*?^}");
        Map<String, MatchResult> byName =
                queue.matcher(queues).results().collect(Collectors.toMap(found -> found.group(2), found -> found));
        assertThat(byName.get("themis.requests").group())
                .contains("deadLetteringOnMessageExpiration: true")
                .contains("forwardDeadLetteredMessagesTo: 'themis.requests.dead'")
                .contains("dependsOn: [\n    "
                        + byName.get("themis.requests.dead").group(1) + "\n  ]");
    }

    /** One attempt at a message ends long before its lock does, whatever is away. */
    @Test
    void aLockIsLongerThanTakingAMessageCanLast() throws IOException {
        JsonNode application = yaml("src/main/resources/application.yaml");
        long connection =
                application.at("/spring/datasource/hikari/connection-timeout").asLong() / 1000;
        String again = Files.readString(Path.of("src/main/resources/routes/error-handling.camel.yaml"))
                .replaceAll("(?s).*maximumRedeliveries: 1, redeliveryDelay: \"(\\d+)\".*", "$1");
        long longest = 2 * connection + Long.parseLong(again) / 1000;
        MatchResult lock = Pattern.compile("lockDuration: 'PT(\\d+)M'")
                .matcher(FILES.get("queue.bicep"))
                .results()
                .findFirst()
                .orElseThrow();
        assertThat(60 * Long.parseLong(lock.group(1))).isGreaterThan(2 * longest);
    }

    @Test
    void theIdentityIsThatOfThePods() throws IOException {
        String namespace = yaml("k8s/base/kustomization.yaml").path("namespace").asText();
        String account =
                yaml("k8s/base/service-account.yaml").at("/metadata/name").asText();
        assertThat(FILES.get("identities.bicep"))
                .contains("subject: 'system:serviceaccount:" + namespace + ":" + account + "'");
    }

    private static Set<String> names(String file, String type) {
        return Pattern.compile("/" + type + "@[^']+' = \\{\n(?:  parent: \\w+\n)?  name: '([^']+)'")
                .matcher(FILES.get(file))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
    }

    private static JsonNode yaml(String file) throws IOException {
        return Manifests.tree(Files.readString(Path.of(file)));
    }
}
