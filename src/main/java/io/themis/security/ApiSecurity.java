package io.themis.security;

import static io.themis.security.Caller.Role.GATEWAY;
import static io.themis.security.Caller.Role.OPERATOR;
import static io.themis.security.Caller.Role.PERSON;
import static io.themis.security.Caller.Role.PRIVACY_OFFICER;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.HeaderWriterFilter;

/**
 * The API port: every request needs a caller, known paths and unknown ones alike. Only the Event Grid webhook is open, whose
 * route checks a secret of its own, and the public keys of certificates are. But for the page, which has a chain of its own, there is no session and no cookie, so there is nothing for CSRF to ride on.
 */
@Configuration
@EnableConfigurationProperties({GatewayKeys.class, TokenClaims.class})
class ApiSecurity {

    private static final String WEBHOOK = "/hooks/event-grid";

    /** Whoever is shown a certificate can verify it. */
    private static final String CERTIFICATE_KEYS = "/api/v1/erasures/keys";

    private final AuthenticationEntryPoint unauthorized =
            (request, response, e) -> Unauthorized.answer(request, response);
    private final AccessDeniedHandler forbidden = (request, response, e) -> Problem.FORBIDDEN.answer(response);

    /**
     * @param tokens checks signature, issuer, audience and time, as {@code spring.security.oauth2.resourceserver.jwt}
     *     says; absent in a development run without an identity provider
     */
    @Bean
    SecurityFilterChain apiCallers(
            HttpSecurity http, GatewayKeys keys, TokenClaims claims, ObjectProvider<JwtDecoder> tokens)
            throws Exception {
        http.csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.withObjectPostProcessor(atOnce()))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .exceptionHandling(answers ->
                        answers.authenticationEntryPoint(unauthorized).accessDeniedHandler(forbidden))
                .addFilterAfter(readEarly(), HeaderWriterFilter.class)
                .addFilterBefore(new GatewayKeyFilter(keys), BearerTokenAuthenticationFilter.class)
                .addFilterAfter(rememberCaller(), BearerTokenAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests
                        // the answer of a route and the error page follow a request that passed or was refused already
                        .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(HttpMethod.OPTIONS, WEBHOOK)
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, WEBHOOK)
                        .permitAll()
                        .requestMatchers(HttpMethod.GET, CERTIFICATE_KEYS)
                        .permitAll()
                        .anyRequest()
                        .hasAnyAuthority(GATEWAY.name(), PERSON.name(), OPERATOR.name(), PRIVACY_OFFICER.name()));
        JwtDecoder decoder = tokens.getIfAvailable();
        if (decoder != null) {
            http.oauth2ResourceServer(server -> server.authenticationEntryPoint(unauthorized)
                    .accessDeniedHandler(forbidden)
                    .jwt(jwt -> jwt.decoder(decoder)
                            .jwtAuthenticationConverter(token -> new CallerAuthentication(claims.caller(token)))));
        }
        return http.build();
    }

    /** An address may have a percent sign. Nothing here decodes a path twice, so it is no way around a rule. */
    @Bean
    HttpFirewall percentSigns() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowUrlEncodedPercent(true);
        return firewall;
    }

    /**
     * Spring's firewall looks at a header or a parameter when it is read. A route reads them where nobody can refuse a
     * request any longer, and the value that is not allowed would be in the log.
     */
    private static Filter readEarly() {
        return (request, response, chain) -> {
            HttpServletRequest http = (HttpServletRequest) request;
            if (http.getDispatcherType() == DispatcherType.REQUEST) {
                for (String name : Collections.list(http.getHeaderNames())) {
                    Collections.list(http.getHeaders(name));
                }
                http.getParameterMap();
            }
            chain.doFilter(request, response);
        };
    }

    /** Spring writes its headers when an answer goes out, which is here on two threads: sometimes one stood there twice. */
    private static ObjectPostProcessor<HeaderWriterFilter> atOnce() {
        return new ObjectPostProcessor<>() {
            @Override
            public <F extends HeaderWriterFilter> F postProcess(F filter) {
                filter.setShouldWriteHeadersEagerly(true);
                return filter;
            }
        };
    }

    static Filter rememberCaller() {
        return (request, response, chain) -> {
            if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication caller) {
                Callers.remember((HttpServletRequest) request, caller.getPrincipal());
            }
            chain.doFilter(request, response);
        };
    }
}
