package io.themis.datamap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class DataMapFailureAnalyzerTest {

    @Configuration
    static class BrokenMap {

        @Bean
        DataMap dataMap() throws IOException {
            String yaml = "subject: {kye: mail}\ndatasets:\n";
            return DataMapLoader.load("map.yaml", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void applicationStopsWithTheMessageInPlaceOfAStackTrace(CapturedOutput output) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(BrokenMap.class).web(WebApplicationType.NONE);

        assertThatExceptionOfType(BeanCreationException.class).isThrownBy(application::run);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("map.yaml:1: \"subject\": unknown property \"kye\" (did you mean \"key\"?)")
                .contains("map.yaml:2: \"datasets\" is missing")
                .doesNotContain("\tat ");
    }
}
