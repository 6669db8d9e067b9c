package io.themis.devservices;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Puts an access request on the queue of a development run that is under way, as another system would. */
final class QueueDrop {

    private static final String PORT = "5672";

    private QueueDrop() {}

    /** @param args {@code send}, the address of the person, and the port of the queue unless it is {@value #PORT} */
    static void send(String... args) throws JMSException {
        String port = args.length > 2 ? args[2] : PORT;
        try (JMSContext jms = new JmsConnectionFactory("amqp://localhost:" + port).createContext()) {
            TextMessage message = jms.createTextMessage(FirstRequest.body(args[1]));
            jms.createProducer().send(jms.createQueue("themis.requests"), message);
            System.out.println("themis.requests has it as " + message.getJMSMessageID());
        }
    }
}
