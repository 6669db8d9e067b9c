package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.request.DataSubjectRequest;
import io.themis.request.DatasetFindings;
import io.themis.request.Discoveries;
import io.themis.request.SubjectKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A company's database and datasets as the application has them, and nothing else of the application. */
public final class CompanyDatabases implements AutoCloseable {

    private final DataSources sources;

    /** One database under that name. */
    public CompanyDatabases(String name, String url, String username, String password, Duration queryTimeout) {
        sources = new DataSources(new DataSourceSettings(
                Map.of(name, new DataSourceSettings.Connection(url, username, password, queryTimeout))));
    }

    public DataSources sources() {
        return sources;
    }

    /** @param known what is known of whoever asks, beside their address */
    public static Datasets datasets(DataMap map, Set<SubjectKey> known, List<DatasetFindings> findings) {
        Discoveries discoveries = new Discoveries() {
            @Override
            public Set<SubjectKey> keys(UUID id) {
                return known;
            }

            @Override
            public List<DatasetFindings> findings(UUID id) {
                return findings;
            }

            @Override
            public void record(DataSubjectRequest request, DatasetFindings found, Collection<SubjectKey> keys) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void greet(UUID id, String greeting) {
                throw new UnsupportedOperationException();
            }
        };
        return new Datasets(map, discoveries, null, found -> {});
    }

    public static DataSubjectRequest requestOf(String emailAddress) {
        return OneDataset.requestOf(emailAddress);
    }

    @Override
    public void close() {
        sources.close();
    }
}
