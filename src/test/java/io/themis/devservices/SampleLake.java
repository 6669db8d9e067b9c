package io.themis.devservices;

import io.themis.devservices.SamplePeople.Person;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A lake to try Themis with: three invented sites in the exact form of a Stack Exchange dump, {@code <site>/<Table>.xml}.
 * The same size gives the same bytes on every machine. A row is worked out when it is written, so memory does not grow
 * with the size.
 *
 * @see SamplePeople whom to ask for, and what is hard about them
 */
public final class SampleLake {

    /** Below this there is not enough to give everybody something. */
    private static final int SMALLEST = 100;

    @FunctionalInterface
    private interface Table {
        void write(DumpWriter out) throws IOException;
    }

    private record File(String table, SampleSite site, Table rows) {}

    private final Map<String, File> files = new TreeMap<>();

    /**
     * @param size how many questions and answers the largest site has; the other tables and sites grow with it. Each
     *     thousand is some 8 MB in all files together
     * @throws IllegalArgumentException if the size is below 100
     */
    public SampleLake(int size) {
        if (size < SMALLEST) {
            throw new IllegalArgumentException(
                    "The sample lake's size must be at least " + SMALLEST + " posts, but is " + size);
        }
        for (SampleSite site : SampleSite.values()) {
            SampleTables tables = new SampleTables(site, size);
            add("Badges", site, tables::badges);
            add("Comments", site, tables::comments);
            add("PostHistory", site, tables::postHistory);
            add("PostLinks", site, tables::postLinks);
            add("Posts", site, tables::posts);
            add("Tags", site, tables::tags);
            add("Users", site, tables::users);
            add("Votes", site, tables::votes);
        }
    }

    private void add(String table, SampleSite site, Table rows) {
        files.put(site.folder() + "/" + table + ".xml", new File(table, site, rows));
    }

    /** {@code <site>/<Table>.xml} of every file, in alphabetical order. */
    public List<String> paths() {
        return new ArrayList<>(files.keySet());
    }

    /**
     * Writes one file; the stream stays open.
     *
     * @throws IllegalArgumentException if the path is none of {@link #paths()}
     */
    public void write(String path, OutputStream out) throws IOException {
        File file = files.get(path);
        if (file == null) {
            throw new IllegalArgumentException("The sample lake has no file " + path);
        }
        DumpWriter rows = new DumpWriter(out, file.table(), file.site().lineEnd());
        file.rows().write(rows);
        rows.endTable();
    }

    /** The sample company's users. Some have no account in the lake, and many in the lake are none of them. */
    public List<DevUser> users() {
        return SamplePeople.ALL.stream()
                .map(Person::user)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Somebody on every site, with rows in every table that can have some, and with namesakes. */
    public DevUser samplePerson() {
        return SamplePeople.SAMPLE.user();
    }
}
