package io.themis.devservices;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ContentDisposition;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The mails of the development run in a browser: {@code /} lists the mailboxes, {@code /?mailbox=<address>} the mails of
 * one, {@code /?mailbox=<address>&mail=<n>} shows one, with links to what is attached. Listens on the loopback address only.
 *
 * <p>What a mail says is never part of a page: text is escaped, and the HTML part is a document of its own in a sandboxed
 * frame, where no script runs and nothing is loaded from elsewhere.
 */
public final class MailboxPage implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MailboxPage.class);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private static final String PAGE_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'; form-action 'self'";
    // A link of the mail opens in a tab of its own, free of the sandbox, as a mail program does it.
    private static final String SANDBOX = "allow-popups allow-popups-to-escape-sandbox";
    private static final String MAIL_POLICY = "sandbox " + SANDBOX
            + "; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s</title>
            <style>
            :root { color-scheme: light dark; --line: #8884; --accent: light-dark(#0b57d0, #a8c7fa); }
            * { box-sizing: border-box; }
            body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif; }
            h1 { margin: .5rem 0 1rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
            h2 { margin: 2rem 0 .5rem; font-size: 1rem; }
            a { color: var(--accent); }
            ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
            li { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding: .75rem .25rem; }
            li { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
            li span, dt { color: light-dark(#555, #aaa); }
            dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
            dd { margin: 0; overflow-wrap: anywhere; }
            iframe { width: 100%%; height: 34rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff; }
            pre { margin: 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; }
            </style>
            </head>
            <body>
            %2$s<main>
            <h1>%1$s</h1>
            %3$s</main>
            </body>
            </html>
            """;

    private final MailServer mail;
    private final HttpServer server;
    private final ExecutorService threads;

    private MailboxPage(MailServer mail, HttpServer server, ExecutorService threads) {
        this.mail = mail;
        this.server = server;
        this.threads = threads;
    }

    /** @throws PortTakenException when the port is in use */
    public static MailboxPage start(Port port, MailServer mail) {
        port.requireFree();
        try {
            HttpServer server =
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.number()), 0);
            ExecutorService threads = Executors.newCachedThreadPool();
            MailboxPage page = new MailboxPage(mail, server, threads);
            server.createContext("/", page::answer);
            server.setExecutor(threads);
            server.start();
            return page;
        } catch (IOException e) {
            throw new UncheckedIOException("The mailbox page did not start", e);
        }
    }

    /** {@code http://localhost:<port>/}. */
    public String url() {
        return "http://localhost:%d/".formatted(server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Response response;
        try {
            response = isForThisMachine(exchange) ? respond(exchange) : Response.notFound();
        } catch (MessagingException | IOException | RuntimeException e) {
            log.warn("A mail can't be shown", e);
            response = Response.page(500, PAGE_POLICY, page("This mail can't be shown", "", ""));
        }
        byte[] body = response.body();
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.mediaType());
        if (response.fileName() != null) {
            headers.set(
                    "Content-Disposition",
                    ContentDisposition.attachment()
                            .filename(response.fileName(), StandardCharsets.UTF_8)
                            .build()
                            .toString());
        }
        headers.set("Content-Security-Policy", response.policy());
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(response.status(), head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /** A web page elsewhere whose name is made to point here must not read the mails (DNS rebinding). */
    private boolean isForThisMachine(HttpExchange exchange) {
        int port = server.getAddress().getPort();
        return Set.of("localhost:" + port, "127.0.0.1:" + port)
                .contains(exchange.getRequestHeaders().getFirst("Host"));
    }

    private Response respond(HttpExchange exchange) throws MessagingException, IOException {
        MultiValueMap<String, String> query =
                UriComponentsBuilder.fromUri(exchange.getRequestURI()).build().getQueryParams();
        Optional<String> mailbox = value(query, "mailbox");
        Optional<String> number = value(query, "mail");
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/") && mailbox.isEmpty()) {
            return Response.page(mailboxes());
        }
        if (mailbox.isEmpty()) {
            return Response.notFound();
        }
        List<MimeMessage> mails = mail.mails(mailbox.get());
        if (path.equals("/") && number.isEmpty()) {
            return Response.page(mailbox(mailbox.get(), mails));
        }
        Optional<MimeMessage> wanted = number.filter(text -> text.matches("[1-9]\\d{0,8}"))
                .map(Integer::parseInt)
                .filter(n -> n <= mails.size())
                .map(n -> mails.get(n - 1));
        if (wanted.isEmpty()) {
            return Response.notFound();
        }
        if (path.equals("/")) {
            return Response.page(mail(mailbox.get(), number.get(), wanted.get()));
        }
        if (path.equals("/attachment")) {
            String name = value(query, "name").orElse("");
            for (Part part : attachments(wanted.get())) {
                if (name.equals(part.getFileName())) {
                    return Response.attachment(name, part.getInputStream().readAllBytes());
                }
            }
            return Response.notFound();
        }
        Optional<String> html = text(wanted.get(), "text/html");
        return path.equals("/html") && html.isPresent()
                ? Response.page(200, MAIL_POLICY, withLinksInNewTabs(html.get()))
                : Response.notFound();
    }

    private static Optional<String> value(MultiValueMap<String, String> query, String name) {
        return Optional.ofNullable(query.getFirst(name)).map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8));
    }

    private String mailboxes() {
        List<String> mailboxes = mail.mailboxes();
        StringBuilder list = new StringBuilder();
        for (String mailbox : mailboxes) {
            int count = mail.mails(mailbox).size();
            list.append(item(link(mailbox), mailbox, count == 1 ? "1 mail" : count + " mails"));
        }
        return page("Mailboxes", "", list.isEmpty() ? "<p>No mail has come yet.</p>\n" : "<ul>\n" + list + "</ul>\n");
    }

    private static String mailbox(String mailbox, List<MimeMessage> mails) throws MessagingException {
        StringBuilder list = new StringBuilder();
        for (int n = mails.size(); n >= 1; n--) {
            MimeMessage mail = mails.get(n - 1);
            list.append(item(link(mailbox) + "&mail=" + n, subject(mail), received(mail)));
        }
        String up = "<nav><a href=\"/\">All mailboxes</a></nav>\n";
        return page(mailbox, up, list.isEmpty() ? "<p>No mail has come yet.</p>\n" : "<ul>\n" + list + "</ul>\n");
    }

    private static String mail(String mailbox, String number, MimeMessage mail) throws MessagingException, IOException {
        StringBuilder content = new StringBuilder("<dl>\n");
        for (String name : List.of("From", "To", "Date", "Message-ID")) {
            String value = mail.getHeader(name, ", ");
            if (value != null) {
                content.append("<dt>%s</dt><dd>%s</dd>\n".formatted(name, escape(decoded(value))));
            }
        }
        content.append("</dl>\n");
        List<Part> attachments = attachments(mail);
        if (!attachments.isEmpty()) {
            content.append("<h2>Attached</h2>\n<ul>\n");
            for (Part part : attachments) {
                String name = URLEncoder.encode(part.getFileName(), StandardCharsets.UTF_8);
                content.append(item(
                        "/attachment" + link(mailbox).substring(1) + "&mail=" + number + "&name=" + name,
                        part.getFileName(),
                        new ContentType(part.getContentType()).getBaseType()));
            }
            content.append("</ul>\n");
        }
        if (text(mail, "text/html").isPresent()) {
            content.append(
                    "<h2>As a web page</h2>\n<iframe title=\"The mail as a web page\" sandbox=\"%s\" src=\"%s\"></iframe>\n"
                            .formatted(SANDBOX, escape("/html" + link(mailbox).substring(1) + "&mail=" + number)));
        }
        text(mail, "text/plain")
                .ifPresent(text -> content.append("<h2>As text</h2>\n<pre>%s</pre>\n".formatted(linked(text))));
        String up = "<nav><a href=\"%s\">%s</a></nav>\n".formatted(escape(link(mailbox)), escape(mailbox));
        return page(subject(mail), up, content.toString());
    }

    private static String page(String title, String navigation, String content) {
        return PAGE.formatted(escape(title), navigation, content);
    }

    private static String item(String link, String text, String note) {
        return "<li><a href=\"%s\">%s</a> <span>%s</span></li>\n".formatted(escape(link), escape(text), escape(note));
    }

    private static String link(String mailbox) {
        return "/?mailbox=" + URLEncoder.encode(mailbox, StandardCharsets.UTF_8);
    }

    private static String subject(MimeMessage mail) throws MessagingException {
        return Optional.ofNullable(mail.getSubject())
                .filter(subject -> !subject.isBlank())
                .orElse("(no subject)");
    }

    private static String received(MimeMessage mail) throws MessagingException {
        return TIME.format(mail.getReceivedDate().toInstant().atZone(ZoneId.systemDefault()));
    }

    private static String decoded(String header) throws IOException {
        return MimeUtility.decodeText(MimeUtility.unfold(header));
    }

    /** The first part of a media type that is not an attachment. */
    static Optional<String> text(Part part, String mediaType) throws MessagingException, IOException {
        if (Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition())) {
            return Optional.empty();
        }
        if (part.isMimeType(mediaType)) {
            return Optional.of((String) part.getContent());
        }
        if (part.isMimeType("multipart/*")) {
            Multipart parts = (Multipart) part.getContent();
            for (int i = 0; i < parts.getCount(); i++) {
                BodyPart child = parts.getBodyPart(i);
                Optional<String> text = text(child, mediaType);
                if (text.isPresent()) {
                    return text;
                }
            }
        }
        return Optional.empty();
    }

    private static List<Part> attachments(Part part) throws MessagingException, IOException {
        List<Part> found = new ArrayList<>();
        if (part.isMimeType("multipart/*")) {
            Multipart parts = (Multipart) part.getContent();
            for (int i = 0; i < parts.getCount(); i++) {
                found.addAll(attachments(parts.getBodyPart(i)));
            }
        } else if (part.getFileName() != null) {
            found.add(part);
        }
        return found;
    }

    // A frame without scripts can't take the reader elsewhere by itself: links need a tab of their own.
    private static String withLinksInNewTabs(String html) {
        String base = "<base target=\"_blank\">";
        String withBase = html.replaceFirst("(?i)<head\\b[^>]*>", "$0" + base);
        return withBase.equals(html) ? base + html : withBase;
    }

    /** Escapes first, so that what it then makes a link of can't hold markup. */
    private static String linked(String text) {
        return escape(text)
                .replaceAll("https?://(?:(?!&quot;|&lt;|&gt;|&#39;)\\S)+", "<a href=\"$0\" rel=\"noreferrer\">$0</a>");
    }

    private static String escape(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }

    /** @param fileName under which a browser saves it; null for a page that it shows */
    private record Response(int status, String policy, String mediaType, String fileName, byte[] body) {

        static Response page(String body) {
            return page(200, PAGE_POLICY, body);
        }

        static Response page(int status, String policy, String body) {
            return new Response(
                    status, policy, "text/html; charset=utf-8", null, body.getBytes(StandardCharsets.UTF_8));
        }

        /** Never shown in the place of this page, whatever it says it is. */
        static Response attachment(String name, byte[] content) {
            return new Response(200, PAGE_POLICY, "application/octet-stream", name, content);
        }

        static Response notFound() {
            return page(
                    404,
                    PAGE_POLICY,
                    MailboxPage.page("Not found", "<nav><a href=\"/\">All mailboxes</a></nav>\n", ""));
        }
    }
}
