package io.themis.devservices;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A post's text, as its author typed it and as the site shows it. */
record Prose(List<Block> blocks) {

    private static final String TYPED_LINE_END = "\r\n";

    /** What stands on lines of its own. */
    sealed interface Block {}

    record Paragraph(List<Span> spans) implements Block {}

    record Bullets(List<String> items) implements Block {}

    record Quote(String sentence) implements Block {}

    record Code(String line) implements Block {}

    record Span(Style style, String text) {}

    /** How a few words look. */
    enum Style {
        PLAIN,
        EMPHASIS,
        STRONG,
        CODE,
        LINK
    }

    Prose with(Block block) {
        return new Prose(Stream.concat(blocks.stream(), Stream.of(block)).toList());
    }

    /** As in {@code Posts.Body}. */
    String html() {
        return blocks.stream().map(Prose::html).collect(Collectors.joining("\n\n", "", "\n"));
    }

    /** As in {@code PostHistory.Text}. */
    String markdown() {
        return blocks.stream().map(Prose::markdown).collect(Collectors.joining(TYPED_LINE_END + TYPED_LINE_END));
    }

    private static String html(Block block) {
        if (block instanceof Paragraph paragraph) {
            return paragraph.spans().stream().map(Prose::html).collect(Collectors.joining(" ", "<p>", "</p>"));
        } else if (block instanceof Bullets bullets) {
            return bullets.items().stream()
                    .map(item -> "<li>" + escaped(item) + "</li>\n")
                    .collect(Collectors.joining("", "<ul>\n", "</ul>"));
        } else if (block instanceof Quote quote) {
            return "<blockquote>\n  <p>" + escaped(quote.sentence()) + "</p>\n</blockquote>";
        } else {
            return "<pre><code>" + escaped(((Code) block).line()) + "\n</code></pre>";
        }
    }

    private static String html(Span span) {
        String text = escaped(span.text());
        return switch (span.style()) {
            case PLAIN -> text;
            case EMPHASIS -> "<em>" + text + "</em>";
            case STRONG -> "<strong>" + text + "</strong>";
            case CODE -> "<code>" + text + "</code>";
            case LINK -> "<a href=\"" + text + "\" rel=\"nofollow\">" + text + "</a>";
        };
    }

    private static String markdown(Block block) {
        if (block instanceof Paragraph paragraph) {
            return paragraph.spans().stream().map(Prose::markdown).collect(Collectors.joining(" "));
        } else if (block instanceof Bullets bullets) {
            return bullets.items().stream().map(item -> "- " + item).collect(Collectors.joining(TYPED_LINE_END));
        } else if (block instanceof Quote quote) {
            return "> " + quote.sentence();
        } else {
            return "    " + ((Code) block).line();
        }
    }

    private static String markdown(Span span) {
        return switch (span.style()) {
            case PLAIN -> span.text();
            case EMPHASIS -> "*" + span.text() + "*";
            case STRONG -> "**" + span.text() + "**";
            case CODE -> "`" + span.text() + "`";
            case LINK -> "<" + span.text() + ">";
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
