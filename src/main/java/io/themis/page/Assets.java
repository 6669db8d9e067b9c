package io.themis.page;

import io.themis.security.PageAddress;
import io.themis.security.WithPage;
import java.time.Duration;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The few files that pages consist of besides their text. The style sheet of packages is the first half of that of the pages. */
@RestController
@WithPage
class Assets {

    private static final Map<String, Asset> ALL = Map.of(
            "style.css", new Asset("templates/package/style.css", "text/css"),
            "page.css", new Asset("templates/pages/page.css", "text/css"),
            "watch.js", new Asset("templates/pages/watch.js", "text/javascript"),
            "icon.svg", new Asset("templates/pages/icon.svg", "image/svg+xml"));

    private record Asset(String path, String mediaType) {}

    @GetMapping(PageAddress.ROOT + "/assets/{name}")
    ResponseEntity<Resource> asset(@PathVariable String name) {
        Asset asset = ALL.get(name);
        return asset == null
                ? ResponseEntity.notFound().build()
                : ResponseEntity.ok()
                        .contentType(MediaType.parseMediaType(asset.mediaType() + ";charset=UTF-8"))
                        .cacheControl(CacheControl.maxAge(Duration.ofMinutes(10)))
                        .body(new ClassPathResource(asset.path()));
    }
}
