package io.themis.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.management.mbean.ManagedCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** As Hawtio asks: over JMX, by name. */
class NodeFiguresTest {

    private static final int ROUTES = 20;
    private static final int NODES = 5;

    private final AtomicInteger calls = new AtomicInteger();
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private CamelContext camel;

    @BeforeEach
    void startRoutes() throws Exception {
        camel = new DefaultCamelContext();
        camel.getManagementStrategy().getManagementAgent().setMBeanServer(counting(server));
        camel.getManagementStrategy().setManagementObjectStrategy(new ConsoleConfiguration.WithNodeFigures());
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                for (int route = 1; route <= ROUTES; route++) {
                    from("direct:" + route)
                            .routeId("route-$" + route)
                            .filter(simple("${body} > 1"))
                            .id("enough-" + route)
                            .setBody(constant(1))
                            .to("mock:in")
                            .end()
                            .to("mock:a")
                            .to("mock:b");
                }
            }
        });
        camel.start();
        camel.createProducerTemplate().sendBody("direct:7", 2);
        camel.createProducerTemplate().sendBody("direct:7", 1);
        camel.createProducerTemplate().sendBody("direct:8", 1);
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    private MBeanServer counting(MBeanServer target) {
        return (MBeanServer) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {MBeanServer.class}, (proxy, method, arguments) -> {
                    calls.incrementAndGet();
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private String figures(boolean includeProcessors) throws Exception {
        ObjectName context = new ObjectName("org.apache.camel:context=%s,type=context,name=\"%s\""
                .formatted(camel.getManagementName(), camel.getName()));
        return (String)
                server.invoke(context, "dumpRoutesStatsAsXml", new Object[] {true, includeProcessors}, new String[] {
                    "boolean", "boolean"
                });
    }

    @Test
    void everyNodeHasItsFiguresInItsRoute() throws Exception {
        Map<String, Map<String, Integer>> counts = new HashMap<>();
        for (Element route : elements(figures(true), "routeStat")) {
            Map<String, Integer> ofRoute = new HashMap<>();
            for (Element node : children(route)) {
                ofRoute.put(node.getAttribute("id"), Integer.valueOf(node.getAttribute("exchangesCompleted")));
            }
            assertThat(ofRoute).hasSize(NODES);
            counts.put(route.getAttribute("id"), ofRoute);
        }
        assertThat(counts).hasSize(ROUTES);
        assertThat(counts.get("route-$7")).containsEntry("enough-7", 2).containsValue(1);
        assertThat(counts.get("route-$8")).containsEntry("enough-8", 1).containsValue(0);
        assertThat(counts.get("route-$9").values()).containsOnly(0);
    }

    /** Camel's own, asked directly, is what Hawtio is made for. */
    @Test
    void theAnswerIsCamelsOwn() throws Exception {
        ManagedCamelContext camels = new ManagedCamelContext(camel);
        camels.init(camel.getManagementStrategy());
        String own = figures(true);
        String expected = camels.dumpRoutesStatsAsXml(true, true);
        assertThat(nodes(own)).hasSize(ROUTES * NODES).isEqualTo(nodes(expected));
        assertThat(elements(own, "routeStat")).hasSameSizeAs(elements(expected, "routeStat"));
        assertThat(figures(false)).doesNotContain("processorStat").contains("routeStat");
    }

    /** All attributes of all nodes, in the order in which they come, but for the time since something came. */
    private static List<Map<String, String>> nodes(String xml) throws Exception {
        List<Map<String, String>> nodes = new ArrayList<>();
        for (Element node : elements(xml, "processorStat")) {
            Map<String, String> attributes = new HashMap<>();
            for (int i = 0; i < node.getAttributes().getLength(); i++) {
                Node attribute = node.getAttributes().item(i);
                attributes.put(attribute.getNodeName(), attribute.getNodeValue());
            }
            attributes.remove("idleSince");
            nodes.add(attributes);
        }
        return nodes;
    }

    @Test
    void aNodeIsAskedOnceAndNotOnceForEachRoute() throws Exception {
        calls.set(0);
        figures(true);
        assertThat(calls).hasValueBetween(ROUTES * NODES, ROUTES * (NODES + 1) * 10);
    }

    private static List<Element> children(Element route) {
        return list(route.getElementsByTagName("processorStat"));
    }

    private static List<Element> elements(String xml, String name) throws Exception {
        return list(DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName(name));
    }

    private static List<Element> list(NodeList nodes) {
        List<Element> list = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            list.add((Element) nodes.item(i));
        }
        return list;
    }
}
