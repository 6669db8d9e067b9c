package io.themis.erasure;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.themis.request.ErasureFile;
import io.themis.request.ErasureFile.State;
import io.themis.request.ErasureFiles;
import io.themis.request.JsonText;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Notes of what has been done to lake files, as they are kept. */
@Component
class FileNotes {

    private final ErasureFiles files;
    private final JsonText json;

    FileNotes(ErasureFiles files, ObjectMapper json) {
        this.files = files;
        this.json = new JsonText(json);
    }

    /** Null if nothing has been done to the file. */
    FileNote of(ErasureFile file) {
        return file.note() == null ? null : json.read(file.note(), FileNote.class);
    }

    FileNote of(UUID request, ErasureFile.Name file) {
        return files.find(request, file).map(this::of).orElse(null);
    }

    void keep(UUID request, ErasureFile.Name file, State state, FileNote note) {
        files.mark(request, file.dataset(), file.file(), state, json.write(note));
    }

    /**
     * Puts a note of a file that is still to be done in the place of another.
     *
     * @param before null if nothing was noted
     * @return false if by now something else is noted, or the file is done
     */
    boolean replace(UUID request, ErasureFile.Name file, FileNote before, FileNote note) {
        return files.renote(request, file, before == null ? null : json.write(before), json.write(note));
    }
}
