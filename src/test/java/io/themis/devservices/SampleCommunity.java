package io.themis.devservices;

import io.themis.devservices.SamplePeople.Person;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is on one site: the people of {@link SamplePeople} and a crowd that grows with the lake. Somebody of the crowd is
 * worked out from the user id when needed and may be on other sites too, under other ids.
 */
final class SampleCommunity {

    /** Somebody with an account on this site. {@code location} may be null. */
    record Member(long id, long accountId, String displayName, String location, long joined, boolean silent) {}

    /** Whom a row names as its author. {@code userId} is null if that account has been deleted. */
    record Author(Long userId, String displayName) {}

    /** Ids above the founders' that are a multiple of this belonged to accounts deleted since. */
    private static final int DELETED = 29;

    private static final List<String> FIRST_NAMES = List.of(
            "Maja", "Daniel", "Sam", "Aisha", "Bruno", "Carla", "Dmitri", "Edith", "Farid", "Gül", "Henrik", "Inés",
            "Joana", "Kofi", "Lena", "Marek", "Nadia", "Óscar", "Priya", "Quentin", "Rosa", "Stefan", "Thảo", "Ulla",
            "Vera", "Wei", "Ximena", "Yusuf", "Zofia");
    private static final List<String> LAST_NAMES = List.of(
            "Lindholm",
            "Weber",
            "Taylor",
            "Abebe",
            "Baker",
            "Costa",
            "Dąbrowski",
            "Eriksen",
            "Fischer",
            "García",
            "Hughes",
            "Ibrahim",
            "Jansen",
            "Krüger",
            "Lopes",
            "Moreau",
            "Nguyễn",
            "Orlov",
            "Park",
            "Quinn",
            "Rossi",
            "Sato",
            "Tanaka",
            "Üçar",
            "Virtanen",
            "Wójcik",
            "Yang",
            "Zhou");
    private static final List<String> PLACES =
            List.of("Lisboa", "Kraków", "somewhere by the sea", "Nairobi", "大阪", "Montréal, QC", "Earth 🌍");
    private static final List<String> NICKNAMES = List.of(
            "quiet-lantern",
            "BlueHeron",
            "paper_boat",
            "moss",
            "NightTrain",
            "cinnamon",
            "old.compass",
            "RiverStone",
            "tinwhistle",
            "snowberry");

    private final SampleSite site;
    private final long ids;
    private final long posts;
    private final long crowd;
    private final Map<Long, Person> known = new HashMap<>();
    private final List<Author> active = new ArrayList<>();
    private final List<Author> activeByShare = new ArrayList<>();

    SampleCommunity(SampleSite site, int size) {
        this.site = site;
        this.posts = site.posts(size);
        this.ids = SamplePeople.FOUNDERS + posts / 3;
        this.crowd = 2 * (SamplePeople.FOUNDERS + (long) size / 3) + 1;
        for (Person person : SamplePeople.ALL) {
            long id = person.idOn(site);
            if (id != 0) {
                known.put(id, person);
                Author author = new Author(id, person.displayName());
                for (int i = 0; i < person.activity(); i++) {
                    activeByShare.add(author);
                }
                if (person.activity() > 0) {
                    active.add(author);
                }
            }
        }
    }

    /** The highest user id given so far. */
    long ids() {
        return ids;
    }

    boolean exists(long id) {
        return id <= SamplePeople.FOUNDERS || id % DELETED != 0;
    }

    Member member(long id) {
        long joined = id <= SamplePeople.FOUNDERS
                ? SampleClock.founderJoined(id)
                : SampleClock.at(id - SamplePeople.FOUNDERS, ids - SamplePeople.FOUNDERS);
        Person person = known.get(id);
        if (person != null) {
            return new Member(
                    id, person.accountId(), person.displayName(), person.location(), joined, person.activity() == 0);
        }
        // One of the crowd has one account a site at most: the factor and the odd modulus share no divisor
        long number = (id << site.ordinal()) % crowd;
        Dice dice = new Dice("crowd", 0, number);
        String displayName = switch (dice.below(5)) {
            case 0, 1 -> dice.pick(FIRST_NAMES) + " " + dice.pick(LAST_NAMES);
            case 2 -> dice.pick(FIRST_NAMES);
            case 3 -> dice.pick(NICKNAMES) + dice.between(1, 999);
            default -> "user" + number;
        };
        return new Member(
                id, 200_000 + 3 * number, displayName, dice.oneIn(2) ? dice.pick(PLACES) : null, joined, false);
    }

    /**
     * Somebody who wrote something. The first turns go round, so that everybody who is active has something; later ones
     * fall by share.
     *
     * @param post place in time: only who had joined by then
     */
    Author author(Dice dice, long turn, long post) {
        if (turn < active.size()) {
            return active.get((int) turn);
        }
        if (dice.oneIn(25)) {
            // Half of the deleted accounts had the name of the sample person: a name alone says nothing
            String name = dice.oneIn(2) ? SamplePeople.SAMPLE.displayName() : "user" + DELETED * dice.between(5, 500);
            return new Author(null, name);
        }
        return memberAuthor(dice, turn, post);
    }

    /** As {@link #author}, but nobody whose account has been deleted. */
    Author memberAuthor(Dice dice, long turn, long post) {
        if (turn < active.size()) {
            return active.get((int) turn);
        }
        return dice.below(10) < 6 ? dice.pick(activeByShare) : oneOfTheCrowd(dice, post);
    }

    private Author oneOfTheCrowd(Dice dice, long post) {
        long joined = SamplePeople.FOUNDERS + (long) ((double) (ids - SamplePeople.FOUNDERS) * post / posts);
        long id = 1 + Math.min(dice.below(joined), dice.below(joined));
        while (known.containsKey(id) || !exists(id)) {
            id--;
        }
        return new Author(id, member(id).displayName());
    }
}
