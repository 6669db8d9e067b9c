package io.themis.page;

import freemarker.template.TemplateMethodModelEx;
import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import io.themis.export.PageTemplates;
import io.themis.request.Languages;
import io.themis.security.Caller;
import io.themis.security.Callers;
import io.themis.security.NotAllowedException;
import io.themis.security.PageAddress;
import io.themis.security.WithPage;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriUtils;

/** Writes the pages of {@code templates/pages}, in the language that the reader has chosen or the browser asks for. */
@Component
@WithPage
class Pages {

    private static final PageTemplates TEMPLATES = new PageTemplates(PageWords.FOLDER);
    private static final String CHOICE = "lang";
    private static final String LANGUAGE_COOKIE = "themis-language";
    /** Parameters of links from one page to another, besides what was done. */
    private static final List<String> OF_PAGES = List.of("show", "after", "still");

    private static final long YEAR = 365L * 24 * 60 * 60;

    private final PageAddress address;
    private final Callers callers;
    private final DataMap map;
    private final Clock clock;

    Pages(PageAddress address, Callers callers, DataMap map, Clock clock) {
        this.address = address;
        this.callers = callers;
        this.map = map;
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
        model.put("titles", titles(words.texts().language()));
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

    /** What the data map calls its datasets, by name. */
    private Map<String, String> titles(Locale language) {
        return map.datasets().stream()
                .collect(Collectors.toMap(
                        Dataset::name, dataset -> dataset.title().in(language)));
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

    /**
     * The address of this page without the choice of a language, for links that choose one. Of a query it has what the page itself put
     * there: the rest is whatever somebody wrote. What a form came to has no address; there it is where the form's pages begin.
     */
    private String here(HttpServletRequest request) {
        boolean isError = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) != null;
        boolean isPage = request.getMethod().equals("GET") && !isError;
        String path = "";
        if (isPage && request.getRequestURI().startsWith(PageAddress.ROOT + "/")) {
            path = request.getRequestURI().substring(PageAddress.ROOT.length());
        } else if (!isError && request.getRequestURI().startsWith(PageAddress.ROOT + "/office")) {
            path = "/office";
        }
        StringBuilder here = new StringBuilder(address.path(path)).append('?');
        if (isPage) {
            for (String name : OF_PAGES) {
                String value = request.getParameter(name);
                if (value != null) {
                    here.append(name)
                            .append('=')
                            .append(UriUtils.encode(value, StandardCharsets.UTF_8))
                            .append('&');
                }
            }
        }
        return here.append(CHOICE).append('=').toString();
    }
}
