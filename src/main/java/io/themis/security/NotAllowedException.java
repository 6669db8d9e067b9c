package io.themis.security;

/**
 * The caller may not do this. Routes answer it with {@link Problem#FORBIDDEN}, whatever the reason, so that nobody learns
 * by asking whether a request or a person exists.
 */
public class NotAllowedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NotAllowedException() {
        super(Problem.FORBIDDEN.detail());
    }
}
