package io.themis.devservices;

/** Another program listens on the port of a part. The message names the port and the setting that changes it. */
public class PortTakenException extends DevServicesException {

    PortTakenException(Port port, Throwable cause) {
        this(port.number(), port.setting(), cause);
    }

    PortTakenException(int number, String setting, Throwable cause) {
        super(
                "Port %d is already in use: stop the program that listens there, or choose another port with %s."
                        .formatted(number, setting),
                cause);
    }
}
