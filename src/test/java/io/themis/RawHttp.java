package io.themis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends what no well-meaning HTTP client sends, byte for byte, and gives back every byte that comes. */
final class RawHttp {

    private static final int PATIENCE_MS = 60_000;

    private RawHttp() {}

    /**
     * One request on a connection of its own.
     *
     * @param requestLine such as {@code POST /path HTTP/1.1}
     * @param headers whole lines, written as ISO 8859-1, so that each character is one byte
     */
    static String send(URI server, String requestLine, byte[] body, String... headers) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(latin1(requestLine + "\r\nHost: localhost\r\nConnection: close\r\n"));
        for (String header : headers) {
            request.writeBytes(latin1(header + "\r\n"));
        }
        request.writeBytes(latin1("Content-Length: " + body.length + "\r\n\r\n"));
        request.writeBytes(body);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            OutputStream out = socket.getOutputStream();
            out.write(request.toByteArray());
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
