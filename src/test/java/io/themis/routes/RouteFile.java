package io.themis.routes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** The file of {@code routes/} that a class tests, every node of it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EveryNodeRuns.class)
@interface RouteFile {

    /** Name of the file without {@code .camel.yaml}. */
    String value();
}
