package io.themis;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test that shares its JVM with others of its kind, one after the other, and leaves nothing in it for them but what makes their start
 * quicker. An integration test without this has a JVM of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("warm-jvm")
public @interface WarmJvm {}
