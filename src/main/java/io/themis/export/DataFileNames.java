package io.themis.export;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Gives every dataset and partition a file name of its own that every file system takes: letters, digits, dot, hyphen
 * and underscore, with a slash between the values of a partition's placeholders; anything else is percent-encoded. No
 * name leaves its folder, is hidden, is a device on Windows, or differs from another by case alone.
 */
final class DataFileNames {

    /** Windows opens these as devices, with any ending. */
    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);

    /** A folder of such a name could stand where a data file of another partition has to be. */
    private static final Pattern LIKE_A_DATA_FILE = Pattern.compile("(.*)\\.(jsonl|csv)", Pattern.CASE_INSENSITIVE);

    /** A folder of such a name could stand where a page of another partition has to be. */
    private static final Pattern LIKE_A_PAGE = Pattern.compile("([0-9]+)\\.(html)", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST = 100;

    /** Leaves room for the folder a person unpacks to within the 260 characters of a Windows path. */
    private static final int LONGEST_STEM = 160;

    private final Set<String> taken = new HashSet<>();

    /**
     * @param partition null for a dataset without partitions
     * @return path in the package without its ending
     */
    String stem(String dataset, String partition) {
        String wanted = "data/" + segment(dataset, LONGEST);
        if (partition != null) {
            String[] values = partition.split("/", -1);
            int longest = Math.max(1, Math.min(LONGEST, (LONGEST_STEM - wanted.length()) / values.length - 1));
            for (int i = 0; i < values.length; i++) {
                String name = segment(values[i], longest);
                wanted += "/" + (i == values.length - 1 ? name : folder(name));
            }
        }
        String stem = wanted;
        for (int copy = 2; !taken.add(stem.toLowerCase(Locale.ROOT)); copy++) {
            stem = wanted + "-" + copy;
        }
        return stem;
    }

    /** A safe name of one file or folder. It may be longer by the encoding of its first and last character. */
    static String segment(String value, int longest) {
        StringBuilder name = new StringBuilder();
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean safe =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.".indexOf(c) >= 0;
            name.append(safe ? String.valueOf(c) : percent(c));
        }
        if (name.length() > longest) {
            name.setLength(longest);
        }
        if (name.isEmpty()) {
            return "_";
        }
        if (name.charAt(0) == '.' || DEVICE.matcher(name).matches()) {
            name.replace(0, 1, percent(name.charAt(0)));
        }
        int end = name.length() - 1;
        if (name.charAt(end) == '.') {
            name.replace(end, end + 1, percent('.'));
        }
        return name.toString();
    }

    /**
     * @param stem of a data file
     * @return the folder of the pages that show it; no page of another file is in it
     */
    static String pages(String stem) {
        StringBuilder folder = new StringBuilder("tables");
        for (String name : stem.substring("data/".length()).split("/")) {
            folder.append('/').append(LIKE_A_PAGE.matcher(name).replaceFirst("$1" + percent('.') + "$2"));
        }
        return folder.toString();
    }

    private static String folder(String name) {
        return LIKE_A_DATA_FILE.matcher(name).replaceFirst("$1" + percent('.') + "$2");
    }

    private static String percent(char c) {
        return "%%%02X".formatted((int) c);
    }
}
