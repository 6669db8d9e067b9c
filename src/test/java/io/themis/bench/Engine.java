package io.themis.bench;

/** One way to find people's rows in files. */
interface Engine {

    /** As the table calls it. */
    String name();

    Answer answer(Question question) throws Exception;
}
