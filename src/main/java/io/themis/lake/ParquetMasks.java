package io.themis.lake;

import java.time.DateTimeException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Finds out what replaced values are in the columns of a file. A path leads through groups to a value, which can be replaced by another of
 * its type, or to anything optional or repeated, which can be replaced by null. Where a group on the way is absent, there is nothing to
 * replace.
 */
final class ParquetMasks {

    private final MessageType schema;
    private final Map<ColumnPath, Place> places = new HashMap<>();

    /**
     * What replaces the triples of one row in one column, unless there is nothing to replace.
     *
     * @param level definition level of the group that it is in: where a row has less, that group is absent
     * @param stored as it is stored; null for null
     */
    record Mask(int level, Object stored) {}

    private record Place(Type field, int level, List<ColumnDescriptor> columns) {}

    ParquetMasks(MessageType schema) {
        this.schema = schema;
    }

    /**
     * @param replaced as a judge says
     * @throws ParquetDamageException if the file can't hold it
     */
    Map<ColumnDescriptor, Mask> of(Map<ColumnPath, Object> replaced) {
        Map<ColumnDescriptor, Mask> masks = new HashMap<>();
        // What replaces a group replaces all that is in it
        replaced.keySet().stream()
                .sorted(Comparator.comparing(path -> path.names().size()))
                .forEach(path -> {
                    Place place = places.computeIfAbsent(path, this::place);
                    Mask mask = new Mask(place.level(), stored(place.field(), replaced.get(path), path));
                    place.columns().forEach(column -> masks.putIfAbsent(column, mask));
                });
        return masks;
    }

    private Place place(ColumnPath path) {
        List<String> names = path.names();
        Type type = schema;
        for (String name : names) {
            if (type != schema && (type.getLogicalTypeAnnotation() != null || type.isRepetition(Repetition.REPEATED))) {
                throw ofSeveral(path);
            }
            type = ParquetKeys.inside(type, name, path.toString());
        }
        String[] parent = names.subList(0, names.size() - 1).toArray(String[]::new);
        List<ColumnDescriptor> columns = schema.getColumns().stream()
                .filter(column -> column.getPath().length >= names.size()
                        && List.of(column.getPath()).subList(0, names.size()).equals(names))
                .toList();
        return new Place(type, schema.getMaxDefinitionLevel(parent), columns);
    }

    private static ParquetDamageException ofSeveral(ColumnPath path) {
        return new ParquetDamageException(
                "column %s can hold several values, none of which can be replaced alone".formatted(path));
    }

    private static Object stored(Type field, Object value, ColumnPath path) {
        if (value == null) {
            if (field.isRepetition(Repetition.REQUIRED)) {
                throw new ParquetDamageException(
                        "column %s can't be null, which is to replace its values".formatted(path));
            }
            return null;
        }
        if (field.isRepetition(Repetition.REPEATED)) {
            throw ofSeveral(path);
        }
        if (!field.isPrimitive()) {
            throw new ParquetDamageException(
                    "column %s is no single value, so nothing but null can replace it".formatted(path));
        }
        try {
            return ParquetStored.of(field.asPrimitiveType(), value);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new ParquetDamageException("column %s holds %s, so it can't be replaced by this %s"
                    .formatted(path, name(field.asPrimitiveType()), kind(value)));
        }
    }

    private static String name(PrimitiveType type) {
        return Stream.of(type.getPrimitiveTypeName(), type.getLogicalTypeAnnotation())
                .filter(name -> name != null)
                .map(name -> name.toString().toLowerCase(Locale.ROOT))
                .reduce("%s of type %s"::formatted)
                .orElseThrow();
    }

    private static String kind(Object value) {
        return value instanceof Number ? "number" : value instanceof Boolean ? "boolean" : "text";
    }
}
