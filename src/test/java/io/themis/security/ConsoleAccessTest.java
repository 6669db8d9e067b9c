package io.themis.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import javax.management.ObjectName;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ConsoleAccessTest {

    private final Restrictor access;
    private final ObjectName route;

    ConsoleAccessTest() throws Exception {
        access = new ConsoleSecurity().jolokiaAccess();
        route = new ObjectName("org.apache.camel:context=themis,type=routes,name=\"x\"");
    }

    @AfterEach
    void signOut() {
        SecurityContextHolder.clearContext();
    }

    private static void signIn(Authentication caller) {
        SecurityContextHolder.getContext().setAuthentication(caller);
    }

    @Test
    void whoIsNotSignedInMayDoNothing() {
        assertNothingIsAllowed();
        signIn(new TestingAuthenticationToken("somebody", "", "SOMETHING"));
        assertNothingIsAllowed();
        TestingAuthenticationToken ended = new TestingAuthenticationToken("operator", "", ConsoleAccounts.OPERATE);
        ended.setAuthenticated(false);
        signIn(ended);
        assertNothingIsAllowed();
    }

    private void assertNothingIsAllowed() {
        assertThat(access.isHttpMethodAllowed(HttpMethod.POST)).isFalse();
        assertThat(access.isTypeAllowed(RequestType.LIST)).isFalse();
        assertThat(access.isAttributeReadAllowed(route, "State")).isFalse();
        assertThat(access.isAttributeWriteAllowed(route, "Tracing")).isFalse();
        assertThat(access.isOperationAllowed(route, "dumpRouteAsXml")).isFalse();
        assertThat(access.isRemoteAccessAllowed("127.0.0.1")).isFalse();
        assertThat(access.isOriginAllowed("https://evil.example.org", false)).isFalse();
    }

    @Test
    void anOperatorStopsARouteAndAViewerSeesIt() {
        signIn(new TestingAuthenticationToken("o", "", ConsoleAccounts.LOOK, ConsoleAccounts.OPERATE));
        assertThat(access.isOperationAllowed(route, "stop()")).isTrue();
        assertThat(access.isAttributeReadAllowed(route, "State")).isTrue();
        signIn(new TestingAuthenticationToken("v", "", ConsoleAccounts.LOOK));
        assertThat(access.isOperationAllowed(route, "stop()")).isFalse();
        assertThat(access.isAttributeReadAllowed(route, "State")).isTrue();
    }

    @Test
    void everyRuleForViewersIsOneForOperatorsAndChangesNothing() throws Exception {
        Set<String> operators = operations("jolokia-access.xml");
        Set<String> viewers = operations("jolokia-access-viewer.xml");
        assertThat(operators).containsAll(viewers);
        assertThat(viewers)
                .isNotEmpty()
                .allSatisfy(
                        rule -> assertThat(rule)
                                .matches(
                                        ".* (dump|component|routeIds|routeGroups|processorIds|browse|list|endpoint|can)\\w*\\*"));
        for (String element : Set.of("command", "allow-origin", "filter", "deny")) {
            assertThat(texts("jolokia-access-viewer.xml", element)).isEqualTo(texts("jolokia-access.xml", element));
        }
    }

    private static Set<String> operations(String file) throws Exception {
        Set<String> operations = new TreeSet<>();
        NodeList all = document(file).getElementsByTagName("operation");
        for (int i = 0; i < all.getLength(); i++) {
            Element mbean = (Element) all.item(i).getParentNode();
            operations.add(mbean.getElementsByTagName("name").item(0).getTextContent() + " "
                    + all.item(i).getTextContent());
        }
        return operations;
    }

    private static Set<String> texts(String file, String element) throws Exception {
        Set<String> texts = new TreeSet<>();
        NodeList all = document(file).getElementsByTagName(element);
        for (int i = 0; i < all.getLength(); i++) {
            texts.add(all.item(i).getTextContent().replaceAll("\\s+", " "));
        }
        assertThat(texts).isNotEmpty();
        return texts;
    }

    private static Document document(String file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("src/main/resources", file).toFile());
    }
}
