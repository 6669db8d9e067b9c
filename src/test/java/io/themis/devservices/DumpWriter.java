package io.themis.devservices;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes one table in the form of a Stack Exchange dump: byte order mark, XML declaration, root element, one row a line,
 * attributes only. Rows go out as they are written; only the encoder's buffer is held.
 */
public final class DumpWriter {

    private final Writer out;
    private final String root;
    private final String lineEnd;

    public DumpWriter(OutputStream out, String table, String lineEnd) throws IOException {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.root = table.toLowerCase(Locale.ROOT);
        this.lineEnd = lineEnd;
        this.out.write("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>" + lineEnd + "<" + root + ">" + lineEnd);
    }

    public DumpWriter row() throws IOException {
        out.write("  <row");
        return this;
    }

    /** An absent value is an absent attribute. */
    public DumpWriter with(String name, Object value) throws IOException {
        if (value != null) {
            out.write(' ');
            out.write(name);
            out.write("=\"");
            escape(value.toString());
            out.write('"');
        }
        return this;
    }

    public void endRow() throws IOException {
        out.write(" />");
        out.write(lineEnd);
    }

    /** Leaves the stream open: it is the caller's. */
    public void endTable() throws IOException {
        out.write("</" + root + ">" + lineEnd);
        out.flush();
    }

    /** The escapes that the real dumps use; an apostrophe stays as it is. */
    private void escape(String value) throws IOException {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> out.write("&amp;");
                case '<' -> out.write("&lt;");
                case '>' -> out.write("&gt;");
                case '"' -> out.write("&quot;");
                case '\n' -> out.write("&#xA;");
                case '\r' -> out.write("&#xD;");
                default -> out.write(c);
            }
        }
    }
}
