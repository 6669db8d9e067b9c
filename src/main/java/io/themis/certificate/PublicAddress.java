package io.themis.certificate;

import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where others reach this service: it stands behind a gateway, and so can't tell by itself. */
@Component
public class PublicAddress {

    private final String base;

    /** @param url {@code themis.public-url}, with or without a path */
    public PublicAddress(@Value("${themis.public-url}") URI url) {
        if (!url.isAbsolute() || url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
            throw new IllegalArgumentException("themis.public-url is no address such as https://privacy.example.com");
        }
        this.base = url.toString().replaceFirst("/+$", "");
    }

    /** @param path that begins with a slash */
    public URI of(String path) {
        return URI.create(base + path);
    }
}
