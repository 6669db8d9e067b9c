package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A users database that finds more people by an address than the one whose address it is. */
@ThemisTest
@TestPropertySource(properties = "themis.data-map=classpath:datamap/sloppy-database.yaml")
class OthersRowsIT {

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    private final String domain = "@" + UUID.randomUUID() + ".example.org";

    @Test
    void somebodyWithAnotherAddressIsNotThePersonWhoAsks() {
        load(user("jos\u00e9", "Another"));

        String id = themis.ask("jose" + domain);

        assertThat(themis.await(id, "unknown-subject").has("package")).isFalse();
        assertThat(services.mail().mails("jose" + domain)).isEmpty();
        assertThat(profile("jose").statusCode()).isEqualTo(404);
    }

    @Test
    void onlyTheirOwnRowIsThePersons() {
        load(user("jos\u00e9", "Another"), user("Jose", "Own"));

        Map<String, byte[]> files = themis.packageOf("jose" + domain);

        assertThat(Themis.rows(files.get("data/profile.jsonl")))
                .singleElement()
                .extracting(row -> row.get("display_name"))
                .isEqualTo("Own");
        assertThat(Themis.json(profile("jose").body()).path("displayName").asText())
                .isEqualTo("Own");
    }

    private HttpResponse<String> profile(String name) {
        return themis.send("GET", "/api/v1/users/" + name + domain + "/profile", null, Themis.GATEWAY_KEY);
    }

    private void load(DevUser... users) {
        services.users().load(List.of(users));
    }

    private DevUser user(String name, String displayName) {
        return new DevUser(name + domain, displayName, displayName, "Test", null, null, null, null);
    }
}
