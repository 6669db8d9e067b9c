package io.themis.console;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.api.management.mbean.ManagedProcessorMBean;
import org.apache.camel.management.mbean.ManagedCamelContext;
import org.apache.camel.spi.ManagementAgent;

/**
 * Camel's own view of its context, but for what Hawtio asks every two seconds while it shows a picture: the figures of all
 * nodes of all routes. Camel asks each node for its route again for each route, which came to a quarter of a million
 * calls; here each node is asked once for all.
 */
@ManagedResource(description = "Managed CamelContext")
public class NodeFigures extends ManagedCamelContext {

    private static final Pattern ROUTE = Pattern.compile(" *<routeStat id=\"([^\"]*)\".*\\n");

    private final CamelContext context;

    NodeFigures(CamelContext context) {
        super(context);
        this.context = context;
    }

    /** Camel's answer without nodes, and into each of its routes those of that route. */
    @Override
    public String dumpRoutesStatsAsXml(boolean fullStats, boolean includeProcessors) throws Exception {
        String routes = super.dumpRoutesStatsAsXml(fullStats, false);
        if (!includeProcessors) {
            return routes;
        }
        Map<String, Map<Integer, String>> nodes = nodes(fullStats);
        return ROUTE.matcher(routes)
                .replaceAll(route -> Matcher.quoteReplacement(route.group()
                        + "<processorStats>\n"
                        + String.join(
                                "", nodes.getOrDefault(route.group(1), Map.of()).values())
                        + "</processorStats>\n"));
    }

    /** Route to its nodes in their order, each as an element. */
    private Map<String, Map<Integer, String>> nodes(boolean fullStats) throws JMException {
        ManagementAgent agent = context.getManagementStrategy().getManagementAgent();
        ObjectName all = new ObjectName("%s:context=%s%s,type=processors,*"
                .formatted(
                        agent.getMBeanObjectDomainName(),
                        agent.getIncludeHostName() ? "*/" : "",
                        context.getManagementName()));
        Map<String, Map<Integer, String>> nodes = new HashMap<>();
        for (ObjectName name : agent.getMBeanServer().queryNames(all, null)) {
            ManagedProcessorMBean node = agent.newProxyClient(name, ManagedProcessorMBean.class);
            nodes.computeIfAbsent(node.getRouteId(), route -> new TreeMap<>())
                    .merge(node.getIndex(), element(node, fullStats), String::concat);
        }
        return nodes;
    }

    private static String element(ManagedProcessorMBean node, boolean fullStats) {
        Integer line = node.getSourceLineNumber();
        String figures = node.dumpStatsAsXml(fullStats);
        return "<processorStat id=\"%s\" index=\"%s\" state=\"%s\" disabled=\"%s\" sourceLineNumber=\"%s\" exchangesInflight=\"%s\" %s\n"
                .formatted(
                        node.getProcessorId(),
                        node.getIndex(),
                        node.getState(),
                        node.getDisabled(),
                        line == null ? -1 : line,
                        node.getExchangesInflight(),
                        // An element of its own, <stats .../>, of which the attributes are wanted.
                        figures.substring("<stats ".length()));
    }
}
