package io.themis.devservices;

/** The sites of the sample lake, each in the form that dumps had in another year. */
enum SampleSite {
    /** Old: users have an {@code Age} and a {@code ProfileImageUrl}. */
    TEA("tea.example", 100, "\n", true, false),
    /** In between, and written on Windows. */
    BICYCLES("bicycles.example", 60, "\r\n", false, false),
    /** New: texts have a {@code ContentLicense}. */
    MAPS("maps.example", 25, "\n", false, true);

    private final String folder;
    private final int percent;
    private final String lineEnd;
    private final boolean oldColumns;
    private final boolean newColumns;

    SampleSite(String folder, int percent, String lineEnd, boolean oldColumns, boolean newColumns) {
        this.folder = folder;
        this.percent = percent;
        this.lineEnd = lineEnd;
        this.oldColumns = oldColumns;
        this.newColumns = newColumns;
    }

    String folder() {
        return folder;
    }

    /** Questions and answers on this site if the largest site has {@code size}. */
    long posts(int size) {
        return (long) size * percent / 100;
    }

    String lineEnd() {
        return lineEnd;
    }

    boolean hasOldColumns() {
        return oldColumns;
    }

    boolean hasNewColumns() {
        return newColumns;
    }
}
