package io.themis.health;

import static java.util.Map.entry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Says of meters what they are, where Camel, Spring or Tomcat do not say it. */
@Component
class HelpTexts implements MeterFilter {

    private static final Map<String, String> TEXTS = Map.ofEntries(
            entry("app.info", "Version of Camel and of what it runs in; always 1"),
            entry("camel.routes.added", "Routes that were added since the start"),
            entry("camel.routes.reloaded", "Routes that were loaded again since the start"),
            entry("camel.routes.running", "Routes that are not stopped"),
            entry("http.server.requests", "Calls over HTTP by path template, method and status"),
            entry("http.server.requests.active", "Calls over HTTP that are being answered"),
            entry("tomcat.sessions.active.current", "Sessions of browsers"),
            entry("tomcat.sessions.active.max", "Most sessions of browsers at the same time"),
            entry("tomcat.sessions.alive.max", "Life of the session of a browser that lived longest"),
            entry("tomcat.sessions.created", "Sessions of browsers that have begun"),
            entry("tomcat.sessions.expired", "Sessions of browsers that have ended"),
            entry("tomcat.sessions.rejected", "Sessions of browsers that were refused, as there were too many"));

    @Override
    public Meter.Id map(Meter.Id id) {
        String text = TEXTS.get(id.getName());
        boolean isSilent = id.getDescription() == null || id.getDescription().isBlank();
        return text == null || !isSilent
                ? id
                : new Meter.Id(id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), text, id.getType());
    }
}
