package io.themis.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The contract of every route that calls something outside of Themis: a store, a database, a mail server. Steps rely on
 * it, because a step is tried again only if its route ends with an exception.
 */
interface CallsOutside {

    /** Does what makes the route call outside, once. */
    void work() throws Exception;

    /** Whatever is called goes away. */
    void goAway() throws Exception;

    /** It is there again, as it was before. */
    void comeBack() throws Exception;

    /** What the route's work leaves behind outside; empty if nothing has been done. */
    List<String> effects();

    @Test
    default void doesItsWorkWhileTheOutsideIsThere() throws Exception {
        work();
        assertThat(effects()).isNotEmpty();
    }

    @Test
    default void failsAndSoIsTriedAgainWhileTheOutsideIsAway() throws Exception {
        goAway();
        assertThatThrownBy(this::work).isInstanceOf(Exception.class);
        assertThat(effects()).isEmpty();
    }

    @Test
    default void doesTheSameAtTheNextAttemptWhenTheOutsideIsBack() throws Exception {
        work();
        List<String> expected = List.copyOf(effects());
        goAway();
        assertThatThrownBy(this::work).isInstanceOf(Exception.class);
        comeBack();
        work();
        assertThat(effects()).isEqualTo(expected);
    }
}
