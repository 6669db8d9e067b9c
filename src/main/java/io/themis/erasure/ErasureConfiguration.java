package io.themis.erasure;

import com.azure.core.credential.TokenCredential;
import com.azure.storage.blob.BlobContainerClient;
import io.themis.azure.LakeSettings;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ErasureSettings.class, LedgerSettings.class})
class ErasureConfiguration {

    @Bean
    OldCopies oldCopies(
            @Qualifier("lakeRewriting") BlobContainerClient lakeRewriting, ErasureSettings settings, Clock clock) {
        return new OldCopies(lakeRewriting, settings.oldCopies(), clock);
    }

    @Bean
    CopySource copySource(LakeSettings settings, TokenCredential identity) {
        return new CopySource(settings.accountKey() == null ? identity : null);
    }
}
