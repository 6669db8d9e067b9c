package io.themis.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.identity.extensions.implementation.credential.TokenCredentialProviderOptions;
import com.azure.identity.extensions.implementation.credential.provider.TokenCredentialProvider;
import io.themis.devservices.EmbeddedPostgresDatabase;
import io.themis.devservices.Port;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The request database on Azure has no passwords: what stands in their place is a token of the pod's identity. */
class DatabaseTokenIT {

    private static final String TOKEN = "token-of-the-identity";
    private static final List<String> ASKED_FOR = new CopyOnWriteArrayList<>();

    /** In the place of the identity, which is Azure's. */
    public static final class Identity implements TokenCredentialProvider {

        /** As the plugin makes it. */
        public Identity(TokenCredentialProviderOptions options) {
            assertThat(options.isManagedIdentityEnabled()).isFalse();
        }

        @Override
        public TokenCredential get() {
            return request -> {
                ASKED_FOR.addAll(request.getScopes());
                return Mono.just(new AccessToken(TOKEN, OffsetDateTime.now().plusHours(1)));
            };
        }
    }

    @Test
    void aTokenIsThePasswordWhereTheUrlOfTheAzureOverlaySaysSo() throws Exception {
        try (EmbeddedPostgresDatabase database = EmbeddedPostgresDatabase.start(Port.free())) {
            askForThePasswordOf("themis", database);
            String plain = database.url();
            assertThatThrownBy(() -> DriverManager.getConnection(plain, "themis", "another"))
                    .hasMessageContaining("password authentication failed");

            String plugin = Pattern.compile("authenticationPluginClassName=[\\w.]+")
                    .matcher(Files.readString(Path.of("k8s/overlays/azure/settings.env")))
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group();
            String url = plain + "?" + plugin + "&azure.tokenCredentialProviderClassName=" + Identity.class.getName();
            try (Connection connection = DriverManager.getConnection(url, "themis", null);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT current_user")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("themis");
            }
            assertThat(ASKED_FOR).isNotEmpty().containsOnly("https://ossrdbms-aad.database.windows.net/.default");
        }
    }

    private static void askForThePasswordOf(String user, EmbeddedPostgresDatabase database) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(database.url(), database.username(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + user + " LOGIN PASSWORD '" + TOKEN + "'");
            try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
                row.next();
                Files.writeString(
                        Path.of(row.getString(1)),
                        "host all " + user + " 127.0.0.1/32 password\nhost all all 127.0.0.1/32 trust\n");
            }
            statement.execute("SELECT pg_reload_conf()");
        }
    }
}
