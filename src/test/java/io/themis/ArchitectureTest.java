package io.themis;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.themis.dryrun.Command;
import io.themis.lake.RowLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who may know whom. A change of this table is a change of the design. */
@AnalyzeClasses(packages = "io.themis", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.themis";
    private static final Path SOURCES = Path.of("src/main/java/io/themis");

    /** Package to the packages that it may use, and why each. Whatever is not here may not be. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            // The request and its steps are what everything else is about; they are about nothing else.
            entry("request", Set.of()),
            // Finding rows in a stream of bytes is the same whoever asks and wherever the bytes come from.
            entry("lake", Set.of()),
            // What a scan has met, and where.
            entry("index", Set.of("lake")),
            // Keys belong to a request; the path of a dataset is checked by what later matches files with it.
            entry("datamap", Set.of("request", "lake")),
            // A package shows datasets and what each answered.
            entry("export", Set.of("datamap", "request")),
            entry("azure", Set.of()),
            // A person may ask about their own address only, and a request is whose it says.
            entry("security", Set.of("request")),
            entry("eventgrid", Set.of()),
            // A message that is no request is refused as one over REST is, and the console shows why.
            entry("queue", Set.of("console", "request")),
            // The console shows the ids of routes and knows nothing of what they do.
            entry("console", Set.of()),
            // The component starts and runs steps.
            entry("step", Set.of("request")),
            entry("trace", Set.of()),
            // From here on: what a stage of the flow calls.
            entry("enrichment", Set.of("azure", "console", "datamap", "export", "index", "lake", "request")),
            entry("delivery", Set.of("azure", "datamap", "eventgrid", "export", "request")),
            // A certificate says in the words of the data map what a report says, on a page that is made as the
            // package's are.
            entry("certificate", Set.of("datamap", "erasure", "export", "request")),
            // The second mail brings the links, and says how long the package is in the words of its pages; the mails
            // about
            // an erasure bring its certificate, and say which kinds of data it was.
            entry("notification", Set.of("certificate", "datamap", "delivery", "export", "request")),
            // Problems say what an exception of any part means to a caller.
            entry("rest", Set.of("datamap", "eventgrid", "request", "security", "step")),
            // A page calls the routes and knows no part behind them; it watches requests, and is written as the
            // package's pages are, in the words of the data map.
            entry("page", Set.of("datamap", "export", "request", "security")),
            // An erasure finds as the enrichment does, and then rewrites.
            entry("erasure", Set.of("azure", "datamap", "enrichment", "lake", "request")),
            // A command runs the enrichment and says what it did.
            entry("dryrun", Set.of("azure", "datamap", "enrichment", "index", "lake", "request", "step", "trace")),
            // Readiness asks the stores that the flow needs.
            entry("health", Set.of("enrichment", "request")));

    private static final DescribedPredicate<JavaClass> TECHNOLOGY = resideInAnyPackage(
                    "org.apache.camel..",
                    "com.azure..",
                    "jakarta.servlet..",
                    "jakarta.jms..",
                    "java.net.http..",
                    "org.springframework.http..",
                    "org.springframework.web..")
            .as("are of Camel, Azure, HTTP or JMS");

    @ArchTest
    void everyPackageUsesWhatItMay(JavaClasses classes) {
        Set<String> packages = new TreeSet<>();
        for (JavaClass type : classes) {
            if (!type.getPackageName().equals(ROOT)) {
                packages.add(type.getPackageName().substring(ROOT.length() + 1));
            }
        }
        assertThat(packages).isEqualTo(new TreeSet<>(MAY_USE.keySet()));
        MAY_USE.forEach((name, allowed) -> classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should(onlyDependOnClassesThat(describe(
                        "are not ours or in " + allowed,
                        used -> !used.getPackageName().startsWith(ROOT)
                                || used.getPackageName().equals(ROOT + "." + name)
                                || allowed.contains(used.getPackageName().substring(ROOT.length() + 1)))))
                .check(classes));
    }

    /** The table says what may be; this says what has become of it, so that it does not go stale. */
    @ArchTest
    void everyEntryOfTheTableIsNeeded(JavaClasses classes) {
        MAY_USE.forEach((name, allowed) -> allowed.forEach(other -> {
            EvaluationResult unused = noClasses()
                    .that()
                    .resideInAPackage(ROOT + "." + name)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(ROOT + "." + other)
                    .evaluate(classes);
            assertThat(unused.hasViolation()).as("%s uses %s", name, other).isTrue();
        }));
    }

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_TECHNOLOGY = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".request", ROOT + ".datamap", ROOT + ".lake", ROOT + ".index", ROOT + ".export")
            .should()
            .dependOnClassesThat(TECHNOLOGY)
            .because("a request, the data map, the scan, the index and the package outlive the way in which they are"
                    + " called");

    @ArchTest
    static final ArchRule THE_PACKAGE_THE_SCAN_AND_THE_INDEX_KNOW_NO_SPRING = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".lake", ROOT + ".index", ROOT + ".export")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..")
            .because("they work on streams alone");

    @ArchTest
    static final ArchRule NOTHING_NEEDS_THE_PARTS_OF_TESTS = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + ".devservices..")
                    .or(resideInAnyPackage(
                            "org.junit..",
                            "org.assertj..",
                            "org.mockito..",
                            "com.icegreen..",
                            "org.h2..",
                            "org.apache.activemq..",
                            "io.zonky..")));

    @ArchTest
    static final ArchRule A_NAME_SAYS_WHAT_A_CLASS_IS = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Abstract[A-Z]\\w*)(\\$.*)?")
            .because("such a name takes in whatever comes along");

    @ArchTest
    static final ArchRule ONLY_A_COMMAND_PRINTS = noClasses()
            .that()
            .areNotAssignableTo(Command.class)
            .should(ACCESS_STANDARD_STREAMS)
            .because("who reads the log of a service would not see it");

    @ArchTest
    static final ArchRule WHAT_A_CLASS_NEEDS_IS_IN_ITS_CONSTRUCTOR = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

    @ArchTest
    static final ArchRule TIME_IS_JAVA_TIME = noClasses()
            .that()
            .areNotAssignableTo(RowLines.class)
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.util\\.(Date|Calendar|GregorianCalendar|TimeZone)|java\\.text\\.\\w*DateFormat")
            .because("those have no time zone or a hidden one; only RowLines meets them, in rows of JDBC drivers");

    @ArchTest
    static final ArchRule STATE_IS_NOT_SHARED_BY_ACCIDENT = fields().that()
            .areStatic()
            .and()
            .doNotHaveName("$SwitchMap")
            .should()
            .beFinal();

    @ArchTest
    void everyPackageSaysWhatItIs(JavaClasses classes) {
        assertThat(MAY_USE.keySet())
                .allSatisfy(name -> assertThat(
                                Files.readString(SOURCES.resolve(name).resolve("package-info.java")))
                        .as(name)
                        .startsWith("/**"));
    }

    /** Public classes are for other packages, routes or files; one that nobody names is dead or need not be public. */
    @ArchTest
    void everyPublicClassIsUsedSomewhereElse(JavaClasses classes) {
        List<String> configuration = configuration();
        Set<String> unused = new TreeSet<>();
        for (JavaClass type : classes) {
            if (type.getModifiers().contains(JavaModifier.PUBLIC)
                    && type.isTopLevelClass()
                    && !type.getSimpleName().equals("package-info")
                    && !isUsed(type)
                    && configuration.stream().noneMatch(text -> isNamed(type, text))) {
                unused.add(type.getName());
            }
        }
        assertThat(unused).containsExactly(ThemisApplication.class.getName());
    }

    private static boolean isUsed(JavaClass type) {
        return type.getDirectDependenciesToSelf().stream()
                .map(dependency -> dependency.getOriginClass().getBaseComponentType())
                .anyMatch(origin -> !isInside(origin, type));
    }

    private static boolean isInside(JavaClass inner, JavaClass type) {
        return inner.equals(type) || inner.getName().startsWith(type.getName() + "$");
    }

    /** By its name, or by the name of its bean. */
    private static boolean isNamed(JavaClass type, String text) {
        String bean = Character.toLowerCase(type.getSimpleName().charAt(0))
                + type.getSimpleName().substring(1);
        return text.contains(type.getName()) || text.matches("(?s).*(\\bref: |#|\\bbean:)" + bean + "\\b.*");
    }

    /** The routes and the other resources in which classes and beans are named. */
    private static List<String> configuration() {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml")
                            || file.toString().contains("META-INF"))
                    .filter(Files::isRegularFile)
                    .map(ArchitectureTest::read)
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
