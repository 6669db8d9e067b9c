package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.stereotype.Component;

/** Makes one route a dataset from {@code routes/dataset-templates.camel.yaml}, so that operators see each by itself. */
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
                    templatedRoute("sql-dataset")
                            .routeId("dataset-" + dataset.name())
                            .prefixId("")
                            .parameter("dataset", dataset.name());
                    templatedRoute("sql-query")
                            .routeId("query-" + dataset.name())
                            .parameter("dataset", dataset.name())
                            .parameter("query", dataset.query())
                            .parameter("dataSource", dataset.dataSource());
                }
                case ROUTE ->
                    templatedRoute("route-dataset")
                            .routeId("dataset-" + dataset.name())
                            .prefixId("")
                            .parameter("dataset", dataset.name())
                            .parameter("uri", dataset.uri());
            }
        }
    }
}
