package io.themis.security;

import io.hawt.jmx.JMXSecurity;
import java.util.List;
import java.util.Map;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import org.jolokia.server.core.service.api.Restrictor;

/**
 * Tells Hawtio which operations whoever is signed in may call, so that it shows no button that would be refused. Hawtio's
 * own MBean says yes to everything, and Hawtio asks it only if there is no other.
 */
final class ConsoleButtons extends JMXSecurity {

    private final Restrictor access;

    ConsoleButtons(Restrictor access) {
        this.access = access;
    }

    @Override
    protected String getDefaultObjectName() {
        return "hawtio:type=security,area=jmx,name=ConsoleButtons";
    }

    /** Every MBean can be looked at; what may be called is decided operation by operation. */
    @Override
    public boolean canInvoke(String objectName) {
        return true;
    }

    /** @param operation with or without its signature */
    @Override
    public boolean canInvoke(String objectName, String operation) {
        try {
            return access.isOperationAllowed(new ObjectName(objectName), operation);
        } catch (MalformedObjectNameException e) {
            return false;
        }
    }

    @Override
    public boolean canInvoke(String objectName, String operation, String[] argumentTypes) {
        return canInvoke(objectName, operation + "(" + String.join(",", argumentTypes) + ")");
    }

    /** @param operations names of MBeans, and the operations of each */
    @Override
    public TabularData canInvoke(Map<String, List<String>> operations) throws OpenDataException {
        TabularData answer = new TabularDataSupport(CAN_INVOKE_TABULAR_TYPE);
        for (Map.Entry<String, List<String>> entry : operations.entrySet()) {
            for (String operation : entry.getValue()) {
                answer.put(new CompositeDataSupport(
                        CAN_INVOKE_RESULT_ROW_TYPE,
                        CAN_INVOKE_RESULT_COLUMNS,
                        new Object[] {entry.getKey(), operation, canInvoke(entry.getKey(), operation)}));
            }
        }
        return answer;
    }
}
