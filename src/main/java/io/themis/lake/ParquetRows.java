package io.themis.lake;

import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Puts a row together from its columns: groups as maps in the order of the schema, with null for what is absent; lists,
 * also in the forms of old writers, and repeated fields as lists; maps as maps if their keys are plain and occur once, and
 * otherwise as a list of {@code {key, value}}.
 */
final class ParquetRows extends RecordMaterializer<Map<String, Object>> {

    private final GroupConverter root;
    private boolean skips;
    private Object row;

    ParquetRows(MessageType schema) {
        root = group(schema, value -> row = value);
    }

    /** The row after some that are passed over, and not put together. */
    Map<String, Object> after(int skipped, RecordReader<Map<String, Object>> rows) {
        skips = true;
        for (int i = 0; i < skipped; i++) {
            rows.read();
        }
        skips = false;
        return rows.read();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, Object> getCurrentRecord() {
        return (Map<String, Object>) row;
    }

    @Override
    public GroupConverter getRootConverter() {
        return root;
    }

    /** @param taker gets each value of this type */
    private Converter converter(Type type, Consumer<Object> taker) {
        if (type.isPrimitive()) {
            return new Value(ParquetValues.of(type.asPrimitiveType()), taker);
        }
        GroupType group = type.asGroupType();
        LogicalTypeAnnotation logical = group.getLogicalTypeAnnotation();
        boolean wraps = group.getFieldCount() == 1 && group.getType(0).isRepetition(Repetition.REPEATED);
        if (wraps && logical instanceof ListLogicalTypeAnnotation) {
            return list(group, taker);
        }
        boolean isMap = logical instanceof MapLogicalTypeAnnotation || logical instanceof MapKeyValueTypeAnnotation;
        if (wraps && isMap && !group.getType(0).isPrimitive()) {
            return map(group.getType(0).asGroupType(), taker);
        }
        return group(group, taker);
    }

    private GroupConverter group(GroupType type, Consumer<Object> taker) {
        return new Group(taker) {

            private Map<String, Object> values;

            private final List<Converter> fields = type.getFields().stream()
                    .map(field -> converter(field, value -> put(field, value)))
                    .toList();

            @SuppressWarnings("unchecked")
            private void put(Type field, Object value) {
                if (field.isRepetition(Repetition.REPEATED)) {
                    ((List<Object>) values.get(field.getName())).add(value);
                } else {
                    values.put(field.getName(), value);
                }
            }

            @Override
            void begin() {
                values = new LinkedHashMap<>(2 * fields.size());
                for (Type field : type.getFields()) {
                    values.put(field.getName(), field.isRepetition(Repetition.REPEATED) ? new ArrayList<>() : null);
                }
            }

            @Override
            Object value() {
                return values;
            }

            @Override
            public Converter getConverter(int field) {
                return fields.get(field);
            }
        };
    }

    private GroupConverter list(GroupType list, Consumer<Object> taker) {
        return new Group(taker) {

            private List<Object> items;

            private final Converter item = isElement(list)
                    ? converter(list.getType(0), value -> items.add(value))
                    : wrapper(list.getType(0).asGroupType(), fields -> items.add(fields[0]));

            @Override
            void begin() {
                items = new ArrayList<>();
            }

            @Override
            Object value() {
                return items;
            }

            @Override
            public Converter getConverter(int field) {
                return item;
            }
        };
    }

    /**
     * Whether the repeated field is itself the element, as in the two-level lists of old writers, and no wrapper around it.
     * The rules are those of the format's LogicalTypes.md, "Backward-compatibility rules" of lists.
     */
    private static boolean isElement(GroupType list) {
        Type repeated = list.getType(0);
        return repeated.isPrimitive()
                || repeated.asGroupType().getFieldCount() > 1
                || repeated.asGroupType().getType(0).isRepetition(Repetition.REPEATED)
                || repeated.getName().equals("array")
                || repeated.getName().equals(list.getName() + "_tuple");
    }

    private GroupConverter map(GroupType entry, Consumer<Object> taker) {
        return new Group(taker) {

            private List<Object[]> entries;

            private final Converter each = wrapper(entry, fields -> entries.add(fields));

            @Override
            void begin() {
                entries = new ArrayList<>();
            }

            @Override
            Object value() {
                return asMap(entries);
            }

            @Override
            public Converter getConverter(int field) {
                return each;
            }
        };
    }

    private static Object asMap(List<Object[]> entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Object[] entry : entries) {
            if (isPlain(entry[0])) {
                map.put(entry[0].toString(), valueOf(entry));
            }
        }
        if (map.size() == entries.size()) {
            return map;
        }
        List<Object> list = new ArrayList<>();
        for (Object[] entry : entries) {
            Map<String, Object> pair = new LinkedHashMap<>();
            pair.put("key", entry[0]);
            pair.put("value", valueOf(entry));
            list.add(pair);
        }
        return list;
    }

    private static boolean isPlain(Object key) {
        return key instanceof CharSequence
                || key instanceof Number
                || key instanceof Boolean
                || key instanceof Temporal
                || key instanceof UUID;
    }

    /** A set is written as a map without values. */
    private static Object valueOf(Object[] entry) {
        return entry.length > 1 ? entry[1] : null;
    }

    /** For a group that only holds together what lists and maps repeat. */
    private GroupConverter wrapper(GroupType type, Consumer<Object[]> taker) {
        return new Group(fields -> taker.accept((Object[]) fields)) {

            private Object[] values;

            private final List<Converter> fields = IntStream.range(0, type.getFieldCount())
                    .mapToObj(i -> converter(type.getType(i), value -> values[i] = value))
                    .toList();

            @Override
            void begin() {
                values = new Object[fields.size()];
            }

            @Override
            Object value() {
                return values;
            }

            @Override
            public Converter getConverter(int field) {
                return fields.get(field);
            }
        };
    }

    private abstract class Group extends GroupConverter {

        private final Consumer<Object> taker;

        private Group(Consumer<Object> taker) {
            this.taker = taker;
        }

        abstract void begin();

        abstract Object value();

        @Override
        public void start() {
            if (!skips) {
                begin();
            }
        }

        @Override
        public void end() {
            if (!skips) {
                taker.accept(value());
            }
        }
    }

    private final class Value extends ParquetValue {

        private final Function<Object, Object> meaning;
        private final Consumer<Object> taker;

        private Value(Function<Object, Object> meaning, Consumer<Object> taker) {
            this.meaning = meaning;
            this.taker = taker;
        }

        @Override
        void take(Object stored) {
            if (!skips) {
                taker.accept(meaning.apply(stored));
            }
        }
    }

    /** A value as it is stored, whichever its type. */
    abstract static class ParquetValue extends PrimitiveConverter {

        abstract void take(Object stored);

        @Override
        public void addBinary(Binary value) {
            take(value);
        }

        @Override
        public void addBoolean(boolean value) {
            take(value);
        }

        @Override
        public void addDouble(double value) {
            take(value);
        }

        @Override
        public void addFloat(float value) {
            take(value);
        }

        @Override
        public void addInt(int value) {
            take(value);
        }

        @Override
        public void addLong(long value) {
            take(value);
        }
    }
}
