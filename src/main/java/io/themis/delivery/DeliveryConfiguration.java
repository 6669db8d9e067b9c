package io.themis.delivery;

import io.themis.export.Controller;
import io.themis.export.PackageWriter;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {

    @Bean
    PackageWriter packageWriter(BuildProperties build, DeliverySettings settings) {
        return new PackageWriter(build.getVersion(), settings.partSize().toBytes());
    }

    /** Who answers for the data, from {@code themis.controller.*}. */
    @Bean
    Controller controller(Environment environment) {
        return Binder.get(environment).bindOrCreate("themis.controller", Controller.class);
    }
}
