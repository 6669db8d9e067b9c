package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.stereotype.Component;

/** Makes the routes of each dataset from {@code routes/dataset-templates.camel.yaml}, so that operators see each by itself. */
@Component
class DatasetRoutes extends RouteBuilder {

    private final DataMap map;

    DatasetRoutes(DataMap map) {
        this.map = map;
    }

    @Override
    public void configure() {
        for (Dataset dataset : map.datasets()) {
            switch (dataset.kind()) {
                case LAKE ->
                    templatedRoute("lake-dataset")
                            .routeId("dataset-" + dataset.name())
                            .prefixId("")
                            .parameter("dataset", dataset.name());
                case SQL -> {
                    queryDataset(dataset, "direct:query-" + dataset.name());
                    templatedRoute("sql-query")
                            .routeId("query-" + dataset.name())
                            .parameter("dataset", dataset.name())
                            .parameter("query", dataset.query())
                            .parameter("dataSource", dataset.dataSource())
                            .bean("rows", new DatasetRows(dataset));
                }
                case ROUTE -> {
                    queryDataset(dataset, dataset.uri());
                    if (dataset.erasure().uri() != null) {
                        templatedRoute("erase-by-route")
                                .routeId("erase-dataset-" + dataset.name())
                                .parameter("dataset", dataset.name())
                                .parameter("uri", dataset.erasure().uri());
                    }
                }
            }
        }
    }

    private void queryDataset(Dataset dataset, String uri) {
        templatedRoute("query-dataset")
                .routeId("dataset-" + dataset.name())
                .prefixId("")
                .parameter("dataset", dataset.name())
                .parameter("uri", uri);
    }
}
