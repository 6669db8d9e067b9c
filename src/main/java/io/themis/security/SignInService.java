package io.themis.security;

import java.net.URI;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistration.ClientSettings;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.SupplierClientRegistrationRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The identity provider as the page uses it. Asked what it offers when somebody signs in for the first time: a start must not
 * need it.
 */
@Component
@WithPage
@EnableConfigurationProperties(PageSettings.class)
public class SignInService {

    /** Parameter of the page about a sign-in that failed: the provider knows who it is, and its token does not say it. */
    public static final String NAMELESS = "nameless";

    static final String NAME = "themis";
    static final String CALLBACK = "/signed-in";

    private final PageAddress address;
    private final PageSettings settings;
    private final String issuer;
    private final ClientRegistrationRepository clients =
            new SupplierClientRegistrationRepository(() -> new InMemoryClientRegistrationRepository(client()));

    SignInService(
            PageAddress address,
            PageSettings settings,
            @Value("${spring.security.oauth2.resourceserver.jwt.issuer-uri}") String issuer) {
        this.address = address;
        this.settings = settings;
        this.issuer = issuer;
    }

    private ClientRegistration client() {
        return ClientRegistrations.fromIssuerLocation(issuer)
                .registrationId(NAME)
                .clientId(settings.clientId())
                .clientSecret(settings.clientSecret())
                .clientSettings(ClientSettings.builder().requireProofKey(true).build())
                // Microsoft Entra has the claim oid only for who asks for the profile, of which nothing else is kept.
                .scope("openid", "email", "profile")
                .redirectUri(address.of(CALLBACK).toString())
                .build();
    }

    ClientRegistrationRepository clients() {
        return clients;
    }

    /** Where people end their session with the provider itself; nothing if it does not say, or is away. */
    public Optional<URI> signOut() {
        try {
            Object endpoint = clients.findByRegistrationId(NAME)
                    .getProviderDetails()
                    .getConfigurationMetadata()
                    .get("end_session_endpoint");
            return Optional.ofNullable(endpoint)
                    .map(Object::toString)
                    .map(uri -> UriComponentsBuilder.fromUriString(uri)
                            .queryParam("client_id", "{client}")
                            .queryParam("post_logout_redirect_uri", "{back}")
                            .encode()
                            .buildAndExpand(settings.clientId(), address.of(""))
                            .toUri());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
