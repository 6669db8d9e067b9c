package io.themis.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class DeliverySettingsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Settings.class)
            .withPropertyValues("themis.delivery.link-life=7d");

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(DeliverySettings.class)
    static class Settings {}

    @Test
    void aZipHoldsNoLessThanOneMegabyte() {
        runner.withPropertyValues("themis.delivery.part-size=1MB")
                .run(context -> assertThat(
                                context.getBean(DeliverySettings.class).partSize())
                        .isEqualTo(DataSize.ofMegabytes(1)));
        for (String tooSmall : new String[] {"1023KB", "0", "-1GB"}) {
            runner.withPropertyValues("themis.delivery.part-size=" + tooSmall)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining("themis.delivery.part-size"));
        }
    }
}
