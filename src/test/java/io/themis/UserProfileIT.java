package io.themis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The original's Users API. */
@OneApplicationTest
class UserProfileIT {

    @Autowired
    Themis themis;

    @Test
    void aKnownPersonsProfileIsTheirRowInCamelCase() {
        HttpResponse<String> response = profile("Maja.Lindholm@example.org");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(Themis.json(response.body())).isEqualTo(Themis.json("""
                {"accountId": 12345, "emailAddress": "maja.lindholm@example.org", "displayName": "Maja Lindholm",
                 "firstName": "Maja", "lastName": "Lindholm", "country": "Sweden", "city": "Göteborg",
                 "street": "Havregatan 12"}"""));
    }

    @Test
    void whatTheDatabaseDoesNotKnowOfAPersonIsNull() {
        JsonNode profile = Themis.json(profile("noor.haddad@example.com").body());

        assertThat(profile.required("accountId").isNull()).isTrue();
        assertThat(profile.required("city").textValue()).isEqualTo("Amman");
    }

    @Test
    void anAddressMayBePercentEncoded() {
        assertThat(Themis.json(profile("zoe%2Btea%40example.org").body())
                        .required("displayName")
                        .textValue())
                .isEqualTo("Zoë <3 Maps");
    }

    @Test
    void anUnknownPersonIsNotFound() {
        HttpResponse<String> response = profile("nobody.of.that.name@example.org");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(Themis.json(response.body()).required("detail").textValue()).contains("nobody with this address");
        assertThat(response.body()).doesNotContain("nobody.of.that.name");
    }

    @Test
    void whatIsNoAddressIsRefused() {
        assertThat(profile("nobody").statusCode()).isEqualTo(400);
    }

    /** The pool has ten connections. */
    @Test
    void noQueryKeepsItsConnection() {
        for (int i = 0; i < 25; i++) {
            assertThat(profile("maja.lindholm@example.org").statusCode()).isEqualTo(200);
        }
    }

    private HttpResponse<String> profile(String emailAddress) {
        return themis.send("GET", "/api/v1/users/" + emailAddress + "/profile", null, Themis.GATEWAY_KEY);
    }
}
