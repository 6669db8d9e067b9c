package io.themis.security;

import java.util.List;

/** Start-up was refused. The message names settings and never shows a value. */
public class InsecureSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param faults one line a setting: its name, what is wrong, what to write */
    InsecureSettingsException(List<String> faults) {
        super(String.join(System.lineSeparator(), faults));
    }
}
