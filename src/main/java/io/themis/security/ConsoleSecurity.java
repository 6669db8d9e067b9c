package io.themis.security;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.jolokia.server.core.restrictor.policy.PolicyRestrictor;
import org.jolokia.server.core.service.api.Restrictor;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * The management port: health is open (without details), everything else needs the account of an operator or a viewer. A
 * browser signs in by a form and keeps a session; a metrics scraper sends HTTP Basic.
 *
 * <p>Spring Security guards the console alone. Hawtio's own sign-in ({@code hawtio.authenticationEnabled}) is off, because
 * it goes by JAAS and knows none of the accounts here.
 */
@Configuration
@EnableConfigurationProperties(ConsoleAccounts.class)
class ConsoleSecurity {

    /** The table of routes. Hawtio's own first view is a picture of all of them at once, which nobody can read. */
    private static final String FIRST_VIEW = "/observe/hawtio/camel/routes";

    /** All that has a view of its own; at the door of the console Hawtio's first view would be it. */
    private static final Pattern PLACE = Pattern.compile("/observe/(?!hawtio/?$|hawtio/index\\.html$).+");

    /**
     * By POST only. Jolokia also carries out operations by GET, which any page that an operator opens could link to, and the
     * CSRF token doesn't guard. A method rule in jolokia-access.xml would be ignored: Jolokia 2.6 reads it and never asks.
     */
    private static final String[] JOLOKIA = {"/observe/jolokia/**", "/observe/hawtio/jolokia/**"};

    @Bean
    @Order(1)
    SecurityFilterChain console(HttpSecurity http) throws Exception {
        return http.securityMatcher(ConsoleSecurity::onManagementPort)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(EndpointRequest.to(HealthEndpoint.class))
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, JOLOKIA)
                        .hasAuthority(ConsoleAccounts.LOOK)
                        .requestMatchers(JOLOKIA)
                        .denyAll()
                        .anyRequest()
                        .hasAuthority(ConsoleAccounts.LOOK))
                .httpBasic(Customizer.withDefaults())
                .requestCache(cache -> cache.requestCache(places()))
                .formLogin(form -> form.defaultSuccessUrl(FIRST_VIEW))
                .csrf(csrf -> csrf.csrfTokenRepository(csrfCookie()).csrfTokenRequestHandler(tokenInEveryAnswer()))
                .build();
    }

    /** Where somebody wanted to go who had to sign in first, if that was another place than the console as such. */
    private static RequestCache places() {
        HttpSessionRequestCache places = new HttpSessionRequestCache();
        places.setRequestMatcher(request -> request.getMethod().equals("GET")
                && String.valueOf(request.getHeader(HttpHeaders.ACCEPT)).contains(MediaType.TEXT_HTML_VALUE)
                && PLACE.matcher(request.getRequestURI()).matches());
        // Nothing is added to the address by which it would be known again.
        places.setMatchingRequestParameterName(null);
        return places;
    }

    /** In a server of its own the management context has its own servlet context; both ports share the filter. */
    private static boolean onManagementPort(HttpServletRequest request) {
        return WebServerApplicationContext.hasServerNamespace(
                WebApplicationContextUtils.getWebApplicationContext(request.getServletContext()), "management");
    }

    /** Hawtio's script copies this cookie into a header of its Jolokia calls. */
    private static CookieCsrfTokenRepository csrfCookie() {
        CookieCsrfTokenRepository cookie = CookieCsrfTokenRepository.withHttpOnlyFalse();
        cookie.setCookieCustomizer(attributes -> attributes.sameSite("Strict"));
        return cookie;
    }

    private static CsrfTokenRequestAttributeHandler tokenInEveryAnswer() {
        CsrfTokenRequestAttributeHandler handler = new CsrfTokenRequestAttributeHandler();
        // loads the token at once: it is otherwise made on first use, and a script's page never uses it on the server
        handler.setCsrfRequestAttributeName(null);
        return handler;
    }

    @Bean
    UserDetailsService consoleAccounts(ConsoleAccounts accounts) {
        return new InMemoryUserDetailsManager(accounts.userDetails());
    }

    /** Jolokia finds the operators' file by itself, but allows everything if it doesn't. This fails instead. */
    @Bean
    Restrictor jolokiaAccess() throws IOException {
        return new ConsoleAccess(policy("jolokia-access.xml"), policy("jolokia-access-viewer.xml"));
    }

    private static Restrictor policy(String file) throws IOException {
        try (InputStream policy = new ClassPathResource(file).getInputStream()) {
            return new PolicyRestrictor(policy);
        }
    }

    @Bean(initMethod = "init", destroyMethod = "destroy")
    ConsoleButtons consoleButtons(Restrictor access) {
        return new ConsoleButtons(access);
    }
}
