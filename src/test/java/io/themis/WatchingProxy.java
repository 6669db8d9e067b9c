package io.themis;

import io.themis.devservices.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * Passes HTTP on to a store, and keeps in mind what was read there. It can hold a read before the store hears of it, or end the
 * connections of some.
 */
final class WatchingProxy extends TcpProxy {

    private static final Pattern GET = Pattern.compile("^GET /[^/]+/[^/]+/([^? ]+)(\\?\\S*)? HTTP/1.1\r\n");
    private static final Pattern RANGE = Pattern.compile("\r\n(?:x-ms-)?range: bytes=(\\d+)-(\\d*)");

    /**
     * A blob was asked for.
     *
     * @param length of the range; -1 if all of the blob was asked for
     */
    record Read(String blob, long length, boolean isOfOneVersion) {

        boolean isWhole() {
            return length < 0;
        }
    }

    /** Of reads of a blob, until they are released: one whose connection was an old one comes twice. */
    private static final class Hold {

        private final String blob;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Hold(String blob) {
            this.blob = blob;
        }
    }

    private final List<Read> reads = new ArrayList<>();
    private Hold hold;
    private String broken;
    private int toBreak;

    WatchingProxy(int target) {
        super(target, ServerSocketFactory.getDefault());
    }

    synchronized List<Read> reads(Predicate<String> blob) {
        return reads.stream().filter(read -> blob.test(read.blob())).toList();
    }

    synchronized void forget() {
        reads.clear();
    }

    /** Holds reads of a blob from now on. */
    synchronized void hold(String blob) {
        hold = new Hold(blob);
    }

    void awaitHeld() throws InterruptedException {
        if (!held().reached.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody has read " + held().blob);
        }
    }

    private synchronized Hold held() {
        return hold;
    }

    void release() {
        held().released.countDown();
    }

    /** Ends the connections of the next reads of a blob. */
    synchronized void breakNext(String blob, int count) {
        broken = blob;
        toBreak = count;
    }

    synchronized boolean isBreaking() {
        return toBreak > 0;
    }

    @Override
    protected void passRequests(InputStream client, OutputStream upstream) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int read = client.read(buffer); read >= 0; read = client.read(buffer)) {
            String said = new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
            Matcher get = GET.matcher(said);
            if (get.find()) {
                String blob = URLDecoder.decode(get.group(1), StandardCharsets.UTF_8);
                if (isBroken(blob, said)) {
                    return;
                }
            }
            upstream.write(buffer, 0, read);
        }
    }

    private boolean isBroken(String blob, String said) throws IOException {
        Hold held = held();
        if (held != null && held.blob.equals(blob)) {
            held.reached.countDown();
            try {
                held.released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        String headers = said.toLowerCase(Locale.ROOT);
        Matcher range = RANGE.matcher(headers);
        boolean isRange = range.find() && !range.group(2).isEmpty();
        Read read = new Read(
                blob,
                isRange ? Long.parseLong(range.group(2)) - Long.parseLong(range.group(1)) + 1 : -1,
                headers.contains("\r\nif-match: \""));
        synchronized (this) {
            reads.add(read);
            boolean isBroken = toBreak > 0 && blob.equals(broken);
            toBreak -= isBroken ? 1 : 0;
            return isBroken;
        }
    }
}
