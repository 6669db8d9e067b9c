package io.themis.page;

import freemarker.template.TemplateMethodModelEx;
import io.themis.export.PageTemplates;
import io.themis.request.Languages;
import io.themis.security.Caller;
import io.themis.security.Callers;
import io.themis.security.NotAllowedException;
import io.themis.security.PageAddress;
import io.themis.security.WithPage;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** Writes the pages of {@code templates/pages}, in the language that the reader has chosen or the browser asks for. */
@Component
@WithPage
class Pages {

    private static final PageTemplates TEMPLATES = new PageTemplates(PageWords.FOLDER);
    private static final String CHOICE = "lang";
    private static final String LANGUAGE_COOKIE = "themis-language";
    private static final long YEAR = 365L * 24 * 60 * 60;

    private final PageAddress address;
    private final Callers callers;
    private final Clock clock;

    Pages(PageAddress address, Callers callers, Clock clock) {
        this.address = address;
        this.callers = callers;
        this.clock = clock;
    }

    ResponseEntity<byte[]> show(String template, HttpServletRequest request, Map<String, ?> shown) {
        return show(HttpStatus.OK, template, request, shown);
    }

    ResponseEntity<byte[]> show(
            HttpStatusCode status, String template, HttpServletRequest request, Map<String, ?> shown) {
        PageWords words = words(request);
        Map<String, Object> model = new HashMap<>(shown);
        model.put("language", words.texts().language().toLanguageTag());
        model.put(
                "languages",
                Languages.SPOKEN.stream().map(Locale::toLanguageTag).toList());
        model.put("base", address.path(""));
        model.put("here", here(request));
        model.put("isPast", (TemplateMethodModelEx) arguments ->
                !clock.instant().isBefore(Instant.parse(arguments.get(0).toString())));
        model.put("day", ofTime(words::day));
        model.put("time", ofTime(words::time));
        model.put("left", ofTime(words::left));
        model.put("size", (TemplateMethodModelEx)
                arguments -> words.size(Long.parseLong(arguments.get(0).toString())));
        caller(request).ifPresent(caller -> {
            model.put("caller", caller);
            CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
            model.put("csrf", Map.of("name", token.getParameterName(), "value", token.getToken()));
        });
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            TEMPLATES.write(template + ".ftlh", words.texts(), model, page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(status)
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE, HttpHeaders.COOKIE);
        chosen(request).ifPresent(language -> answer.header(HttpHeaders.SET_COOKIE, remember(language)));
        return answer.body(page.toByteArray());
    }

    /** After something was done: a page that can be loaded again without doing it again. */
    ResponseEntity<byte[]> goTo(String path) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .header(HttpHeaders.LOCATION, address.path(path))
                .build();
    }

    PageWords words(HttpServletRequest request) {
        return new PageWords(language(request), clock.instant());
    }

    Optional<Caller> caller(HttpServletRequest request) {
        try {
            return Optional.of(callers.of(request));
        } catch (NotAllowedException e) {
            return Optional.empty();
        }
    }

    private static TemplateMethodModelEx ofTime(Function<Instant, String> words) {
        return arguments -> words.apply(Instant.parse(arguments.get(0).toString()));
    }

    Locale language(HttpServletRequest request) {
        return chosen(request)
                .or(() -> Stream.ofNullable(request.getCookies())
                        .flatMap(Arrays::stream)
                        .filter(cookie -> cookie.getName().equals(LANGUAGE_COOKIE))
                        .map(Cookie::getValue)
                        .flatMap(tag -> spoken(tag).stream())
                        .findFirst())
                .orElseGet(() -> preferred(request.getHeader(HttpHeaders.ACCEPT_LANGUAGE)));
    }

    private static Optional<Locale> chosen(HttpServletRequest request) {
        return Optional.ofNullable(request.getParameter(CHOICE)).flatMap(Pages::spoken);
    }

    private static Optional<Locale> spoken(String tag) {
        return Languages.SPOKEN.stream()
                .filter(language -> language.toLanguageTag().equals(tag))
                .findFirst();
    }

    private static Locale preferred(String acceptLanguage) {
        try {
            Locale wanted = acceptLanguage == null
                    ? null
                    : Locale.lookup(Locale.LanguageRange.parse(acceptLanguage), Languages.SPOKEN);
            return wanted == null ? Locale.ENGLISH : wanted;
        } catch (IllegalArgumentException e) {
            return Locale.ENGLISH;
        }
    }

    private static String remember(Locale language) {
        return ResponseCookie.from(LANGUAGE_COOKIE, language.toLanguageTag())
                .path("/")
                .maxAge(YEAR)
                .httpOnly(true)
                .sameSite("Lax")
                .build()
                .toString();
    }

    /** The address of this page without the choice of a language, for links that choose one. */
    private String here(HttpServletRequest request) {
        boolean isPage =
                request.getMethod().equals("GET") && request.getAttribute("jakarta.servlet.error.status_code") == null;
        String path = isPage && request.getRequestURI().startsWith("/privacy/")
                ? address.path(request.getRequestURI().substring("/privacy".length()))
                : address.path("");
        UriComponentsBuilder here = UriComponentsBuilder.fromPath(path);
        if (isPage && request.getQueryString() != null) {
            here.query(request.getQueryString()).replaceQueryParam(CHOICE).replaceQueryParam("done");
        }
        String address = here.build(true).toUriString();
        return address + (address.contains("?") ? "&" : "?") + CHOICE + "=";
    }
}
