package io.themis.request;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RequestConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** The scheduler needs its tasks and the steps need the scheduler; the provider lets one be built before the other. */
    @Bean
    Task<Void> requestStep(ObjectProvider<Steps> steps) {
        return Tasks.custom(Steps.TASK, Void.class)
                .execute((task, context) -> steps.getObject().run(task, context));
    }
}
