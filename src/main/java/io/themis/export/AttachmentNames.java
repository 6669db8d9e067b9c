package io.themis.export;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Gives each file that a dataset has of the person a path of its own in the package, safe as {@link DataFileNames} are. The
 * same files in the same order get the same paths. Folders stay as far as they fit, and the last ending stays, so that the
 * file opens.
 *
 * <p>A browser opens some kinds of files as a page, and runs the scripts in it; whoever sent such an attachment could read
 * or change what the person sees. What is not known to be harmless gets the ending {@code .txt} behind its own: a browser
 * shows it as text.
 */
public final class AttachmentNames {

    static final String FOLDER = "files/";

    /**
     * What no browser runs scripts of. Not the other way round: which endings mean a page differs between systems, as each
     * has tables of its own.
     */
    private static final Set<String> HARMLESS = Set.of(
            ".txt",
            ".log",
            ".md",
            ".csv",
            ".tsv",
            ".json",
            ".jsonl",
            ".pdf",
            ".rtf",
            ".doc",
            ".docx",
            ".odt",
            ".xls",
            ".xlsx",
            ".ods",
            ".ppt",
            ".pptx",
            ".odp",
            ".eml",
            ".msg",
            ".ics",
            ".vcf",
            ".png",
            ".jpg",
            ".jpeg",
            ".gif",
            ".webp",
            ".bmp",
            ".tif",
            ".tiff",
            ".heic",
            ".mp3",
            ".m4a",
            ".ogg",
            ".wav",
            ".flac",
            ".mp4",
            ".mov",
            ".avi",
            ".mkv",
            ".webm",
            ".zip",
            ".gz",
            ".tar",
            ".7z",
            ".rar",
            ".parquet");

    /** Leaves room for the folder a person unpacks to within the 260 characters of a Windows path. */
    private static final int LONGEST_PATH = 160;

    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_ENDING = 20;

    private final String folder;
    private final Map<String, String> given = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    public AttachmentNames(String dataset) {
        folder = FOLDER + DataFileNames.segment(dataset, LONGEST_NAME);
    }

    /**
     * @param path any names with {@code /} between them, the last of which is that of the file
     * @return path in the package
     */
    public String of(String path) {
        String[] names = path.split("/", -1);
        String file = DataFileNames.segment(names[names.length - 1], Integer.MAX_VALUE);
        String ending = ending(file);
        String stem = cut(file.substring(0, file.length() - ending.length()), LONGEST_NAME - ending.length());
        if (!ending.isEmpty() && !HARMLESS.contains(ending.toLowerCase(Locale.ROOT))) {
            ending += ".txt";
        }
        return child(folders(names, stem.length() + ending.length()), "file " + path, stem, ending);
    }

    /** Without them, a file far down would have a path that is too long to be unpacked. */
    private String folders(String[] names, int fileLength) {
        int length = folder.length() + 1 + fileLength;
        for (int i = 0; i < names.length - 1; i++) {
            length += 1 + DataFileNames.segment(names[i], Integer.MAX_VALUE).length();
        }
        String parent = folder;
        if (length <= LONGEST_PATH) {
            StringBuilder original = new StringBuilder();
            for (int i = 0; i < names.length - 1; i++) {
                original.append(names[i]).append('/');
                parent = child(parent, "folder " + original, DataFileNames.segment(names[i], Integer.MAX_VALUE), "");
            }
        }
        return parent;
    }

    /** A folder may have the name of a file in the lake, and names may differ by case alone; on a disk they may not. */
    private String child(String parent, String original, String stem, String ending) {
        return given.computeIfAbsent(original, name -> {
            String path = parent + "/" + stem + ending;
            for (int copy = 2; !taken.add(path.toLowerCase(Locale.ROOT)); copy++) {
                path = parent + "/" + stem + "-" + copy + ending;
            }
            return path;
        });
    }

    private static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 && name.length() - dot <= LONGEST_ENDING ? name.substring(dot) : "";
    }

    /** Neither within a character that is encoded nor behind a dot, which Windows drops. */
    private static String cut(String stem, int longest) {
        return stem.length() <= longest ? stem : stem.substring(0, longest).replaceFirst("(\\.|%[0-9A-F]?)+$", "");
    }
}
