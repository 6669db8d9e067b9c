package io.themis.lake;

import io.airlift.compress.Compressor;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.zstd.ZstdCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.api.Binary;

/**
 * Writes one column of one row group anew: page by page as the old one, in the version and the encoding of each. What tells of its values,
 * which are statistics, the column index and the bloom filter, is made of the new ones alone. The library's own writers need libraries that
 * are not here.
 *
 * <p>Memory: a page, and the pages that are encoded with a dictionary, as that comes before them in the file.
 */
final class ParquetChunkWriter implements TripleSink {

    private final ColumnDescriptor column;
    private final CompressionCodec codec;
    private final ParquetTarget target;
    private final BlockSplitBloomFilter filter;
    private final RunLengthBitPackingHybridEncoder repetitions;
    private final RunLengthBitPackingHybridEncoder definitions;
    private final DictionaryPage oldDictionary;
    private final long start;
    private final List<Page> held = new ArrayList<>();
    private final List<PageLocation> locations = new ArrayList<>();
    private final Map<PageEncodingStats, Integer> pages = new LinkedHashMap<>();
    private final Set<Encoding> encodings = new LinkedHashSet<>();
    private final ParquetExtremes extremes;
    private final List<ParquetExtremes> pageExtremes = new ArrayList<>();
    private DictionaryValuesWriter dictionary;
    private boolean isDictionaryOpen;
    private boolean hasDictionaryValues;
    private long dictionaryAt;
    private DataPage old;
    private ValuesWriter values;
    private ParquetExtremes current;
    private int pageValues;
    private int pageNulls;
    private int pageRows;
    private long allValues;
    private long allRows;
    private long plainLength;

    /** A page that is not in the file yet. */
    private record Page(byte[] bytes, long firstRow) {}

    /**
     * @param oldDictionary of the column as it was; null if it had none
     * @param filter gets the values; null for none
     */
    ParquetChunkWriter(
            ColumnDescriptor column,
            CompressionCodec codec,
            DictionaryPage oldDictionary,
            BlockSplitBloomFilter filter,
            ParquetTarget target) {
        this.column = column;
        this.codec = codec;
        this.oldDictionary = oldDictionary;
        this.filter = filter;
        this.target = target;
        start = target.position();
        repetitions = ParquetEncoders.levels(column.getMaxRepetitionLevel());
        definitions = ParquetEncoders.levels(column.getMaxDefinitionLevel());
        extremes = new ParquetExtremes(column.getPrimitiveType());
        isDictionaryOpen = oldDictionary != null;
    }

    /** @param page of the column as it was, in which the row begins */
    void beginRow(DataPage page) {
        if (page != old) {
            endPage();
            old = page;
            values = values(page);
            current = new ParquetExtremes(column.getPrimitiveType());
        }
        pageRows++;
    }

    private ValuesWriter values(DataPage page) {
        org.apache.parquet.column.Encoding encoding =
                page instanceof DataPageV2 second ? second.getDataEncoding() : ((DataPageV1) page).getValueEncoding();
        if (!encoding.usesDictionary()) {
            return ParquetEncoders.values(column, encoding);
        }
        if (!isDictionaryOpen) {
            return ParquetEncoders.plain(column);
        }
        if (dictionary == null) {
            dictionary = ParquetEncoders.dictionary(column, encoding, oldDictionary.getEncoding());
        }
        return dictionary;
    }

    private void levels(int repetition, int definition) {
        try {
            if (column.getMaxRepetitionLevel() > 0) {
                repetitions.writeInt(repetition);
            }
            if (column.getMaxDefinitionLevel() > 0) {
                definitions.writeInt(definition);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pageValues++;
    }

    @Override
    public void empty(int repetition, int definition) {
        levels(repetition, definition);
        current.takeNull();
        pageNulls++;
    }

    @Override
    public void value(int repetition, int definition, boolean value) {
        levels(repetition, definition);
        values.writeBoolean(value);
        current.take(value);
    }

    @Override
    public void value(int repetition, int definition, int value) {
        levels(repetition, definition);
        values.writeInteger(value);
        current.take(value);
        if (filter != null) {
            filter.insertHash(filter.hash(value));
        }
    }

    @Override
    public void value(int repetition, int definition, long value) {
        levels(repetition, definition);
        values.writeLong(value);
        current.take(value);
        if (filter != null) {
            filter.insertHash(filter.hash(value));
        }
    }

    @Override
    public void value(int repetition, int definition, float value) {
        levels(repetition, definition);
        values.writeInteger(Float.floatToRawIntBits(value));
        current.take(value);
        if (filter != null) {
            filter.insertHash(filter.hash(value));
        }
    }

    @Override
    public void value(int repetition, int definition, double value) {
        levels(repetition, definition);
        values.writeLong(Double.doubleToRawLongBits(value));
        current.take(value);
        if (filter != null) {
            filter.insertHash(filter.hash(value));
        }
    }

    @Override
    public void value(int repetition, int definition, Binary value) {
        levels(repetition, definition);
        values.writeBytes(value);
        current.take(value);
        if (filter != null) {
            filter.insertHash(filter.hash(value));
        }
    }

    private void endPage() {
        if (pageValues == 0) {
            return;
        }
        try {
            boolean hasValues = pageValues > pageNulls;
            boolean usesDictionary = values == dictionary && (hasValues || hasDictionaryValues);
            hasDictionaryValues |= usesDictionary;
            // A page of nulls says nothing of whether the old column had given its dictionary up
            if (isDictionaryOpen && !usesDictionary && hasValues) {
                closeDictionary();
            }
            ValuesWriter writer = values == dictionary && !usesDictionary ? ParquetEncoders.plain(column) : values;
            Page page = new Page(page(writer), allRows);
            if (isDictionaryOpen) {
                held.add(page);
            } else {
                write(page);
            }
            values.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        repetitions.reset();
        definitions.reset();
        current.settle();
        extremes.take(current);
        pageExtremes.add(current);
        allValues += pageValues;
        allRows += pageRows;
        pageValues = 0;
        pageNulls = 0;
        pageRows = 0;
    }

    private byte[] page(ValuesWriter writer) throws IOException {
        boolean isSecond = old instanceof DataPageV2;
        BytesInput repetition = levels(repetitions, column.getMaxRepetitionLevel(), isSecond);
        BytesInput definition = levels(definitions, column.getMaxDefinitionLevel(), isSecond);
        byte[] data = writer.getBytes().toByteArray();
        Encoding encoding = encoding(writer.getEncoding());
        PageHeader header;
        byte[] body;
        int plain = Math.toIntExact(repetition.size() + definition.size() + data.length);
        if (isSecond) {
            boolean isCompressed = codec != CompressionCodec.UNCOMPRESSED && data.length > 0;
            byte[] packed = isCompressed ? compressed(data) : data;
            body = BytesInput.concat(repetition, definition, BytesInput.from(packed))
                    .toByteArray();
            header = new PageHeader(PageType.DATA_PAGE_V2, plain, body.length);
            header.setData_page_header_v2(new DataPageHeaderV2(
                            pageValues, pageNulls, pageRows, encoding, (int) definition.size(), (int) repetition.size())
                    .setIs_compressed(isCompressed));
        } else {
            body = compressed(BytesInput.concat(repetition, definition, BytesInput.from(data))
                    .toByteArray());
            header = new PageHeader(PageType.DATA_PAGE, plain, body.length);
            header.setData_page_header(new DataPageHeader(pageValues, encoding, Encoding.RLE, Encoding.RLE));
        }
        encodings.add(encoding);
        encodings.add(Encoding.RLE);
        return written(header, body, encoding);
    }

    /** In pages of the second version their lengths are in the header. */
    private static BytesInput levels(RunLengthBitPackingHybridEncoder levels, int highest, boolean isSecond)
            throws IOException {
        if (highest == 0) {
            return BytesInput.empty();
        }
        BytesInput bytes = levels.toBytes();
        return isSecond ? bytes : BytesInput.concat(BytesInput.fromInt((int) bytes.size()), bytes);
    }

    private byte[] written(PageHeader header, byte[] body, Encoding encoding) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(body);
        header.setCrc((int) sum.getValue());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 64);
        Util.writePageHeader(header, bytes);
        plainLength += bytes.size() + header.getUncompressed_page_size();
        bytes.write(body);
        pages.merge(new PageEncodingStats(header.getType(), encoding, 0), 1, Integer::sum);
        return bytes.toByteArray();
    }

    private void closeDictionary() throws IOException {
        isDictionaryOpen = false;
        if (hasDictionaryValues) {
            DictionaryPage page = dictionary.toDictPageAndClose();
            byte[] plain = page.getBytes().toByteArray();
            byte[] body = compressed(plain);
            Encoding encoding = encoding(page.getEncoding());
            PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, plain.length, body.length);
            header.setDictionary_page_header(new DictionaryPageHeader(page.getDictionarySize(), encoding));
            encodings.add(encoding);
            dictionaryAt = target.position();
            target.write(written(header, body, encoding));
        }
        for (Page page : held) {
            write(page);
        }
        held.clear();
    }

    private void write(Page page) throws IOException {
        locations.add(new PageLocation(target.position(), page.bytes().length, page.firstRow()));
        target.write(page.bytes());
    }

    private byte[] compressed(byte[] plain) throws IOException {
        return switch (codec) {
            case UNCOMPRESSED -> plain;
            case GZIP -> {
                ByteArrayOutputStream packed = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                    gzip.write(plain);
                }
                yield packed.toByteArray();
            }
            case SNAPPY -> compressed(plain, new SnappyCompressor());
            case ZSTD -> compressed(plain, new ZstdCompressor());
            case LZ4_RAW -> compressed(plain, new Lz4Compressor());
            default -> throw new IllegalArgumentException(codec.name());
        };
    }

    private static byte[] compressed(byte[] plain, Compressor compressor) {
        byte[] packed = new byte[compressor.maxCompressedLength(plain.length)];
        int length = compressor.compress(plain, 0, plain.length, packed, 0, packed.length);
        return Arrays.copyOf(packed, length);
    }

    private static Encoding encoding(org.apache.parquet.column.Encoding encoding) {
        return Encoding.valueOf(encoding.name());
    }

    /**
     * Writes what is left.
     *
     * @param stated what the footer said of the column as it was
     * @return what the footer is to say of it now, apart from the bloom filter: what it did not tell before it does not tell now
     */
    ColumnMetaData finish(ColumnMetaData stated) throws IOException {
        endPage();
        if (isDictionaryOpen) {
            closeDictionary();
        }
        ColumnMetaData now = stated.deepCopy()
                .setEncodings(List.copyOf(encodings))
                .setNum_values(allValues)
                .setTotal_uncompressed_size(plainLength)
                .setTotal_compressed_size(target.position() - start)
                .setData_page_offset(locations.get(0).getOffset());
        now.unsetDictionary_page_offset();
        if (dictionaryAt > 0) {
            now.setDictionary_page_offset(dictionaryAt);
        }
        now.unsetIndex_page_offset();
        now.unsetBloom_filter_offset();
        now.unsetBloom_filter_length();
        now.unsetSize_statistics();
        now.unsetGeospatial_statistics();
        if (stated.isSetEncoding_stats()) {
            now.setEncoding_stats(pages.entrySet().stream()
                    .map(entry -> entry.getKey().deepCopy().setCount(entry.getValue()))
                    .toList());
        }
        if (stated.isSetStatistics()) {
            now.setStatistics(extremes.statistics(stated.getStatistics()));
        }
        return now;
    }

    /** Nothing if there can't be one. */
    Optional<ColumnIndex> columnIndex() {
        return ParquetExtremes.index(column.getPrimitiveType(), pageExtremes);
    }

    OffsetIndex offsetIndex() {
        return new OffsetIndex(locations);
    }
}
