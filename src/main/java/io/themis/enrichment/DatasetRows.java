package io.themis.enrichment;

import io.themis.datamap.Dataset;
import io.themis.datamap.SqlColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import org.apache.camel.component.sql.DefaultRowMapperFactory;
import org.springframework.jdbc.core.ColumnMapRowMapper;
import org.springframework.jdbc.core.RowMapper;

/** Makes a map of each row, once the columns are seen to be those that the dataset needs: what calls give is not known before. */
final class DatasetRows extends DefaultRowMapperFactory {

    private final Dataset dataset;

    DatasetRows(Dataset dataset) {
        this.dataset = dataset;
    }

    @Override
    public RowMapper<Map<String, Object>> newColumnRowMapper() {
        return new ColumnMapRowMapper() {
            @Override
            public Map<String, Object> mapRow(ResultSet rows, int number) throws SQLException {
                if (number == 0) {
                    SqlColumns.checkAnswer(dataset, rows.getMetaData());
                }
                return super.mapRow(rows, number);
            }
        };
    }
}
