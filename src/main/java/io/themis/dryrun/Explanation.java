package io.themis.dryrun;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.datamap.Dataset.Format;
import io.themis.datamap.Dataset.Kind;
import io.themis.enrichment.Identification;
import io.themis.enrichment.LakeSearches;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.EmailAddress;
import io.themis.request.ReadableError;
import io.themis.request.RequestStatus;
import io.themis.request.RequestType;
import io.themis.request.Shortfall;
import io.themis.request.SubjectKey;
import io.themis.step.RouteFailure;
import io.themis.step.StepComponent;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.api.management.ManagedCamelContext;
import org.springframework.context.ApplicationContext;

/** Gathers the data of one person as a request does, and says how it went. Values are masked: a terminal is no safe. */
final class Explanation {

    private static final int LONGEST_LIST = 20;

    private final DataMap map;
    private final Identification identification;
    private final LakeSearches lakeSearches;
    private final RememberedDiscoveries found;
    private final CamelContext camel;
    private final PrintStream out;

    Explanation(ApplicationContext context, PrintStream out) {
        this.map = context.getBean(DataMap.class);
        this.identification = context.getBean(Identification.class);
        this.lakeSearches = context.getBean(LakeSearches.class);
        this.found = context.getBean(RememberedDiscoveries.class);
        this.camel = context.getBean(CamelContext.class);
        this.out = out;
    }

    /** False if a store failed; what was found before is printed all the same. */
    boolean print(EmailAddress address) {
        Instant now = Instant.now();
        DataSubjectRequest request = new DataSubjectRequest(
                UUID.randomUUID(),
                RequestType.ACCESS,
                address,
                Locale.ENGLISH,
                RequestStatus.RECEIVED,
                now,
                now,
                "dry run",
                null,
                null,
                1);
        Throwable failure = gather(request);
        for (Dataset dataset : map.datasets()) {
            print(request, dataset);
        }
        if (failure != null) {
            out.printf("%nIt did not come to an end: %s%n", ReadableError.of(RouteFailure.cause(failure)));
            return false;
        }
        if (!identification.isKnown(request)) {
            out.printf("%nNobody is known at this address: \"%s\" has no row of it.%n", map.knownBy());
        }
        return true;
    }

    private Throwable gather(DataSubjectRequest request) {
        ProducerTemplate template = camel.createProducerTemplate();
        Exchange gathered = template.send("step:identify-person", exchange -> {
            exchange.setVariable(StepComponent.REQUEST, request);
            exchange.getMessage().setBody(request);
        });
        return gathered.getException();
    }

    private void print(DataSubjectRequest request, Dataset dataset) {
        DatasetFindings findings = found.findingsOf(dataset.name());
        if (findings == null) {
            out.printf("%n%s: not asked%n", dataset.name());
            return;
        }
        out.printf(
                "%n%s: %s, %d %s, %d ms%n",
                dataset.name(),
                findings.status().label(),
                findings.rows(),
                findings.rows() == 1 ? "row" : "rows",
                milliseconds(dataset));
        if (findings.asked().round() > 1) {
            out.printf(
                    "  asked %d times, as more keys came to light%n",
                    findings.asked().round());
        }
        for (String key : dataset.keys()) {
            printKey(request, dataset, key);
        }
        if (dataset.kind() == Kind.LAKE) {
            out.printf("  read %d files, %,d bytes%n", findings.searchedFiles(), findings.searchedBytes());
            printList(
                    "    ",
                    // The name of a file that is a record holds the keys.
                    dataset.format() == Format.FILE
                            ? List.of(dataset.path())
                            : lakeSearches.plan(request, dataset.name()).queries().stream()
                                    .filter(query -> query.match() == null
                                            || !query.match().isByNameAlone())
                                    .map(query -> query.file().name())
                                    .toList());
        }
        if (findings.review().rows() > 0) {
            out.printf(
                    "  possible homonyms: %d, with a name of the person and nobody's key; for the privacy officer%n",
                    findings.review().rows());
        }
        printList(
                "  not complete: ",
                findings.reasons().stream().map(Shortfall::sentence).toList());
        printList(
                "  not searched for the name: ",
                findings.review().problems().stream().map(Shortfall::sentence).toList());
    }

    private void printKey(DataSubjectRequest request, Dataset dataset, String key) {
        Stream<String> asked = key.equals(map.subjectKey())
                ? Stream.of(masked(request.emailAddress().value()) + " from the request")
                : Stream.of();
        Stream<String> provided = map.providersFor(dataset).stream()
                .flatMap(provider -> found.keysFrom(provider.name()).stream()
                        .filter(known -> known.name().equals(key))
                        .map(known -> described(known) + " from " + provider.name()));
        List<String> lines = Stream.concat(asked, provided).sorted().toList();
        printList("  " + key + " ", lines.isEmpty() ? List.of("has no value") : lines);
    }

    private void printList(String before, List<String> lines) {
        lines.stream().limit(LONGEST_LIST).forEach(line -> out.println(before + line));
        if (lines.size() > LONGEST_LIST) {
            out.println(before + "and " + (lines.size() - LONGEST_LIST) + " more");
        }
    }

    private static String described(SubjectKey key) {
        return masked(key.value()) + (key.partition() == null ? "" : " in " + key.partition());
    }

    /** The first character tells values apart well enough; of a short value even that says too much. */
    private static String masked(String value) {
        return value.length() > 3 ? value.substring(0, value.offsetByCodePoints(0, 1)) + "***" : "***";
    }

    private long milliseconds(Dataset dataset) {
        return camel.getCamelContextExtension()
                .getContextPlugin(ManagedCamelContext.class)
                .getManagedRoute("dataset-" + dataset.name())
                .getTotalProcessingTime();
    }
}
