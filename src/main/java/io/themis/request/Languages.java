package io.themis.request;

import java.util.List;
import java.util.Locale;

/** The languages that the pages of a package and the mails speak. */
public final class Languages {

    /** Those that there are texts in; whoever wants another is written to in the first. */
    public static final List<Locale> SPOKEN = List.of(Locale.ENGLISH, Locale.GERMAN);

    private Languages() {}
}
