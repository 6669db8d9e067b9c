package io.themis;

import io.themis.devservices.DevServicesInitializer;
import io.themis.devservices.SharedIdentityProvider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.annotation.DirtiesContext;

/**
 * A test of the whole application on real parts, from the outside. Each such class has an application and parts of its own, which stop
 * after it. The next one finds nothing of it but a warm JVM, in which the start takes a third of the time.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WholeApplication
@DirtiesContext
@WarmJvm
public @interface ThemisTest {

    @AliasFor(annotation = WholeApplication.class)
    Class<? extends ApplicationContextInitializer<?>>[] initializers() default {
        DevServicesInitializer.class, SharedIdentityProvider.class
    };
}
