package io.themis.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.themis.Themis;
import io.themis.ThemisTest;
import io.themis.devservices.DevServices;
import io.themis.devservices.DevUser;
import io.themis.devservices.SampleLake;
import io.themis.devservices.ThemisProcess;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** The whole flow on real parts that are all on this machine, from the request to the mail with the link. */
@Tag("bench")
@ThemisTest
class FlowSpeedIT {

    private static final int PEOPLE = 20;
    private static final int SAMPLE_SIZE = 200;

    @Autowired
    Themis themis;

    @Autowired
    DevServices services;

    @Test
    void requestsOfAMinute() throws Exception {
        List<String> people = new SampleLake(SAMPLE_SIZE)
                .users().stream().map(DevUser::emailAddress).limit(PEOPLE).toList();
        assertThat(people).hasSize(PEOPLE);
        answer(people);
        Times times = new Times();
        for (int round = 0; round < Contest.ROUNDS; round++) {
            long start = System.nanoTime();
            answer(people);
            times.addSince(start);
        }

        PerformancePage page = new PerformancePage("8-flow", "The whole flow");
        page.say(
                "%d people ask at the same time; the sample company's lake is small (`themis.dev.sample-size=%d`), so this is what a request costs besides the lake. Medians of %d rounds."
                        .formatted(PEOPLE, SAMPLE_SIZE, Contest.ROUNDS));
        page.header("what", "median", "fastest", "slowest");
        page.row("requests a minute", aMinute(times.median()), aMinute(times.fastest()), aMinute(times.slowest()));
        page.write();
    }

    private static String aMinute(double seconds) {
        return "%.0f".formatted(PEOPLE * 60 / seconds);
    }

    /** All get their package and both mails; what is in it is the subject of other tests. */
    private void answer(List<String> people) {
        Map<String, String> requests = new LinkedHashMap<>();
        people.forEach(person -> requests.put(themis.ask(person), person));
        requests.forEach((id, person) -> {
            themis.await(id, "delivered");
            assertThat(themis.mails(id, person)).hasSize(2);
        });
    }

    @Test
    void startUp(@TempDir Path temporary) throws Exception {
        Times times = new Times();
        for (int round = 0; round <= Contest.ROUNDS; round++) {
            long start = System.nanoTime();
            try (ThemisProcess process = ThemisProcess.start(services, temporary, Map.of())) {
                if (round > 0) {
                    times.addSince(start);
                }
            }
        }

        PerformancePage page = new PerformancePage("9-start-up", "Start-up");
        page.say(
                "A second process on parts that run already, with `-Xmx512m -XX:TieredStopAtLevel=1`: from its start until it takes requests. Medians of %d rounds."
                        .formatted(Contest.ROUNDS));
        page.header("what", "median", "fastest", "slowest");
        page.row("start-up, seconds", seconds(times.median()), seconds(times.fastest()), seconds(times.slowest()));
        page.write();
    }

    private static String seconds(double seconds) {
        return "%.1f".formatted(seconds);
    }
}
