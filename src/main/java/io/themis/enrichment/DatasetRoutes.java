package io.themis.enrichment;

import io.themis.datamap.DataMap;
import io.themis.datamap.Dataset;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.TemplatedRouteDefinition;
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
                case LAKE -> route(dataset, "lake-dataset", "dataset-");
                case SQL -> {
                    queryDataset(dataset, "direct:query-" + dataset.name());
                    route(dataset, "sql-query", "query-")
                            .parameter("query", dataset.query())
                            .parameter("dataSource", dataset.dataSource())
                            .bean("rows", new DatasetRows(dataset));
                }
                case ROUTE -> {
                    queryDataset(dataset, dataset.uri());
                    if (dataset.erasure().uri() != null) {
                        route(dataset, "erase-by-route", "erase-dataset-")
                                .parameter("uri", dataset.erasure().uri());
                    }
                }
            }
        }
    }

    private void queryDataset(Dataset dataset, String uri) {
        route(dataset, "query-dataset", "dataset-").parameter("uri", uri);
    }

    /** Without the prefix that Camel gives to nodes of templates: the console finds no figures of a node that has one. */
    private TemplatedRouteDefinition route(Dataset dataset, String template, String routeIdBefore) {
        return templatedRoute(template)
                .routeId(routeIdBefore + dataset.name())
                .prefixId("")
                .parameter("dataset", dataset.name());
    }
}
