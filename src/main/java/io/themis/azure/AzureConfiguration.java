package io.themis.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.azure.storage.file.datalake.DataLakeServiceClient;
import com.azure.storage.file.datalake.DataLakeServiceClientBuilder;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

@Configuration(proxyBeanMethods = false)
class AzureConfiguration {

    /** Short: these bridge a hiccup. What lasts longer is for the step's own retries, which survive a restart. */
    private static final RequestRetryOptions RETRIES = new RequestRetryOptions(
            RetryPolicyType.EXPONENTIAL,
            3,
            Duration.ofSeconds(60),
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            null);

    /** The store may copy gigabytes before it answers. */
    private static final RequestRetryOptions PATIENT_RETRIES = new RequestRetryOptions(
            RetryPolicyType.EXPONENTIAL,
            3,
            Duration.ofMinutes(10),
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            null);

    @Bean
    TokenCredential azureCredential() {
        return new DefaultAzureCredentialBuilder().build();
    }

    @Bean
    BlobServiceClient storage(StorageSettings settings, TokenCredential identity) {
        return blobService(settings.endpoint(), settings.accountName(), settings.accountKey(), identity)
                .buildClient();
    }

    @Bean
    BlobContainerClient stagingContainer(BlobServiceClient storage, StorageSettings settings) {
        return storage.getBlobContainerClient(settings.stagingContainer());
    }

    @Bean
    BlobContainerClient packagesContainer(BlobServiceClient storage, StorageSettings settings) {
        return storage.getBlobContainerClient(settings.packagesContainer());
    }

    @Bean
    BlobContainerClient reviewContainer(BlobServiceClient storage, StorageSettings settings) {
        return storage.getBlobContainerClient(settings.reviewContainer());
    }

    @Bean
    BlobContainerClient indexContainer(BlobServiceClient storage, StorageSettings settings) {
        return storage.getBlobContainerClient(settings.indexContainer());
    }

    /** Reads several ranges of the index at the same time. */
    @Bean
    BlobContainerAsyncClient indexRanges(StorageSettings settings, TokenCredential identity) {
        return blobService(settings.endpoint(), settings.accountName(), settings.accountKey(), identity)
                .buildAsyncClient()
                .getBlobContainerAsyncClient(settings.indexContainer());
    }

    /** Lists the lake: the blob API answers on hierarchical accounts too, and in Azurite it is the only one. */
    @Bean
    BlobContainerClient lakeContainer(LakeSettings settings, TokenCredential identity) {
        return blobService(settings.endpoint(), settings.accountName(), settings.accountKey(), identity)
                .buildClient()
                .getBlobContainerClient(settings.container());
    }

    /** Rewrites the lake's files, and deletes what the store keeps of them as they were. */
    @Bean
    BlobContainerClient lakeRewriting(LakeSettings settings, TokenCredential identity) {
        return blobService(settings.endpoint(), settings.accountName(), settings.accountKey(), identity)
                .retryOptions(PATIENT_RETRIES)
                .buildClient()
                .getBlobContainerClient(settings.container());
    }

    /**
     * Threads for the lake's downloads alone. A download calls its sink on the thread of its connection, and the sink may
     * wait until rows are uploaded: on shared threads, that upload could be waiting for the same thread.
     */
    @Bean(destroyMethod = "dispose")
    LoopResources lakeConnections(LakeSettings settings) {
        return LoopResources.create("lake-http", settings.readers(), true);
    }

    /** Reads ranges of the lake's files, some ahead, which the component can't. */
    @Bean
    BlobContainerAsyncClient lakeRanges(LakeSettings settings, TokenCredential identity) {
        return blobService(settings.endpoint(), settings.accountName(), settings.accountKey(), identity)
                .buildAsyncClient()
                .getBlobContainerAsyncClient(settings.container());
    }

    /** Reads the lake's files, for the azure-storage-datalake component. */
    @Bean
    DataLakeServiceClient lakeFiles(LakeSettings settings, TokenCredential identity, LoopResources lakeConnections) {
        HttpClient connections = HttpClient.create(ConnectionProvider.create("lake", 2 * settings.readers()))
                .runOn(lakeConnections);
        DataLakeServiceClientBuilder builder = new DataLakeServiceClientBuilder()
                .endpoint(settings.endpoint())
                .httpClient(new NettyAsyncHttpClientBuilder(connections).build())
                .retryOptions(RETRIES);
        return settings.accountKey() == null
                ? builder.credential(identity).buildClient()
                : builder.credential(new StorageSharedKeyCredential(settings.accountName(), settings.accountKey()))
                        .buildClient();
    }

    private static BlobServiceClientBuilder blobService(
            String endpoint, String accountName, String accountKey, TokenCredential identity) {
        BlobServiceClientBuilder builder =
                new BlobServiceClientBuilder().endpoint(endpoint).retryOptions(RETRIES);
        return accountKey == null
                ? builder.credential(identity)
                : builder.credential(new StorageSharedKeyCredential(accountName, accountKey));
    }
}
