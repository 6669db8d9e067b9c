package io.themis.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * A port on the loopback address and the setting that chooses it.
 *
 * @param number 0 lets the system choose
 */
public record Port(String setting, int number) {

    /** Any free port. */
    public static Port free() {
        return new Port("", 0);
    }

    /**
     * Several of the parts report a taken port as a time-out or with a stack trace, and PostgreSQL's starter even takes
     * the other program for its own; so this looks first.
     *
     * @throws PortTakenException when another program listens there
     */
    public Port requireFree() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
            return this;
        } catch (IOException e) {
            throw new PortTakenException(this, e);
        }
    }
}
