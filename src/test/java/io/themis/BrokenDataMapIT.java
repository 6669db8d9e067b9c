package io.themis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.themis.devservices.DevBeans;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.WithoutTestClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * What somebody meets who describes a company's data for the first time: the application does not start, and says which
 * line is wrong and what to write there. The words are part of the product, so the whole message stands here.
 */
@WarmJvm
@ExtendWith(OutputCaptureExtension.class)
class BrokenDataMapIT {

    /** Works with the users database of the sample company. */
    private static final String MAP = """
            subject: {key: emailAddress}
            datasets:
              - name: profile
                title: Your profile
                kind: sql
                dataSource: users
                query: SELECT * FROM users WHERE email_address = :#emailAddress
                provides: {accountId: account_id}
                article15: &same {purposes: [p], categories: [c], recipients: [r], retention: t, origin: o}
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
              - name: accounts
                title: Your accounts
                kind: lake
                path: "{site}/Users.xml"
                format: xml-rows
                match: {AccountId: accountId}
                provides: {siteUserId: Id}
                article15: *same
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
              - name: posts
                title: Your posts
                kind: lake
                path: "{site}/Posts.xml"
                format: xml-rows
                match: {OwnerUserId: siteUserId}
                article15: *same
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
            """;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{3}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            ^    title: Your profile^ | ^\ttitle: Your profile^ | 4 | this is not YAML: there is a tab; YAML is indented with spaces only, so write spaces in its place
            title: Your profile | title: Your: profile | 4 | this is not YAML: mapping values are not allowed here; check the indentation, the quotes and the brackets, here and in the line above
            dataSource: users | title: Profile | 6 | dataset "profile": "title" is written twice; keep one
            dataSource: users | datasource: users | 6 | dataset "profile": unknown property "datasource" (did you mean "dataSource"?); there are
            {AccountId: accountId} | {AccountId: acountId} | 16 | dataset "accounts": needs the key "acountId", which nobody provides (did you mean "accountId"?); there are accountId, emailAddress, siteUserId
            {AccountId: accountId} | {ParentId: siteUserId} | 16 | dataset "accounts": can never be asked: accounts needs siteUserId from accounts; let a dataset that is asked with "emailAddress" provide one of these keys
            {AccountId: accountId} | {Name: displayName} | 16 | dataset "accounts": "displayName" is a name, and two people can share one, so nothing is found by it; use a key that only one person has, such as an account number
            dataSource: users | dataSource: user | 3 | dataset "profile": there is no data source "user" (did you mean "users"?); set themis.data-sources.user.url, or write one of those that are set: users
            SELECT * FROM users | SELEKT * FROM users | 3 | dataset "profile": the data source "users" does not take "query"; it says: Syntax error in SQL statement
            SELECT * FROM users | SELECT * FROM user_table | 3 | dataset "profile": the data source "users" does not take "query"; it says: Table "user_table" not found
            {accountId: account_id} | {accountId: accountid} | 3 | dataset "profile": provides "accountId" from the column "accountid", which the query does not give (did you mean "account_id"?); it gives
            :#emailAddress | 'ada@example.org' | 7 | dataset "profile": the query has no parameter, so it would give everybody's rows; write for example  query: "SELECT * FROM users WHERE email_address = :#emailAddress"
            {site}/Posts.xml | {site/Posts.xml | 23 | dataset "posts": The path "{site/Posts.xml" can't be used: use { and } for a placeholder only, such as {site}, and neither \\ nor control characters
            {site}/Posts.xml | all/Posts.xml | 25 | dataset "posts": needs the key "siteUserId", which "accounts" finds for each {site} and which holds only there; use the same placeholders in this path
            format: xml-rows | format: xml-row | 15 | dataset "accounts": unknown format "xml-row" (did you mean "xml-rows"?); there are xml-rows, csv, jsonl, parquet
            kind: sql | kind: database | 5 | dataset "profile": unknown kind "database"; there are sql, lake, route
            name: posts | name: accounts | 20 | dataset "accounts": line 11 has this name already; give it another
            article15: *same | # none | 11 | dataset "accounts": "article15" is missing; write for example  article15: {purposes: [...], categories: [...], recipients: [...], retention: ..., origin: ...}
            ^    erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}^ | # none | 3 | dataset "profile": "erasure" is missing; write for example  erasure: {action: delete}
            """)
    void aBrokenMapStopsTheStartAndSaysWhatToWrite(
            String right, String wrong, int line, String problem, CapturedOutput output) throws IOException {
        assertThat(MAP).contains(right);

        start(MAP.replace(right, wrong));

        assertThat(output)
                .containsOnlyOnce("APPLICATION FAILED TO START")
                .contains("\nmap.yaml:" + line + ": " + problem)
                .contains("Mend these lines of the data map and start again.")
                .doesNotContain("\tat ");
    }

    @Test
    void aDatasetWithoutItsRouteStopsTheStart(CapturedOutput output) throws IOException {
        start(MAP + """
              - name: notes
                title: Notes about you
                kind: route
                uri: direct:no-such-route
                article15: *same
                erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}
            """);

        assertThat(output)
                .containsOnlyOnce("APPLICATION FAILED TO START")
                .contains(
                        "\nmap.yaml:28: dataset \"notes\": there is no route that begins with direct:no-such-route; write its file")
                .contains("Mend these lines of the data map and start again.");
    }

    @Test
    void allProblemsAreToldAtOnce(CapturedOutput output) throws IOException {
        start(MAP.replace("title: Your profile", "titel: Your profile")
                .replace("xml-rows", "xml")
                .replace("siteUserId}", "siteUser}"));

        assertThat(output).contains("The data map map.yaml has 5 problems:\nmap.yaml:3: ");
        assertThat(output.toString().split("Description:")[1].lines())
                .filteredOn(text -> text.matches("map\\.yaml:\\d+: .*"))
                .hasSize(5);
    }

    @Test
    void aMapThatIsNotThereIsAskedForWithItsSetting(CapturedOutput output) {
        startWith("my-map.yaml");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Invalid value 'my-map.yaml' for configuration property 'themis.data-map'")
                .contains("Write its path, such as themis.data-map=/etc/themis/datamap.yaml")
                .doesNotContain("\tat ");
    }

    private void start(String map) throws IOException {
        startWith("file:" + Files.writeString(folder.resolve("map.yaml"), map));
    }

    private static void startWith(String map) {
        SpringApplication application = new SpringApplication(ThemisApplication.class, DevBeans.class);
        application.addInitializers(
                new SharedDevServices(),
                context -> context.getBeanFactory().registerSingleton("withoutTestClasses", new WithoutTestClasses()));

        assertThatException()
                .isThrownBy(() ->
                        application.run("--themis.data-map=" + map, "--server.port=0", "--management.server.port=0"));
    }
}
