package io.themis.security;

import javax.management.ObjectName;
import org.jolokia.server.core.restrictor.DenyAllRestrictor;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * What whoever is signed in may do through Jolokia, which asks in the thread of the call. An operator and a viewer have a
 * policy each; for anybody else, and in any other thread, everything is refused.
 */
final class ConsoleAccess implements Restrictor {

    private static final Restrictor NOTHING = new DenyAllRestrictor();

    private final Restrictor operators;
    private final Restrictor viewers;

    ConsoleAccess(Restrictor operators, Restrictor viewers) {
        this.operators = operators;
        this.viewers = viewers;
    }

    private Restrictor policy() {
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (has(caller, ConsoleAccounts.OPERATE)) {
            return operators;
        }
        return has(caller, ConsoleAccounts.LOOK) ? viewers : NOTHING;
    }

    private static boolean has(Authentication caller, String authority) {
        return caller != null
                && caller.isAuthenticated()
                && caller.getAuthorities().stream()
                        .map(GrantedAuthority::getAuthority)
                        .anyMatch(authority::equals);
    }

    @Override
    public boolean isHttpMethodAllowed(HttpMethod method) {
        return policy().isHttpMethodAllowed(method);
    }

    @Override
    public boolean isTypeAllowed(RequestType type) {
        return policy().isTypeAllowed(type);
    }

    @Override
    public boolean isAttributeReadAllowed(ObjectName name, String attribute) {
        return policy().isAttributeReadAllowed(name, attribute);
    }

    @Override
    public boolean isAttributeWriteAllowed(ObjectName name, String attribute) {
        return policy().isAttributeWriteAllowed(name, attribute);
    }

    @Override
    public boolean isOperationAllowed(ObjectName name, String operation) {
        return policy().isOperationAllowed(name, operation);
    }

    @Override
    public boolean isRemoteAccessAllowed(String... hostOrAddress) {
        return policy().isRemoteAccessAllowed(hostOrAddress);
    }

    @Override
    public boolean isOriginAllowed(String origin, boolean strict) {
        return policy().isOriginAllowed(origin, strict);
    }

    @Override
    public boolean isObjectNameHidden(ObjectName name) {
        return policy().isObjectNameHidden(name);
    }
}
