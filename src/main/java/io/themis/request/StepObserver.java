package io.themis.request;

/** Is told how attempts at steps end, to count them. */
@FunctionalInterface
public interface StepObserver {

    /** @param state {@code DONE}, {@code WAITING} (it failed and is tried again) or {@code PARKED} */
    void finished(String step, Step.State state);
}
