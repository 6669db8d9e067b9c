package io.themis.devservices;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The people whom tests and demonstrations ask for: those of the sample company, Themis Inc., and their namesakes on the
 * network who are no users of it. All are invented. The same number in a site's column means another person on each
 * site, and account ids are parts of one another, so that a careless match finds the wrong person.
 */
final class SamplePeople {

    /**
     * @param user null for somebody whom the users database does not know
     * @param accountId null for somebody without an account on the network
     * @param tea {@code Users.Id} on that site, 0 for none; likewise the next two
     * @param activity share of what is written on a site; 0 for somebody who only has an account
     */
    record Person(
            DevUser user,
            String displayName,
            String location,
            Long accountId,
            long tea,
            long bicycles,
            long maps,
            int activity) {

        long idOn(SampleSite site) {
            return switch (site) {
                case TEA -> tea;
                case BICYCLES -> bicycles;
                case MAPS -> maps;
            };
        }
    }

    /** Known people's ids are below this on every site. */
    static final int FOUNDERS = 120;

    // One person a line: e-mail address | display name | first name | last name | country | city | street |
    // account id | user id on tea | on bicycles | on maps (0: none) | activity.
    // A dash stands for nothing; who has no e-mail address is no user.

    /** Namesakes of one another; the first is the sample person. */
    private static final String NAMESAKES = """
            maja.lindholm@example.org | Maja Lindholm | Maja     | Lindholm | Sweden        | Göteborg  | Havregatan 12            | 12345  | 17 | 42 | 8  | 14
            maja.lindholm@example.com | Maja Lindholm | Maja     | Lindholm | Sweden        | Umeå      | Björkvägen 3 B           | 1234   | 42 | 0  | 17 | 8
            m.lindholm@example.org    | Maja Lindholm | Maja     | Lindholm | Finland       | Turku     | Koivukatu 9              | 112345 | 8  | 17 | 0  | 5
            -                         | Maja Lindholm | -        | -        | Norway        | Bergen    | -                        | 2345   | 0  | 8  | 42 | 4
            daniel.weber@example.org  | Daniel Weber  | Daniel   | Weber    | Germany       | Köln      | Amselweg 14              | 34510  | 11 | 23 | 5  | 6
            daniel.weber@example.com  | Daniel Weber  | Daniel   | Weber    | Austria       | Graz      | Lindengasse 8/2          | 3451   | 23 | 11 | 0  | 3
            d.weber@example.org       | Daniel Weber  | Daniel   | Weber    | United States | Portland  | 410 Quince Street, Apt 2 | 93451  | 5  | 0  | 11 | 2
            -                         | Daniel Weber  | -        | -        | Switzerland   | Basel     | -                        | 345    | 29 | 31 | 23 | 3
            -                         | Daniel Weber  | -        | -        | -             | -         | -                        | 9345   | 31 | 29 | 0  | 2
            sam.taylor@example.org    | Sam Taylor    | Samantha | Taylor   | Canada        | Halifax   | 88 Juniper Lane          | 5151   | 37 | 3  | 29 | 4
            sam.taylor@example.com    | Sam Taylor    | Samuel   | Taylor   | Ireland       | Galway    | 6 Heron Quay             | 51515  | 2  | 37 | 0  | 3
            -                         | Sam Taylor    | -        | -        | Australia     | Perth     | -                        | 15151  | 19 | 2  | 31 | 3
            li.na@example.org         | 李娜          | 娜       | 李       | China         | Chengdu   | Peach Blossom Road 66    | 66001  | 13 | 19 | 3  | 4
            na.li@example.com         | 李娜          | 娜       | 李       | Singapore     | Singapore | 21 Orchid Walk           | 66010  | 0  | 13 | 19 | 3
            """;

    /** Somebody with hundreds of rows. */
    private static final String BUSIEST = """
            thomas.okafor@example.com | Thomas Okafor | Thomas | Okafor | United Kingdom | Leeds | 27 Lantern Row | 7070 | 3 | 5 | 2 | 45
            """;

    /** An account without anything written, one that is not in the lake, and no account. */
    private static final String IN_ONE_SYSTEM_ONLY = """
            greta.holm@example.org  | Greta Holm  | Greta | Holm   | Denmark  | Aarhus  | Kastanjevej 21   | 80801 | 53 | 0 | 0 | 0
            ivan.petrov@example.org | Иван Петров | Иван  | Петров | Bulgaria | Plovdiv | ul. Lipa 4       | 80802 | 0  | 0 | 0 | 0
            noor.haddad@example.com | Noor Haddad | Noor  | Haddad | Jordan   | Amman   | 15 Almond Street | -     | 0  | 0 | 0 | 0
            """;

    /** Network accounts with the number of somebody's user id. */
    private static final String NUMBERED_LIKE_A_USER_ID = """
            elena.rossi@example.org  | Elena Rossi  | Elena | Rossi  | Italy | Trieste  | Via dei Tigli 30       | 42 | 59 | 61 | 13 | 3
            pablo.ferrer@example.org | Pablo Ferrer | Pablo | Ferrer | Spain | València | Carrer del Forn 5, 2.º | 17 | 61 | 59 | 0  | 3
            """;

    /** Names and addresses that break what is put together carelessly. */
    private static final String HARD_TO_QUOTE = """
            sean.o'brien@example.com | Seán O'Brien  | Seán | O'Brien        | Ireland     | Cork       | The Old Mill, 2 River Path | 70007 | 41 | 43 | 37 | 4
            zoe+tea@example.org      | Zoë <3 Maps   | Zoë  | Marchetti-Lund | Switzerland | Zürich     | Ahornstrasse 77            | 70008 | 43 | 0  | 41 | 4
            pia.robles@example.com   | Pía 🌻 Robles | Pía  | Robles         | Mexico      | Mérida     | Calle 31 "Las Flores" 12   | 70009 | 47 | 41 | 43 | 3
            r&d@example.org          | Rosa & Dario  | Rosa | Conti          | Italy       | Bologna    | Vicolo Quieto 1            | 70010 | 0  | 47 | 0  | 2
            amal.nasser@example.org  | أمل ناصر      | أمل  | ناصر           | Egypt       | Alexandria | 7 Harbour View             | 70011 | 67 | 71 | 47 | 3
            yuki.tanabe@example.com  | 田辺ゆき      | ゆき | 田辺           | Japan       | Kanazawa   | Matsubara 3-14             | 70012 | 71 | 67 | 0  | 3
            """;

    private static final String EVERYBODY_ELSE = """
            amara.diallo@example.org     | Amara Diallo     | Amara    | Diallo    | Senegal     | Dakar    | Rue des Manguiers 18   | 81100 | 73  | 0   | 53 | 2
            ben.hartley@example.com      | Ben Hartley      | Benjamin | Hartley   | New Zealand | Nelson   | 9 Fern Terrace         | 81101 | 79  | 73  | 0  | 2
            chloe.martin@example.org     | Chloé Martin     | Chloé    | Martin    | France      | Nantes   | 4 rue du Pré Vert      | 81102 | 0   | 79  | 59 | 2
            dinesh.rao@example.com       | Dinesh Rao       | Dinesh   | Rao       | India       | Mysuru   | 52 Jasmine Cross       | 81103 | 83  | 0   | 61 | 2
            eszter.kovacs@example.org    | Eszter Kovács    | Eszter   | Kovács    | Hungary     | Szeged   | Akácfa utca 11         | 81104 | 0   | 83  | 0  | 2
            filip.novak@example.org      | Filip Novák      | Filip    | Novák     | Czechia     | Olomouc  | Lípová 23              | 81105 | 89  | 97  | 67 | 2
            hana.kim@example.com         | Hana Kim         | Hana     | Kim       | South Korea | Daejeon  | Maple Road 140         | 81106 | 97  | 89  | 0  | 2
            jonas.berg@example.org       | Jonas Berg       | Jonas    | Berg      | Norway      | Tromsø   | Fjordgata 16           | 81107 | 101 | 0   | 0  | 2
            kwame.mensah@example.com     | Kwame Mensah     | Kwame    | Mensah    | Ghana       | Kumasi   | 12 Cocoa Avenue        | 81108 | 0   | 103 | 71 | 2
            lukasz.zielinski@example.org | Łukasz Zieliński | Łukasz   | Zieliński | Poland      | Gdańsk   | ul. Żurawia 5/7        | 81109 | 103 | 101 | 0  | 2
            nina.vogel@example.com       | Nina Vogel       | Nina     | Vogel     | Germany     | Leipzig  | Kirschallee 19         | 81110 | 107 | 0   | 73 | 2
            olivia.santos@example.org    | Olívia Santos    | Olívia   | Santos    | Brazil      | Curitiba | Rua das Araucárias 320 | 81111 | 109 | 107 | 0  | 2
            ravi.perera@example.com      | Ravi Perera      | Ravi     | Perera    | Sri Lanka   | Kandy    | 33 Lake Drive          | 81112 | 113 | 0   | 79 | 2
            tuula.makela@example.org     | Tuula Mäkelä     | Tuula    | Mäkelä    | Finland     | Oulu     | Rantatie 2 A 14        | 81113 | 0   | 109 | 83 | 2
            """;

    static final List<Person> ALL = Stream.of(
                    NAMESAKES, BUSIEST, IN_ONE_SYSTEM_ONLY, NUMBERED_LIKE_A_USER_ID, HARD_TO_QUOTE, EVERYBODY_ELSE)
            .flatMap(String::lines)
            .map(SamplePeople::person)
            .toList();

    static final Person SAMPLE = ALL.get(0);

    private SamplePeople() {}

    private static Person person(String line) {
        String[] cells = Arrays.stream(line.split("\\|"))
                .map(String::strip)
                .map(cell -> cell.equals("-") ? null : cell)
                .toArray(String[]::new);
        Long accountId = cells[7] == null ? null : Long.valueOf(cells[7]);
        DevUser user = cells[0] == null
                ? null
                : new DevUser(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], accountId);
        return new Person(
                user,
                cells[1],
                cells[5] == null ? null : cells[5] + ", " + cells[4],
                accountId,
                Long.parseLong(cells[8]),
                Long.parseLong(cells[9]),
                Long.parseLong(cells[10]),
                Integer.parseInt(cells[11]));
    }
}
