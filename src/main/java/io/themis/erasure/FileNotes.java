package io.themis.erasure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Notes of what has been done to lake files, as they are kept. */
@Component
class FileNotes {

    private final ErasureFiles files;
    private final ObjectMapper json;

    FileNotes(ErasureFiles files, ObjectMapper json) {
        this.files = files;
        this.json = json;
    }

    /** Null if nothing has been done to the file. */
    FileNote of(ErasureFile file) {
        try {
            return file.note() == null ? null : json.readValue(file.note(), FileNote.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    FileNote of(UUID request, ErasureFile.Name file) {
        return files.find(request, file).map(this::of).orElse(null);
    }

    void keep(UUID request, ErasureFile.Name file, State state, FileNote note) {
        files.mark(request, file.dataset(), file.file(), state, write(note));
    }

    /**
     * Puts a note of a file that is still to be done in the place of another.
     *
     * @param before null if nothing was noted
     * @return false if by now something else is noted, or the file is done
     */
    boolean replace(UUID request, ErasureFile.Name file, FileNote before, FileNote note) {
        return files.renote(request, file, before == null ? null : write(before), write(note));
    }

    private String write(FileNote note) {
        try {
            return json.writeValueAsString(note);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
