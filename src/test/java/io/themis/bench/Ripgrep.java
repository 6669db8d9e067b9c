package io.themis.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** ripgrep, if there is one on the PATH: finds the lines with one person's key. */
record Ripgrep(String version) implements Engine {

    static Optional<Ripgrep> find() {
        try {
            Process rg = new ProcessBuilder("rg", "--version").start();
            try (BufferedReader lines = rg.inputReader(UTF_8)) {
                return Optional.of(new Ripgrep(lines.readLine()));
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public String name() {
        return "ripgrep";
    }

    @Override
    public Answer answer(Question question) throws Exception {
        String key = question.table().key();
        long person = question.ids().iterator().next();
        List<String> command = new ArrayList<>(List.of(
                "rg",
                "--no-config",
                "--no-filename",
                "--no-line-number",
                "--threads=" + Threads.COUNT,
                "--fixed-strings",
                question.format().equals("xml")
                        ? " %s=\"%d\"".formatted(key, person)
                        : "\"%s\":%d,".formatted(key, person)));
        question.files().stream().map(Path::toString).forEach(command::add);
        Process rg = new ProcessBuilder(command).start();
        Answer.Builder found = new Answer.Builder();
        try (BufferedReader lines = rg.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                found.row(LineOfText.parse(question.format(), line));
            }
        }
        return found.answer();
    }
}
