package io.themis.devservices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ThemisDevApplicationTest {

    /** Otherwise {@code mvn spring-boot:test-run} stops with "Unable to find a single main class"; see {@link AnotherJvm}. */
    @Test
    void isTheOnlyProgramAmongTheTestClasses() {
        assertThat(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                        .importPackages("io.themis"))
                .filteredOn(type -> type.tryGetMethod("main", String[].class).isPresent())
                .extracting(JavaClass::getName)
                .containsExactly(ThemisDevApplication.class.getName());
    }
}
