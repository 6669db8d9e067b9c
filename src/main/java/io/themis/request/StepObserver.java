package io.themis.request;

/** Is told of steps and how attempts at them end, to count them. */
public interface StepObserver {

    /** From now on there may be attempts at steps of this name. */
    default void handles(String step) {
        // Not everybody has to know before.
    }

    /** @param state {@code DONE}, {@code WAITING} (it failed and is tried again) or {@code PARKED} */
    void finished(String step, Step.State state);
}
