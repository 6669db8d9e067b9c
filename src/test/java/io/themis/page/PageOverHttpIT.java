package io.themis.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.themis.OneApplicationTest;
import io.themis.Themis;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.util.UriComponentsBuilder;

/** What the page answers, to whom, and what it leaves behind: all that needs no browser. */
@OneApplicationTest
@ExtendWith(OutputCaptureExtension.class)
class PageOverHttpIT extends VisitedPage {

    private static final String OPERATOR = "operator";

    /** Of somebody who is in no log. */
    private static final String ADDRESS = "quokka@example.org";

    @Autowired
    CamelContext camel;

    // ---- addresses that nobody would type

    /** As a client that checks nothing sends it. */
    private String raw(String path, String session) throws IOException {
        URI address = themis.url("/");
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            String head = "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n%sConnection: close\r\n\r\n"
                    .formatted(path, session == null ? "" : "Cookie: themis=" + session + "\r\n");
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, /privacy?from=mail=quokka@example.org, 200",
        "nobody, /privacy?x=%zzquokka@example.org, 200",
        "nobody, /privacy?show=mine&a=b=quokka@example.org, 200",
        "nobody, /privacy?show=quokka@example.org%00, 200",
        "nobody, /privacy?still=quokka@example.org%ff%fe, 200",
        "nobody, /privacy/nothing?mail=quokka@example.org=%zz, 302",
        "nobody, /privacy/%zz, 400",
        "nobody, /privacy/%zzquokka@example.org, 400",
        "nobody, /privacy?x=quokka@example.org LONG, 400",
        "nobody, /privacy/<quokka@example.org>, 400",
        "nobody, /privacy/sign-in/quokka@example.org, 302",
        "nobody, /privacy/sign-in/themis/quokka@example.org, 302",
        "person, /privacy/sign-in/quokka@example.org, 404",
        "privacy-officer, /privacy/office?show=mine, 400",
        "privacy-officer, /privacy/office?show=quokka@example.org%00, 400",
        "privacy-officer, /privacy/office?after=quokka@example.org%00, 400",
        "privacy-officer, /privacy/office?after=%2B1000000000-12-31T23:59:59Z_1a2b3c4d-0000-0000-0000-000000000000, 400",
        "privacy-officer, /privacy/office?show=open&mail=quokka=%zz, 200",
        "privacy-officer, /privacy/requests/quokka@example.org, 404",
        "privacy-officer, /privacy/office/requests/quokka%00, 400",
        "privacy-officer, /privacy/requests/quokka@example.org/downloads/one, 400"
    })
    void anUglyAddressIsAnsweredPlainlyAndIsNotInTheLog(String who, String path, int status, CapturedOutput log)
            throws IOException {
        String session = who.equals("nobody") ? null : visitor.session(who, "ada");
        String answer = raw(path.replace(" LONG", "&y=" + "long".repeat(2048)), session);
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer.toLowerCase(Locale.ROOT)).doesNotContain("quokka@", "exception");
        assertThat(log.getAll()).doesNotContain("quokka").doesNotContainPattern("\n\\s+at [a-z]");
    }

    @Test
    void theLinkToTheOtherLanguageHasOfTheAddressOnlyWhatIsThePagesOwn() {
        String page = visitor.get(
                        "/privacy/office?show=late&mail=" + ADDRESS + "&done=retryStep",
                        visitor.session(OFFICER, "ada"))
                .body();
        assertThat(page)
                .contains("href=\"/privacy/office?show=late&amp;lang=de\"")
                .doesNotContain(ADDRESS);
    }

    @Test
    void aLetterThatIsWrittenAsAnEscapeIsTheSameLetterToWhoeverGuardsThePage() {
        for (String path : List.of("/%70rivacy/office", "/privacy/%6fffice")) {
            assertThat(PageVisitor.target(visitor.get(path, null))).as(path).hasPath("/privacy");
            assertThat(visitor.get(path, visitor.session("person", found.person()))
                            .statusCode())
                    .as(path)
                    .isEqualTo(403);
            assertThat(visitor.get(path, visitor.session(OFFICER, "ada")).statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
        assertThat(themis.send("GET", "/%70rivacy/office", null, Themis.GATEWAY_KEY)
                        .statusCode())
                .isEqualTo(302);
    }

    // ---- who sees what

    @ParameterizedTest
    @ValueSource(strings = {"person", "nobody's", OPERATOR, OFFICER, "person%20operator"})
    void everyLinkOfTheHeaderLeadsSomewhereForEveryRole(String role) {
        String session = switch (role) {
            case "person" -> visitor.session("person", found.person());
            case "nobody's" -> visitor.session("person", "");
            default -> visitor.session(role, "ada");
        };
        HttpResponse<String> home = visitor.get("/privacy", session);
        assertThat(home.statusCode()).isEqualTo(200);
        String header = home.body().replaceFirst("(?s).*<header>(.*)</header>.*", "$1");
        List<String> links = Pattern.compile("href=\"(/[^\"]*)\"")
                .matcher(header)
                .results()
                .map((MatchResult link) -> link.group(1).replace("&amp;", "&"))
                .toList();
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(visitor.get(link, session).statusCode())
                        .as(link)
                        .isEqualTo(200));
        assertThat(header.contains(">Your data<")).isEqualTo(role.equals("person") || role.equals("nobody's"));
        assertThat(header.contains(">All requests<")).isEqualTo(!role.equals("person") && !role.equals("nobody's"));
    }

    @Test
    void whoIsNotSignedInReadsWhoAnswers() {
        assertThat(visitor.get("/privacy", null).body())
                .contains("Ask Themis Inc. for a copy")
                .contains("privacy@themis.example");
    }

    @Test
    void whoseDataIsNotFoundIsNotToldThatItIsBeingPutTogether() {
        String address = found.person();
        found.insert("access", "unknown-subject", address, Duration.ofDays(20));
        String page =
                visitor.get("/privacy", visitor.session("person", address)).body();
        assertThat(page)
                .contains("No data found", "Nothing was found under your e-mail address")
                .doesNotContain("is being made")
                .doesNotContain("badge open");
    }

    @Test
    void whereNothingCanBeDoneNothingIsOffered() {
        UUID id = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        assertThat(visitor.get("/privacy/office/requests/" + id, visitor.session(OPERATOR, "olga"))
                        .body())
                .contains("Access request")
                .doesNotContain("What you can do");
    }

    @Test
    void whatNeedsALookIsUnfoldedAndTheRestIsNot() throws IOException {
        UUID id = found.insertTroubled(found.person());
        String page = visitor.get("/privacy/office/requests/" + id, visitor.session(OFFICER, "ada"))
                .body();
        assertThat(page.split("<details open>", -1)).as("datasets and steps").hasSize(3);

        UUID quiet = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        found.insertStep(quiet, "identify-person", "DONE", null);
        page = visitor.get("/privacy/office/requests/" + quiet, visitor.session(OFFICER, "ada"))
                .body();
        assertThat(page).contains("<details>").doesNotContain("<details open>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=nonsense", "type=", "", "type=ACCESS"})
    void aFormThatAsksForNothingThatThereIsAsksForNothing(String form) {
        String address = found.person();
        assertThat(visitor.post("/privacy/requests", form, visitor.session("person", address))
                        .statusCode())
                .isEqualTo(400);
        assertThat(database.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                        .param("address", address)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    /** An operator has stopped its route in the console; Camel itself would let the caller wait half a minute, and say nothing. */
    @Test
    void anOperationThatWasStoppedSaysSoAtOnceAndInTheLog(CapturedOutput log) throws Exception {
        String ada = visitor.session(OFFICER, "ada");
        String[] token = {"Authorization", "Bearer " + identity.token("ada", null, OFFICER)};
        Instant begin = Instant.now();
        camel.getRouteController().stopRoute("listRequests");
        try {
            HttpResponse<String> answer = themis.send("GET", "/api/v1/requests", null, token);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(json.readTree(answer.body()).path("status").asInt()).isEqualTo(503);
            assertThat(log).contains("operation listRequests was called, and its route is Stopped");

            assertThat(visitor.get("/privacy/office", ada).statusCode()).isEqualTo(503);
            assertThat(log).contains("operation listRequests gave no answer");
            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(25));
        } finally {
            camel.getRouteController().startRoute("listRequests");
        }
        assertThat(themis.send("GET", "/api/v1/requests", null, token).statusCode())
                .isEqualTo(200);
    }

    // ---- those who look after requests

    @Test
    void aReasonWithHalfACharacterIsRefusedAndTheExtensionIsStillThere() {
        UUID id = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        String session = visitor.session(OFFICER, "ada");
        String extension = "/privacy/office/requests/" + id + "/extension";
        for (String half : List.of("%ED%A0%80", "a%ED%B0%80b", "%FF", "")) {
            assertThat(visitor.post(extension, "months=1&reason=" + half, session)
                            .statusCode())
                    .as(half)
                    .isEqualTo(400);
        }
        assertThat(visitor.post(extension, "months=1&reason=Very+many.", session)
                        .statusCode())
                .isEqualTo(303);
    }

    @Test
    void theFormForMoreTimeBeginsWithAMonthAndSaysTheNewDate() {
        UUID id = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        String session = visitor.session(OFFICER, "ada");
        String file = "/privacy/office/requests/" + id;
        OffsetDateTime received = database.sql("SELECT received_at FROM data_subject_request WHERE id = :id")
                .param("id", id)
                .query(OffsetDateTime.class)
                .single();
        String expected = DateTimeFormatter.ofPattern("EEEE, d MMMM yyyy", Locale.ENGLISH)
                .format(received.withOffsetSameInstant(ZoneOffset.UTC).plusMonths(2));
        String page = visitor.get(file, session).body();
        assertThat(page.replaceFirst("(?s).*?<select[^>]*><option[^>]*>([^<]*)<.*", "$1"))
                .isEqualTo("1 month, until " + expected);

        visitor.post(file + "/extension", "months=1&reason=Very+many.", session);
        assertThat(visitor.get(file, session).body()).contains(expected).doesNotContain("Extend the deadline");
    }

    @Test
    void thePersonReadsThatTheAnswerTakesLongerUntilItIsThere() {
        String address = found.person();
        UUID id = found.insert("access", "gathering", address, Duration.ofDays(20));
        visitor.post(
                "/privacy/office/requests/" + id + "/extension",
                "months=1&reason=Very+many.",
                visitor.session(OFFICER, "ada"));
        String person = visitor.session("person", address);
        assertThat(visitor.get("/privacy/requests/" + id, person).body()).contains("takes longer than a month");

        database.sql("UPDATE data_subject_request SET status = 'expired', closed_at = now() WHERE id = :id")
                .param("id", id)
                .update();
        assertThat(visitor.get("/privacy/requests/" + id, person).body()).doesNotContain("takes longer than a month");
    }

    @Test
    void whoHasApprovedIsToldThatSomebodyElseHasToAndIsInTheRecordOnce() throws IOException {
        String address = found.person();
        String id = PageVisitor.target(visitor.post(
                        "/privacy/requests", "type=erasure&understood=yes", visitor.session("person", address)))
                .toString()
                .replaceFirst(".*/", "");
        themis.await(id, "awaiting-approval");
        String file = "/privacy/office/requests/" + id;
        String ada = visitor.session(OFFICER, "ada");

        String page = visitor.get(file, ada).body();
        assertThat(page)
                .contains("Approve this plan", "0 of 2 approvals")
                .contains("Your profile at Themis Inc. <small class=\"number\">profile</small>")
                .contains("<details>")
                .doesNotContain("<details open>");
        String digest = page.replaceFirst("(?s).*name=\"planDigest\" value=\"([^\"]+)\".*", "$1");
        for (int clicks = 0; clicks < 2; clicks++) {
            assertThat(visitor.post(file + "/approval", "planDigest=" + digest, ada)
                            .statusCode())
                    .isEqualTo(303);
        }
        assertThat(visitor.get(file, ada).body())
                .contains("You approved on", "A second person has to approve", "1 of 2 approvals")
                .doesNotContain("Approve this plan");
        assertThat(visitor.get(file, visitor.session(OFFICER, "ben")).body()).contains("Approve this plan");

        JsonNode acts =
                json.readTree(visitor.get(file + "/record.json", ada).body()).path("acts");
        assertThat(acts).extracting(act -> act.path("act").asText()).containsExactly("approval");
        visitor.post("/privacy/requests/" + id + "/withdrawal", "", visitor.session("person", address));
        themis.await(id, "withdrawn");
    }

    @Test
    void afterTheLastApprovalEverybodyReadsThatTheErasureBegins() {
        String address = found.person();
        UUID id = found.insertApproved(address);
        assertThat(visitor.get("/privacy/office/requests/" + id, visitor.session(OFFICER, "ada"))
                        .body())
                .contains("Everybody who has to has approved. The erasure begins in a moment.", "data-events=")
                .contains(">approved, begins<")
                .doesNotContain("Approve this plan", "waits for approval");
        assertThat(visitor.get("/privacy/requests/" + id, visitor.session("person", address))
                        .body())
                .contains("The erasure has been approved, and begins in a moment.", "data-events=")
                .contains(">Approved, begins<")
                .doesNotContain("People have to approve it", "Withdraw the erasure", "Waiting for approval");
    }

    @Test
    void anErasureThatWaitsForTheCopyIsNotSaidToBeginInAMoment() {
        String address = found.person();
        UUID id = found.insertApproved(address);
        UUID copy = found.insertCopyBefore(id, address);
        String ada = visitor.session(OFFICER, "ada");
        String person = visitor.session("person", address);
        assertThat(visitor.get("/privacy/office/requests/" + id, ada).body())
                .contains("The erasure begins when the copy is ready.", ">approved<", "data-events=")
                .doesNotContain("in a moment");
        assertThat(visitor.get("/privacy/requests/" + id, person).body())
                .contains("begins when your copy is ready.", ">Approved<", "data-events=")
                .doesNotContain("in a moment");

        database.sql("UPDATE data_subject_request SET status = 'delivered' WHERE id = :id")
                .param("id", copy)
                .update();
        assertThat(visitor.get("/privacy/office/requests/" + id, ada).body()).contains("in a moment");
        assertThat(visitor.get("/privacy/requests/" + id, person).body()).contains("in a moment");
    }

    @ParameterizedTest
    @ValueSource(strings = {"begin-erasure", "gather-data"})
    void whatDoesNotGoOnByItselfIsSaidSoAndWatchedByNobody(String step) {
        String address = found.person();
        UUID id = step.equals("begin-erasure")
                ? found.insertApproved(address)
                : found.insert("access", "gathering", address, Duration.ofDays(20));
        found.insertStep(id, step, "PARKED", "the lake does not answer");
        assertThat(visitor.get("/privacy/office/requests/" + id, visitor.session(OFFICER, "ada"))
                        .body())
                .contains("This request goes on only if somebody sees to it.")
                .doesNotContain("in a moment", "data-events=", "http-equiv=\"refresh\"");
        String session = visitor.session("person", address);
        assertThat(visitor.get("/privacy/requests/" + id, session).body())
                .contains("This takes longer than it should; we are looking at it.")
                .doesNotContain("in a moment", "data-events=", "http-equiv=\"refresh\"");

        found.insertStep(id, "another-step", "RUNNING", null);
        assertThat(visitor.get("/privacy/requests/" + id, session).body())
                .contains("data-events=", "http-equiv=\"refresh\"")
                .doesNotContain("longer than it should");
    }

    @Test
    void whereNobodyCouldLookNobodyIsToldThatThereIsNothing() {
        String counts = "\"mask\": 0, \"masks\": [], \"kept\": [], \"files\": []";
        UUID id = found.insertPlanned(found.person(), """
                {"datasets": [
                  {"dataset": "profile", "delete": 0, %1$s, "problems": []},
                  {"dataset": "posts", "delete": 0, %1$s, "problems": ["tea.stackexchange.com/Posts.xml ends in the middle of a row."]},
                  {"dataset": "votes", "delete": 2, %1$s, "problems": []}]}""".formatted(counts));
        String page = visitor.get("/privacy/office/requests/" + id, visitor.session(OFFICER, "ada"))
                .body();
        assertThat(page).contains("Look at this first", "ends in the middle of a row", "Approve this plan");
        assertThat(page.replaceFirst("(?s).*Nothing of the person is in: ([^<]*)</p>.*", "$1")
                        .strip())
                .isEqualTo("Your profile at Themis Inc..");
    }

    @Test
    void nobodyWaitsForAReplaySoItIsNotLate() {
        String address = found.person();
        UUID id = found.insertReplay(address, Duration.ofDays(-40));
        String ada = visitor.session(OFFICER, "ada");
        String late = visitor.get("/privacy/office?show=late", ada).body();
        assertThat(late).doesNotContain(id.toString());

        String row = search(address, ada).body().replaceFirst("(?s).*(<tr>.*" + id + ".*?</tr>).*", "$1");
        assertThat(row).contains("from a backup", "no deadline").doesNotContain("late");
        assertThat(visitor.get("/privacy/office/requests/" + id, ada).body())
                .contains("Nobody has asked for this")
                .doesNotContain(">late<", "<dt>Due</dt>");
    }

    @Test
    void whoHasMoreRequestsThanAreShownIsSaidToHaveMore() {
        String address = found.person();
        String ada = visitor.session(OFFICER, "ada");
        found.insertEnded(200, address);
        assertThat(search(address, ada).body()).contains(address).doesNotContain("There are more");
        found.insertEnded(1, address);
        assertThat(search(address, ada).body()).contains("These are the newest 200. There are more.");
    }

    @Test
    void aPageOfResultsHasNoAddressOfItsOwnAndLeadsToTheOffice() {
        String address = found.person();
        found.insert("access", "gathering", address, Duration.ofDays(20));
        String ada = visitor.session(OFFICER, "ada");
        assertThat(search(address, ada).body()).contains("href=\"/privacy/office?lang=de\"");
        HttpResponse<String> again = visitor.get("/privacy/office/search", ada);
        assertThat(again.statusCode()).isEqualTo(303);
        assertThat(PageVisitor.target(again)).hasPath("/privacy/office");
    }

    @Test
    void anOfficerFindsARequestByItsNumberAndAllAboutAPersonByTheirAddress() {
        String address = found.person();
        UUID first = found.insert("access", "gathering", address, Duration.ofDays(20));
        UUID second = found.insert("erasure", "planning", address.toUpperCase(Locale.ROOT), Duration.ofDays(20));
        UUID replay = found.insertReplay(address, Duration.ofDays(20));
        UUID others = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        String ada = visitor.session(OFFICER, "ada");
        assertThat(PageVisitor.target(search(" " + first + " ", ada))).hasPath("/privacy/office/requests/" + first);

        HttpResponse<String> page = search(address, ada);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains(first.toString(), second.toString(), replay.toString())
                .doesNotContain(others.toString());
        for (String nobody : List.of(
                UUID.randomUUID().toString(), "nobody-" + address, "no address", address.substring(1), "\"", "")) {
            assertThat(search(nobody, ada).body()).as(nobody).contains("There is no such request");
        }
    }

    @Test
    void anOperatorFindsByTheNumberAlone() {
        String address = found.person();
        UUID id = found.insert("access", "gathering", address, Duration.ofDays(20));
        String olga = visitor.session(OPERATOR, "olga");
        assertThat(PageVisitor.target(search(id.toString(), olga))).hasPath("/privacy/office/requests/" + id);
        assertThat(search(address, olga).body()).contains("There is no request with this number");
        assertThat(search(address, visitor.session("person", address)).statusCode())
                .isEqualTo(403);
    }

    private HttpResponse<String> search(String wanted, String session) {
        return visitor.post(
                "/privacy/office/search", "wanted=" + URLEncoder.encode(wanted, StandardCharsets.UTF_8), session);
    }

    // ---- signing in

    @ParameterizedTest
    @CsvSource({
        "/privacy/requests/%s, 'text/html,*/*;q=0.8', true",
        "/privacy/erasure, text/html, true",
        "/privacy/office, text/html, true",
        "/privacy/office/requests/%s, text/html, true",
        "/privacy/office/requests/%s/homonyms, text/html, true",
        "/privacy/office/search, text/html, false",
        "/privacy/office/requests/%s/approval, text/html, false",
        "/privacy/sign-out, text/html, false",
        "/privacy/problem, text/html, false",
        "/privacy/nothing, text/html, false",
        "/privacy/requests/%s/events, text/event-stream, false",
        "/privacy/requests/%s/events, text/html, false",
        "/privacy/requests/%s/downloads/1, text/html, false",
        "/privacy/requests/%s/certificate.json, text/html, false",
        "/privacy/requests/%s, */*, false"
    })
    void onlyAPageIsRememberedForAfterTheSignIn(String path, String accept, boolean isRemembered) {
        HttpResponse<String> answer = visitor.send(
                HttpRequest.newBuilder(themis.url(path.formatted(UUID.randomUUID())))
                        .header("Accept", accept),
                null);
        assertThat(PageVisitor.target(answer)).hasPath("/privacy");
        assertThat(answer.headers().allValues("Set-Cookie").stream()
                        .anyMatch(cookie -> cookie.startsWith("themis-wanted=/")))
                .isEqualTo(isRemembered);
    }

    @Test
    void whoIsSignedInAndHasNoRoleIsToldSo() {
        String sentence = "You are signed in, but have no role here. Ask your administrator.";
        HttpResponse<String> home = visitor.get("/privacy", visitor.session("none", "nora"));
        assertThat(home.statusCode()).isEqualTo(403);
        assertThat(home.body()).contains(sentence, "Sign out");
        HttpResponse<String> nameless = visitor.get("/privacy/not-signed-in?nameless", null);
        assertThat(nameless.statusCode()).isEqualTo(403);
        assertThat(nameless.body()).contains(sentence, "Sign out of your account, too");
    }

    @Test
    void aSignInThatIsNotEndedIsForgottenSoonAndOneThatIsLivesAsTheSettingsSay() {
        HttpResponse<String> begun = visitor.get("/privacy/sign-in/themis", null);
        assertThat(lifeOf(PageVisitor.sessionIn(begun))).isEqualTo(Duration.ofMinutes(10));
        assertThat(lifeOf(visitor.signIn("person", found.person()))).isEqualTo(Duration.ofMinutes(30));
    }

    /** Microsoft Entra names a person in all tokens by a claim that it has only for who asks for the profile. */
    @Test
    void aSignInAsksForAllThatNamesThePerson() {
        URI provider = PageVisitor.target(visitor.get("/privacy/sign-in/themis", null));
        assertThat(UriComponentsBuilder.fromUri(provider)
                        .build()
                        .getQueryParams()
                        .getFirst("scope"))
                .isEqualTo("openid%20email%20profile");
    }

    private Duration lifeOf(String cookie) {
        String id = new String(Base64.getDecoder().decode(cookie), StandardCharsets.UTF_8);
        return Duration.ofSeconds(
                database.sql("SELECT max_inactive_interval FROM spring_session WHERE session_id = :id")
                        .param("id", id)
                        .query(Long.class)
                        .single());
    }

    @Test
    void theSessionHasNothingOfTheTokensButWhoItIs() {
        String address = found.person();
        String session = visitor.signIn("person", address);
        visitor.get("/privacy", session);
        assertThat(database.sql("""
                                SELECT attribute_name FROM spring_session_attributes WHERE session_primary_id IN (
                                    SELECT session_primary_id FROM spring_session_attributes
                                    WHERE position(:address::bytea IN attribute_bytes) > 0)""")
                        .param("address", address)
                        .query(String.class)
                        .list())
                .allMatch(name -> name.matches("subject|roles|emailAddress|.*CSRF_TOKEN"))
                .contains("subject", "roles", "emailAddress");
    }

    @Test
    void aPersonSeesNothingOfSomebodyElse() {
        UUID others = found.insert("access", "gathering", found.person(), Duration.ofDays(20));
        String session = visitor.session("person", found.person());
        for (String path : List.of(
                "/privacy/requests/%s",
                "/privacy/requests/%s/events",
                "/privacy/requests/%s/downloads/1",
                "/privacy/requests/%s/certificate.html",
                "/privacy/nothing")) {
            HttpResponse<String> theirs = visitor.get(path.formatted(others), session);
            HttpResponse<String> none = visitor.get(path.formatted(UUID.randomUUID()), session);
            assertThat(theirs.statusCode()).as(path).isEqualTo(404);
            assertThat(none.statusCode()).as(path).isEqualTo(404);
            assertThat(withoutIds(theirs.body())).isEqualTo(withoutIds(none.body()));
        }
        for (String path : List.of("/privacy/office", "/privacy/office/requests/" + others)) {
            assertThat(visitor.get(path, session).statusCode()).as(path).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whoseAddressIsNotVerifiedCanAskForNothing(boolean isSent) {
        String session = visitor.signIn("person", "");
        HttpResponse<String> answer = isSent
                ? visitor.post("/privacy/requests", "type=access&emailAddress=somebody@example.org", session)
                : visitor.get("/privacy", session);
        assertThat(answer.statusCode()).isEqualTo(isSent ? 403 : 200);
        assertThat(answer.body()).contains(isSent ? "You can’t see this" : "no e-mail address that has been verified");
    }

    @Test
    void aFormSaysNothingOfTheAddress() {
        String address = found.person();
        String victim = found.person();
        HttpResponse<String> answer = visitor.post(
                "/privacy/requests", "type=access&emailAddress=" + victim, visitor.session("person", address));
        assertThat(answer.statusCode()).isEqualTo(303);
        String id = PageVisitor.target(answer).toString().replaceFirst(".*/", "");
        assertThat(database.sql("SELECT email_address FROM data_subject_request WHERE id = :id")
                        .param("id", UUID.fromString(id))
                        .query(String.class)
                        .single())
                .isEqualTo(address);
    }

    @Test
    void aFormOfAnotherSiteDoesNothing() {
        String address = found.person();
        HttpResponse<String> answer = visitor.send(
                HttpRequest.newBuilder(themis.url("/privacy/requests"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("type=access")),
                visitor.session("person", address));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(database.sql("SELECT count(*) FROM data_subject_request WHERE email_address = :address")
                        .param("address", address)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void whoIsRefusedWithoutASignInLeavesNothingInTheDatabase() {
        for (String path : List.of("/privacy/requests", "/privacy/sign-out", "/privacy/office/search")) {
            HttpResponse<String> answer =
                    visitor.send(HttpRequest.newBuilder(themis.url(path)).POST(BodyPublishers.noBody()), null);
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.headers().allValues("Set-Cookie"))
                    .as(path)
                    .noneMatch(cookie -> cookie.startsWith("themis="));
        }
        for (String path :
                List.of("/privacy", "/privacy/office", "/privacy/signed-in?code=1&state=2", "/privacy/nothing")) {
            assertThat(visitor.get(path, null).headers().allValues("Set-Cookie"))
                    .as(path)
                    .noneMatch(cookie -> cookie.startsWith("themis="));
        }
    }

    @Test
    void everyAnswerForbidsWhatAPageDoesNotNeed() {
        String session = visitor.session("person", found.person());
        for (String path : List.of("/privacy", "/privacy/erasure", "/privacy/nothing", "/privacy/office")) {
            HttpResponse<String> answer = visitor.get(path, session);
            assertThat(answer.headers().allValues("Content-Security-Policy"))
                    .as(path)
                    .singleElement()
                    .asString()
                    .contains("default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headers().firstValue("Cache-Control"))
                    .get()
                    .asString()
                    .contains("no-store");
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
    }

    @Test
    void aSessionIsNoCallerOfTheApiAndATokenNoneOfThePage() {
        String session = visitor.session(OFFICER, "ada");
        assertThat(visitor.get("/api/v1/requests", session).statusCode()).isEqualTo(401);
        assertThat(PageVisitor.target(visitor.send(
                        HttpRequest.newBuilder(themis.url("/privacy/office"))
                                .header("Authorization", "Bearer " + identity.token("ada", null, OFFICER)),
                        null)))
                .hasPath("/privacy");
    }

    @Test
    void aSignInIsGoodOnceAndForTheBrowserThatBeganIt() {
        HttpResponse<String> start = visitor.get("/privacy/sign-in/themis", null);
        URI chosen = URI.create(PageVisitor.target(start).toString().replace("/authorize?", "/authorize/as?") + "&role="
                + OFFICER + "&sub=ada");
        URI back = PageVisitor.target(visitor.get(chosen, null));
        assertThat(PageVisitor.target(visitor.get(back, null))).hasPath("/privacy/not-signed-in");
        String session = PageVisitor.sessionIn(start);
        HttpResponse<String> good = visitor.get(back, session);
        assertThat(PageVisitor.target(good)).hasPath("/privacy/office");
        assertThat(PageVisitor.sessionIn(good))
                .as("another session than the one that anybody could have had")
                .isNotEqualTo(session);
        assertThat(PageVisitor.target(visitor.get(back, PageVisitor.sessionIn(good))))
                .hasPath("/privacy/not-signed-in");
    }

    /** The hidden token of a form is another one in each answer. */
    private static String withoutIds(String page) {
        return page.replaceAll("value=\"[^\"]*\"", "").replaceAll("[0-9a-f-]{36}", "");
    }
}
