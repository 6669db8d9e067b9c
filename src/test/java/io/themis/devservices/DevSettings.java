package io.themis.devservices;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * The settings {@code themis.dev.*}. A port of 0 lets the system choose one.
 *
 * @param company the one to ask about: a community with a Stack Exchange dump, or a shop
 * @param sampleSize see {@link SampleLake}
 * @param lakeDir a folder of real dumps, see {@link LakeFolder}. With this or {@code usersCsv} there is nothing of the
 *     sample company: its accounts would be those of other people in a real dump
 * @param usersCsv a file of people, see {@link UsersCsv}
 * @param eventGridSubscribers webhooks on this machine that get the events besides Themis' own, by the name of the
 *     subscription: {@code themis.dev.event-grid-subscribers.archive=http://localhost:9000/hook}. Each must answer the
 *     handshake of CloudEvents; an event waits for one that does not listen yet
 */
record DevSettings(
        @DefaultValue("0") int postgresPort,
        @DefaultValue("10000") int azuritePort,
        @DefaultValue("3025") int smtpPort,
        @DefaultValue("3143") int imapPort,
        @DefaultValue("8025") int mailboxPort,
        @DefaultValue("9000") int identityPort,
        @DefaultValue("5672") int queuePort,
        @DefaultValue("0") int usersDbPort,
        @DefaultValue("0") int eventGridPort,
        @DefaultValue("1s") Duration eventGridRetryUnit,
        @DefaultValue("community") Company company,
        @DefaultValue("1000") int sampleSize,
        Path lakeDir,
        Path usersCsv,
        @DefaultValue Map<String, URI> eventGridSubscribers) {

    /** What there is to try. */
    enum Company {
        COMMUNITY,
        SHOP
    }

    static DevSettings of(Environment environment) {
        return Binder.get(environment).bindOrCreate("themis.dev", DevSettings.class);
    }

    boolean sampleCompany() {
        return company == Company.COMMUNITY && lakeDir == null && usersCsv == null;
    }

    boolean shop() {
        return company == Company.SHOP;
    }

    /** For tests: every port chosen by the system, so that two runs don't meet, and a small sample company. */
    static DevSettings onFreePorts() {
        return new DevSettings(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Duration.ofMillis(20),
                Company.COMMUNITY,
                SharedDevServices.SAMPLE_SIZE,
                null,
                null,
                Map.of());
    }
}
