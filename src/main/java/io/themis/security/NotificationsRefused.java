package io.themis.security;

import org.jolokia.server.core.request.JolokiaRequest;
import org.jolokia.server.core.service.api.AbstractJolokiaService;
import org.jolokia.server.core.service.request.RequestHandler;
import org.jolokia.server.core.util.RequestType;

/**
 * Refuses Jolokia's requests of the type notification, which would register clients and listeners that nobody takes away.
 * They are in no policy's {@code commands}, but Jolokia 2.6 asks no policy about them.
 *
 * <p>Jolokia makes it by what {@code META-INF/jolokia/services} says.
 */
public final class NotificationsRefused extends AbstractJolokiaService<RequestHandler> implements RequestHandler {

    /** Before Jolokia's own, which has 1000; no two may have the same. */
    private static final int ORDER = 1;

    public NotificationsRefused() {
        super(RequestHandler.class, ORDER);
    }

    @Override
    public boolean canHandle(JolokiaRequest request) {
        return request.getType() == RequestType.NOTIFICATION;
    }

    /** @throws SecurityException always, which Jolokia answers with 403 */
    @Override
    public <R extends JolokiaRequest> Object handleRequest(R request, Object previousResult) {
        throw new SecurityException("notifications are not allowed");
    }

    /** None: it is for requests that name no provider of MBeans. */
    @Override
    public String getProvider() {
        return null;
    }

    @Override
    public Object getRuntimeInfo() {
        return null;
    }
}
