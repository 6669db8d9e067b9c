package io.themis.security;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** There only if people can sign in to the page. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Conditional(WithPage.HasClient.class)
public @interface WithPage {

    /** Whether {@code themis.page.client-id} names a client; an empty one, as a manifest may leave it, is none. */
    final class HasClient implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isIn(context.getEnvironment());
        }

        static boolean isIn(Environment environment) {
            return StringUtils.hasText(environment.getProperty("themis.page.client-id"));
        }
    }
}
