package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.DataMapLoader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A data map with the dataset {@code posts}: rows of {@code posts.xml}, found by their column {@code Owner}. */
final class PostsByOwner {

    private static final String MAP = """
            subject: {key: mail}
            datasets:
              - {name: known, title: t, kind: route, uri: direct:known, provides: {userId: id},
                 article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
              - {name: posts, title: t, kind: lake, path: "posts.xml", format: xml-rows, match: {Owner: userId},
                 article15: {purposes: [p], categories: [c], recipients: [r], retention: r, origin: o}, erasure: {action: keep, article: 17(3)(b), ground: tests, until: for ever}}
            """;

    private PostsByOwner() {}

    static DataMap map() throws IOException {
        return DataMapLoader.load("map", new ByteArrayInputStream(MAP.getBytes(StandardCharsets.UTF_8)));
    }
}
