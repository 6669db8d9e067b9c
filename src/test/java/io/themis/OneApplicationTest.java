package io.themis;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of the whole application, from the outside, that takes it as it is and leaves it as it was, so that all such classes of a process share one: its
 * start is most of what a class takes. Each asks for people of its own, and none changes the sample lake.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WholeApplication
@Tag("one-application")
public @interface OneApplicationTest {}
