package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WithPageTest {

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withUserConfiguration(OfThePage.class);

    @WithPage
    static class OfThePage {}

    @ParameterizedTest
    @CsvSource({"'', false", "' ', false", "themis-page, true"})
    void thereIsAPageOnlyWithAClientThatHasAName(String client, boolean isThere) {
        application
                .withPropertyValues("themis.page.client-id=" + client)
                .run(context -> assertThat(
                                context.getBeansOfType(OfThePage.class).size())
                        .isEqualTo(isThere ? 1 : 0));
    }

    @Test
    void withoutTheSettingThereIsNone() {
        application.run(context -> assertThat(context).doesNotHaveBean(OfThePage.class));
    }
}
