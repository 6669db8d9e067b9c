package io.themis.lake;

import io.themis.lake.ParquetRows.ParquetValue;
import io.themis.lake.RowMatch.Wanted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/** Tells of each row whether it is found, from the columns that are matched on and no others. */
final class ParquetKeys extends RecordMaterializer<Boolean> {

    private static final Set<PrimitiveTypeName> NUMBERS =
            Set.of(PrimitiveTypeName.INT32, PrimitiveTypeName.INT64, PrimitiveTypeName.FLOAT, PrimitiveTypeName.DOUBLE);

    private final RowMatch match;
    private final Map<List<String>, String> columns = new LinkedHashMap<>();
    private final MessageType schema;
    private final GroupConverter root;
    private boolean matches;

    /** One of the columns matched on. */
    record Key(List<String> path, PrimitiveType type, Wanted wanted) {}

    ParquetKeys(MessageType file, RowMatch match) {
        this.match = match;
        match.columns().keySet().forEach(column -> columns.put(path(file, column), column));
        for (String column : match.review().keySet()) {
            try {
                columns.putIfAbsent(path(file, column), column);
            } catch (ParquetDamageException e) {
                // Nobody is named there, which is no reason not to read the person's own rows.
            }
        }
        schema = new MessageType(file.getName(), only(file, List.of()));
        root = group(schema, List.of());
    }

    /** The part of the file's schema that is matched on. */
    MessageType schema() {
        return schema;
    }

    List<Key> keys() {
        return schema.getColumns().stream()
                .map(column -> {
                    List<String> path = List.of(column.getPath());
                    return new Key(path, column.getPrimitiveType(), match.wanted(columns.get(path)));
                })
                .toList();
    }

    private static List<String> path(MessageType file, String column) {
        List<String> path = new ArrayList<>();
        Type type = file;
        for (String name : names(file, column)) {
            type = inside(type, name, column);
            path.add(name);
            if (type.isRepetition(Repetition.REPEATED)) {
                throw new ParquetDamageException(
                        "column %s can hold several values, so it is no key".formatted(column));
            }
        }
        if (!type.isPrimitive() || !isKey(type.asPrimitiveType())) {
            throw new ParquetDamageException(
                    "column %s is of a type that can't be a key; a key is text, a number or a UUID".formatted(column));
        }
        return path;
    }

    /** @throws ParquetDamageException if the file has no such column */
    static Type field(MessageType file, String column) {
        Type type = file;
        for (String name : names(file, column)) {
            type = inside(type, name, column);
        }
        return type;
    }

    /**
     * A path may lead into a list, a map or a value: there, all of it is hidden.
     *
     * @throws ParquetDamageException if the file has nothing that can be hidden for the column
     */
    static void requireMaskable(MessageType file, String column) {
        Type type = file;
        for (String name : names(file, column)) {
            if (type != file
                    && (type.isPrimitive()
                            || type.getLogicalTypeAnnotation() != null
                            || type.isRepetition(Repetition.REPEATED))) {
                return;
            }
            type = inside(type, name, column);
        }
    }

    /** A column of that very name, or else the field that its {@link ColumnPath} leads to. */
    private static List<String> names(MessageType file, String column) {
        return file.containsField(column)
                ? List.of(column)
                : ColumnPath.parse(column).names();
    }

    static Type inside(Type type, String name, String column) {
        if (type.isPrimitive() || !type.asGroupType().containsField(name)) {
            throw new ParquetDamageException("the file has no column %s, which the data map names".formatted(column));
        }
        return type.asGroupType().getType(name);
    }

    private static boolean isKey(PrimitiveType type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        return logical == null && NUMBERS.contains(type.getPrimitiveTypeName())
                || logical instanceof StringLogicalTypeAnnotation
                || logical instanceof EnumLogicalTypeAnnotation
                || logical instanceof UUIDLogicalTypeAnnotation
                || logical instanceof IntLogicalTypeAnnotation
                || logical instanceof DecimalLogicalTypeAnnotation;
    }

    private List<Type> only(GroupType group, List<String> path) {
        List<Type> fields = new ArrayList<>();
        for (Type field : group.getFields()) {
            List<String> fieldPath = longer(path, field);
            if (columns.containsKey(fieldPath)) {
                fields.add(field);
            } else if (!field.isPrimitive()) {
                List<Type> inside = only(field.asGroupType(), fieldPath);
                if (!inside.isEmpty()) {
                    fields.add(field.asGroupType().withNewFields(inside));
                }
            }
        }
        return fields;
    }

    private static List<String> longer(List<String> path, Type field) {
        List<String> longer = new ArrayList<>(path);
        longer.add(field.getName());
        return longer;
    }

    private GroupConverter group(GroupType type, List<String> path) {
        List<Converter> fields = type.getFields().stream()
                .map(field -> field.isPrimitive()
                        ? key(field.asPrimitiveType(), columns.get(longer(path, field)))
                        : group(field.asGroupType(), longer(path, field)))
                .toList();
        return new GroupConverter() {

            @Override
            public Converter getConverter(int field) {
                return fields.get(field);
            }

            @Override
            public void start() {
                if (type == schema) {
                    matches = false;
                }
            }

            @Override
            public void end() {}
        };
    }

    private Converter key(PrimitiveType type, String column) {
        Function<Object, Object> meaning = ParquetValues.of(type);
        return new ParquetValue() {
            @Override
            void take(Object stored) {
                matches = matches
                        || KeyText.of(meaning.apply(stored))
                                .filter(text -> match.matches(column, text))
                                .isPresent();
            }
        };
    }

    @Override
    public Boolean getCurrentRecord() {
        return matches;
    }

    @Override
    public GroupConverter getRootConverter() {
        return root;
    }
}
