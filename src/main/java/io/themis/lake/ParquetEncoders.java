package io.themis.lake;

import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.FixedLenByteArrayByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.IntegerByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter.LongByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainBinaryDictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainFixedLenArrayDictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainIntegerDictionaryValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter.PlainLongDictionaryValuesWriter;
import org.apache.parquet.column.values.plain.BooleanPlainValuesWriter;
import org.apache.parquet.column.values.plain.FixedLenByteArrayPlainValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridValuesWriter;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Writers of values and levels, by the encoding that a page has. Floats are given to them as the integers of their bits: the library's own
 * writers of floats make all NaNs one.
 */
final class ParquetEncoders {

    private static final ByteBufferAllocator HEAP = HeapByteBufferAllocator.getInstance();
    private static final int FIRST_SLAB = 1 << 10;

    /** Grows further. */
    private static final int USUAL_PAGE = 1 << 20;

    private static final int INT96_LENGTH = 12;

    private ParquetEncoders() {}

    static RunLengthBitPackingHybridEncoder levels(int highest) {
        return new RunLengthBitPackingHybridEncoder(
                BytesUtils.getWidthFromMaxInt(highest), FIRST_SLAB, USUAL_PAGE, HEAP);
    }

    /** @param encoding that does not use a dictionary; plain where there is none such for the column's type */
    static ValuesWriter values(ColumnDescriptor column, Encoding encoding) {
        PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
        boolean isInt = type == PrimitiveTypeName.INT32 || type == PrimitiveTypeName.FLOAT;
        boolean isLong = type == PrimitiveTypeName.INT64 || type == PrimitiveTypeName.DOUBLE;
        return switch (encoding) {
            case RLE -> new RunLengthBitPackingHybridValuesWriter(1, FIRST_SLAB, USUAL_PAGE, HEAP);
            case DELTA_BINARY_PACKED ->
                isInt
                        ? new DeltaBinaryPackingValuesWriterForInteger(FIRST_SLAB, USUAL_PAGE, HEAP)
                        : new DeltaBinaryPackingValuesWriterForLong(FIRST_SLAB, USUAL_PAGE, HEAP);
            case DELTA_LENGTH_BYTE_ARRAY -> new DeltaLengthByteArrayValuesWriter(FIRST_SLAB, USUAL_PAGE, HEAP);
            case DELTA_BYTE_ARRAY -> new DeltaByteArrayWriter(FIRST_SLAB, USUAL_PAGE, HEAP);
            case BYTE_STREAM_SPLIT -> {
                if (isInt) {
                    yield new IntegerByteStreamSplitValuesWriter(FIRST_SLAB, USUAL_PAGE, HEAP);
                }
                yield isLong
                        ? new LongByteStreamSplitValuesWriter(FIRST_SLAB, USUAL_PAGE, HEAP)
                        : new FixedLenByteArrayByteStreamSplitValuesWriter(
                                length(column), FIRST_SLAB, USUAL_PAGE, HEAP);
            }
            default -> plain(column);
        };
    }

    static ValuesWriter plain(ColumnDescriptor column) {
        return switch (column.getPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> new BooleanPlainValuesWriter();
            case INT96, FIXED_LEN_BYTE_ARRAY ->
                new FixedLenByteArrayPlainValuesWriter(length(column), FIRST_SLAB, USUAL_PAGE, HEAP);
            default -> new PlainValuesWriter(FIRST_SLAB, USUAL_PAGE, HEAP);
        };
    }

    /**
     * @param pages encoding of the data pages
     * @param dictionary encoding of the dictionary page
     */
    static DictionaryValuesWriter dictionary(ColumnDescriptor column, Encoding pages, Encoding dictionary) {
        return switch (column.getPrimitiveType().getPrimitiveTypeName()) {
            case INT32, FLOAT -> new PlainIntegerDictionaryValuesWriter(USUAL_PAGE, pages, dictionary, HEAP);
            case INT64, DOUBLE -> new PlainLongDictionaryValuesWriter(USUAL_PAGE, pages, dictionary, HEAP);
            case INT96, FIXED_LEN_BYTE_ARRAY ->
                new PlainFixedLenArrayDictionaryValuesWriter(USUAL_PAGE, length(column), pages, dictionary, HEAP);
            case BINARY -> new PlainBinaryDictionaryValuesWriter(USUAL_PAGE, pages, dictionary, HEAP);
            case BOOLEAN -> throw new ParquetDamageException("the file has a dictionary of booleans");
        };
    }

    private static int length(ColumnDescriptor column) {
        return column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT96
                ? INT96_LENGTH
                : column.getPrimitiveType().getTypeLength();
    }
}
