package io.themis.devservices;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.configuration.GreenMailConfiguration;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.util.List;
import java.util.Locale;

/**
 * GreenMail: takes mail for every address and lets everybody read every mailbox over IMAP. The mails stay in memory and
 * outlive {@link #stop()}.
 */
public final class MailServer implements AutoCloseable {

    private final KeepingGreenMail greenMail;

    private MailServer(KeepingGreenMail greenMail) {
        this.greenMail = greenMail;
    }

    /** @throws PortTakenException when one of the ports is in use */
    public static MailServer start(Port smtp, Port imap) {
        KeepingGreenMail greenMail = new KeepingGreenMail(
                setup(smtp.requireFree(), ServerSetup.PROTOCOL_SMTP),
                setup(imap.requireFree(), ServerSetup.PROTOCOL_IMAP));
        greenMail.withConfiguration(GreenMailConfiguration.aConfig().withDisabledAuthentication());
        greenMail.start();
        return new MailServer(greenMail);
    }

    private static ServerSetup setup(Port port, String protocol) {
        return new ServerSetup(port.number(), host(), protocol);
    }

    static String host() {
        return "127.0.0.1";
    }

    public int smtpPort() {
        return greenMail.port(0);
    }

    public int imapPort() {
        return greenMail.port(1);
    }

    /** Starts again on the same ports, with the mails it had. */
    public void start() {
        greenMail.start();
    }

    public void stop() {
        greenMail.stop();
    }

    /** The addresses that mail has come for or somebody has signed in as, in alphabetical order. */
    public List<String> mailboxes() {
        return greenMail.getUserManager().listUser().stream()
                .map(GreenMailUser::getEmail)
                .sorted()
                .toList();
    }

    /** The mails of an address, upper and lower case alike, in the order in which they came; none if it got no mail. */
    public List<MimeMessage> mails(String emailAddress) {
        String wanted = emailAddress.toLowerCase(Locale.ROOT);
        return greenMail.getUserManager().listUser().stream()
                .filter(user -> user.getEmail().toLowerCase(Locale.ROOT).equals(wanted))
                .flatMap(user -> inbox(user).stream())
                .map(StoredMessage::getMimeMessage)
                .toList();
    }

    private List<StoredMessage> inbox(GreenMailUser user) {
        try {
            return greenMail.getManagers().getImapHostManager().getInbox(user).getMessages();
        } catch (FolderException e) {
            throw new IllegalStateException("A mailbox can't be read", e);
        }
    }

    /** Deletes all mails. */
    public void clear() {
        try {
            greenMail.purgeEmailFromAllMailboxes();
        } catch (FolderException e) {
            throw new IllegalStateException("A mailbox can't be emptied", e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** GreenMail forgets its mails and its ports, where the system chose them, when it stops. This one does not. */
    private static final class KeepingGreenMail extends GreenMail {

        KeepingGreenMail(ServerSetup... setups) {
            super(setups);
        }

        int port(int index) {
            return config[index].getPort();
        }

        @Override
        public synchronized void start() {
            super.start();
            for (int i = 0; i < config.length; i++) {
                String protocol = config[i].getProtocol();
                config[i] = new ServerSetup(services.get(protocol).getPort(), host(), protocol);
            }
        }

        @Override
        public synchronized void stop() {
            Managers kept = managers;
            super.stop();
            managers = kept;
        }
    }
}
