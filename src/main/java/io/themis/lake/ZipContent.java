package io.themis.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of one entry, which is held against its checksum and length where it ends. Bytes behind a packed content that ends
 * early are a fault, as a reader that goes by the content takes them for what comes next.
 */
final class ZipContent extends BlockInput {

    private final ZipBytes zip;
    private final ZipMember member;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] packed = new byte[RowScan.AT_ONCE];
    private long at;
    private long left;
    private long length;
    private boolean isChecked;

    ZipContent(ZipBytes zip, ZipMember member) {
        this.zip = zip;
        this.member = member;
        at = member.contentFrom();
        left = member.numbers().packed();
    }

    @Override
    public int read(byte[] target, int from, int wanted) throws IOException {
        if (wanted == 0) {
            return 0;
        }
        int read = member.isDeflated() ? inflate(target, from, wanted) : take(target, from, wanted);
        if (read < 0) {
            check();
        } else {
            checksum.update(target, from, read);
            length += read;
        }
        return read;
    }

    private int take(byte[] target, int from, int wanted) throws IOException {
        if (left == 0) {
            return -1;
        }
        int read = zip.read(at, target, from, (int) Math.min(wanted, left));
        at += read;
        left -= read;
        return read;
    }

    private int inflate(byte[] target, int from, int wanted) throws IOException {
        try {
            while (!inflater.finished()) {
                int read = inflater.inflate(target, from, wanted);
                if (read > 0) {
                    return read;
                }
                boolean isStuck = inflater.needsDictionary() || inflater.needsInput() && !feed();
                if (isStuck && !inflater.finished()) {
                    throw damaged();
                }
            }
            return -1;
        } catch (DataFormatException e) {
            throw damaged();
        }
    }

    private boolean feed() throws IOException {
        int read = take(packed, 0, packed.length);
        inflater.setInput(packed, 0, Math.max(0, read));
        return read > 0;
    }

    private static UnreadableContentException damaged() {
        return new UnreadableContentException("the entry is damaged or cut off");
    }

    private void check() throws UnreadableContentException {
        if (left > 0 || inflater.getRemaining() > 0) {
            throw ZipMember.hidden();
        }
        if (length != member.numbers().size()
                || checksum.getValue() != member.numbers().crc()) {
            throw new UnreadableContentException("the entry does not fit its checksum");
        }
        isChecked = true;
    }

    /** Reads what is left. */
    void end() throws IOException {
        if (!isChecked) {
            transferTo(OutputStream.nullOutputStream());
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
