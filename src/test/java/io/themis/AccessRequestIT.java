package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.models.ListBlobsOptions;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.SampleLake;
import io.themis.devservices.SharedDevServices;
import io.themis.devservices.StackExchangeRows;
import io.themis.devservices.StackExchangeRows.Source;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole road of an access request, on the sample company. */
@OneApplicationTest
class AccessRequestIT {

    private static final SampleLake SAMPLE = new SampleLake(SharedDevServices.SAMPLE_SIZE);
    private static final Map<String, Source> LAKE = lake();

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Autowired
    JdbcClient database;

    @Test
    void thePackageOfSomebodyWithNamesakesHoldsExactlyTheirOwnRows() throws Exception {
        DevUser person = SAMPLE.samplePerson();
        ExpectedPackage expected = expected(person.emailAddress());
        assertThat(expected.tables())
                .as("rows in every table that can have some")
                .extracting(path -> path.substring(path.indexOf('/') + 1))
                .contains("Users", "Posts", "Comments", "Badges", "Votes", "PostHistory");
        assertThat(StackExchangeRows.of(LAKE.get("tea.example/Users.xml")))
                .as("accounts with the same name on one site")
                .filteredOn(account -> account.get("DisplayName").equals(person.displayName()))
                .hasSizeGreaterThan(1);

        expected.isHeldBy(themis.packageOf(person.emailAddress()));
    }

    @Test
    void thePackageOfSomebodyWithHundredsOfRowsHoldsThemAll() throws Exception {
        ExpectedPackage expected = expected("thomas.okafor@example.com");
        assertThat(expected.rows()).isGreaterThan(500);

        expected.isHeldBy(themis.packageOf("thomas.okafor@example.com"));
    }

    @Test
    void thePackageOfSomebodyWhoOnlyHasAnAccountSaysWhereNothingWasFound() throws Exception {
        ExpectedPackage expected = expected("greta.holm@example.org");
        assertThat(expected.tables()).containsExactly("tea.example/Users");

        Map<String, byte[]> files = themis.packageOf("greta.holm@example.org");

        expected.isHeldBy(files);
        assertThat(files).containsKey("notices/nothing-found.html");
    }

    /** The first has an account number that no site knows, the second has none. */
    @ParameterizedTest
    @ValueSource(strings = {"ivan.petrov@example.org", "noor.haddad@example.com"})
    void whoIsKnownButNotInTheLakeGetsTheProfileAlone(String emailAddress) throws Exception {
        ExpectedPackage expected = expected(emailAddress);
        assertThat(expected.tables()).isEmpty();

        expected.isHeldBy(themis.packageOf(emailAddress));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sean.o'brien@example.com",
                "r&d@example.org",
                "zoe+tea@example.org",
                "pia.robles@example.com",
                "amal.nasser@example.org",
                "li.na@example.org"
            })
    void namesAndAddressesThatAreHardToQuoteChangeNothing(String emailAddress) throws Exception {
        expected(emailAddress).isHeldBy(themis.packageOf(emailAddress));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
                    sean.o'brien@example.com, sean.o'brien@example.com
                    sean.o'brien@example.com, sean.o%27brien%40example.com
                    r&d@example.org,          r&d@example.org
                    r&d@example.org,          r%26d%40example.org
                    zoe+tea@example.org,      zoe+tea@example.org
                    zoe+tea@example.org,      zoe%2Btea@example.org
                    zoe+tea@example.org,      zoe%2btea%40example.org
                    zoe+tea@example.org,      %7A%6F%65%2B%74%65%61%40%65%78%61%6D%70%6C%65.%6F%72%67
                    """)
    void theOriginalsPathTakesAnAddressInEveryEncoding(String emailAddress, String encoded) throws Exception {
        var response =
                themis.send("POST", "/users/" + encoded + "/data-consolidation/initiate", null, Themis.GATEWAY_KEY);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        String id = Themis.json(response.body()).required("id").textValue();
        assertThat(database.sql("SELECT email_address FROM data_subject_request WHERE id = ?::uuid")
                        .param(id)
                        .query(String.class)
                        .single())
                .isEqualTo(emailAddress);
        expected(emailAddress).isHeldBy(themis.awaitPackage(id, emailAddress));
    }

    @Test
    void anAddressInAnotherCaseIsTheSamePersons() throws Exception {
        expected("elena.rossi@example.org").isHeldBy(themis.packageOf("Elena.ROSSI@Example.Org"));
    }

    @Test
    void nothingStaysStagedOnceThePackageIsWhole() {
        String id = themis.ask("chloe.martin@example.org");
        themis.awaitPackage(id, "chloe.martin@example.org");

        assertThat(services.azurite()
                        .client()
                        .getBlobContainerClient("staging")
                        .listBlobs(new ListBlobsOptions().setPrefix(id), null))
                .isEmpty();
        assertThat(database.sql("SELECT count(*) FROM subject_key WHERE request_id = ?::uuid")
                        .param(id)
                        .query(Integer.class)
                        .single())
                .as("keys that name the person")
                .isZero();
    }

    @Test
    void severalPeopleAtTheSameTimeGetEachTheirOwn() throws Exception {
        List<String> namesakes = List.of("daniel.weber@example.org", "daniel.weber@example.com", "d.weber@example.org");
        List<String> ids = namesakes.stream().map(themis::ask).toList();

        for (int i = 0; i < ids.size(); i++) {
            expected(namesakes.get(i)).isHeldBy(themis.awaitPackage(ids.get(i), namesakes.get(i)));
        }
    }

    private ExpectedPackage expected(String emailAddress) throws Exception {
        return ExpectedPackage.of(emailAddress, services.users(), LAKE);
    }

    private static Map<String, Source> lake() {
        Map<String, Source> files = new TreeMap<>();
        for (String path : SAMPLE.paths()) {
            files.put(path, () -> new ByteArrayInputStream(bytes(path)));
        }
        return files;
    }

    private static byte[] bytes(String path) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SAMPLE.write(path, out);
        return out.toByteArray();
    }
}
