package io.themis.devservices;

import java.nio.file.Path;

/** TLS in front of a part that speaks in clear, for an application that takes nothing else. */
public final class TlsProxy extends TcpProxy {

    /** @param target port of the part */
    public TlsProxy(int target) {
        super(target, LoopbackCertificate.get().server().getServerSocketFactory());
    }

    /** Writes what a process must trust to speak to a proxy, or to the stand-in of Event Grid, in this one. */
    public static void writeTrustStore(Path file, String password) {
        LoopbackCertificate.get().writeTrustStore(file, password);
    }
}
