package io.themis.devservices;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An invented shop, the same on every machine. Its customers have numbers that are prefixes of one another, and addresses
 * that differ in one letter.
 */
public final class SampleShop {

    public record Customer(long id, String email, String firstName, String lastName, String city, LocalDate since) {}

    /** @param note null for most */
    public record Order(long number, long customer, LocalDateTime orderedAt, BigDecimal total, String note) {}

    /** @param customer null for a visitor who has not signed in */
    public record Click(Instant at, Long customer, String page, int milliseconds) {}

    public record InvoiceLine(String item, int quantity, BigDecimal price) {}

    public record Invoice(String number, long customer, Instant issued, BigDecimal total, List<InvoiceLine> lines) {}

    public record Letter(
            long id, String subscriber, String subject, Instant sent, boolean opened, BigDecimal seconds) {}

    private static final List<Customer> CUSTOMERS = List.of(
            new Customer(107, "ines.moreau@example.org", "Inès", "Moreau", "Lyon", LocalDate.of(2019, 3, 1)),
            new Customer(10, "ines.moreau@example.com", "Inès", "Moreau", "Lille", LocalDate.of(2020, 2, 29)),
            new Customer(1, "ines-moreau@example.org", "Ines", "Moreau", "Nice", LocalDate.of(2021, 7, 14)),
            new Customer(1070, "o'brien+tea@example.org", "Orla", "O’Brien", "Cork", LocalDate.of(2022, 12, 31)),
            new Customer(7, "quiet@example.org", "Qi", "Shen", "Graz", LocalDate.of(2024, 1, 1)));

    private static final List<String> ITEMS =
            List.of("Tea, green", "Cup \"Riga\"", "Kettle", "Spoon\tsilver", "=Sum of teas", "Zuckerdose für 6");

    private static final String NEWSLETTER_ONLY = "reader.only@example.org";
    private static final LocalDate FIRST_DAY = LocalDate.of(2023, 12, 30);
    private static final int DAYS = 5;
    private static final int CLICKS_A_DAY = 200;

    /** Somebody with rows in every dataset. */
    public Customer samplePerson() {
        return CUSTOMERS.get(0);
    }

    /** Somebody who is a customer and nothing else. */
    public Customer quietPerson() {
        return CUSTOMERS.get(CUSTOMERS.size() - 1);
    }

    /** An address that only the newsletter service knows. */
    public String newsletterOnly() {
        return NEWSLETTER_ONLY;
    }

    public List<Customer> customers() {
        return CUSTOMERS;
    }

    private static Stream<Customer> buyers() {
        return CUSTOMERS.stream().limit(CUSTOMERS.size() - 1L);
    }

    /** In the order of their numbers. */
    public List<Order> orders() {
        List<Order> orders = new ArrayList<>();
        buyers().forEach(customer -> {
            for (int i = 0; i < 4; i++) {
                Dice dice = new Dice("order", customer.id(), i);
                orders.add(new Order(
                        customer.id() * 100 + i,
                        customer.id(),
                        LocalDateTime.of(2023, 1 + i, 1 + dice.below(28), dice.below(24), dice.below(60), 7),
                        BigDecimal.valueOf(dice.between(100, 999_999), 2),
                        i == 2 ? "Ring twice;\n\"back\" door" : null));
            }
        });
        return orders.stream().sorted(Comparator.comparing(Order::number)).toList();
    }

    public List<LocalDate> days() {
        return FIRST_DAY.datesUntil(FIRST_DAY.plusDays(DAYS)).toList();
    }

    /** In the order of their times. */
    public List<Click> clicks(LocalDate day) {
        List<Click> clicks = new ArrayList<>();
        for (int i = 0; i < CLICKS_A_DAY; i++) {
            Dice dice = new Dice("click", day.toEpochDay(), i);
            int who = dice.below(CUSTOMERS.size());
            clicks.add(new Click(
                    day.atStartOfDay().toInstant(ZoneOffset.UTC).plus(Duration.ofSeconds(400L * i + dice.below(400))),
                    who == CUSTOMERS.size() - 1
                            ? null
                            : Long.valueOf(CUSTOMERS.get(who).id()),
                    "/item/" + dice.below(100),
                    dice.between(20, 4_000)));
        }
        return clicks;
    }

    public List<Integer> years() {
        return List.of(2022, 2023);
    }

    public List<Invoice> invoices(int year) {
        return buyers().flatMap(customer -> Stream.of(0, 1, 2).map(number -> invoice(customer, year, number)))
                .toList();
    }

    private static Invoice invoice(Customer customer, int year, int number) {
        Dice dice = new Dice("invoice", customer.id(), year * 10L + number);
        List<InvoiceLine> lines = new ArrayList<>();
        for (int i = 0; i <= number; i++) {
            lines.add(new InvoiceLine(
                    dice.pick(ITEMS), dice.between(1, 9), BigDecimal.valueOf(dice.between(1, 99_999), 2)));
        }
        BigDecimal total = lines.stream()
                .map(line -> line.price().multiply(BigDecimal.valueOf(line.quantity())))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        Instant issued = LocalDate.of(year, 1 + 3 * number, 15)
                .atTime(23, 59, 59, 1_000 * dice.between(1, 999_999))
                .toInstant(ZoneOffset.UTC);
        return new Invoice("%d-%d-%d".formatted(year, customer.id(), number), customer.id(), issued, total, lines);
    }

    /** In the order in which the service gives them: more than a page for who gets any. */
    public List<Letter> letters() {
        List<Letter> letters = new ArrayList<>();
        List<String> subscribers = Stream.concat(buyers().map(Customer::email), Stream.of(NEWSLETTER_ONLY))
                .toList();
        for (int i = 0; i < 8 * subscribers.size(); i++) {
            Dice dice = new Dice("letter", 0, i);
            letters.add(new Letter(
                    9_000_000_000L + i,
                    subscribers.get(i % subscribers.size()),
                    "News № " + (1 + i / subscribers.size()) + ": " + dice.pick(ITEMS),
                    Instant.parse("2023-06-01T06:30:00Z").plus(Duration.ofDays(7L * (i / subscribers.size()))),
                    dice.oneIn(2),
                    BigDecimal.valueOf(10L * dice.below(10_000), 2)));
        }
        return letters;
    }
}
