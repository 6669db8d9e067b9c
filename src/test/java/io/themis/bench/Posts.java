package io.themis.bench;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;

/** Wide rows: about a kilobyte, most of it a text with the escapes of a real dump. */
final class Posts implements Table {

    private static final String[] WORDS = """
            the a is of and to in it that for on with as at by this not but from or have an they which you one we all \
            her she there would their will when who him been has more if no out so said what up its about into than \
            them can only other new some could time these two may then do first any my now such like our over man me \
            even most made after also did many before must through years where much your way well down should because \
            each just those people how too little state good very make world still own see men work long here get both \
            between life being under never day same another know while last might us great old year off come since \
            kettle against go came right used take three filter grinder pressure temperature boiler roast
            """.strip().split(" ");

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

    /** Not in ASCII: two, three and four bytes in UTF-8. */
    private static final String[] FOREIGN = {"café", "naïve", "80 °C", "“quick”", "– no –", "東京", "👍", "Åse"};

    private static final String[] TAGS = {"storage", "whole-bean", "drip-brew", "taste", "milk", "history", "water"};

    @Override
    public String name() {
        return "posts";
    }

    @Override
    public int rowLength() {
        return 1020;
    }

    @Override
    public List<Column> columns() {
        return List.of(
                new Column("Id", true),
                new Column("PostTypeId", true),
                new Column("ParentId", true),
                new Column("CreationDate", false),
                new Column("Score", true),
                new Column("ViewCount", true),
                new Column("Body", false),
                new Column("OwnerUserId", true),
                new Column("OwnerDisplayName", false),
                new Column("LastEditorUserId", true),
                new Column("LastEditDate", false),
                new Column("LastActivityDate", false),
                new Column("Title", false),
                new Column("Tags", false),
                new Column("AnswerCount", true),
                new Column("CommentCount", true),
                new Column("ContentLicense", false));
    }

    @Override
    public String key() {
        return "OwnerUserId";
    }

    @Override
    public Object[] row(long number, People people) {
        SplittableRandom dice = new SplittableRandom(number);
        boolean question = dice.nextInt(5) < 2;
        boolean edited = dice.nextInt(3) == 0;
        // The account was deleted: only the name is left
        boolean orphan = dice.nextInt(100) == 0;
        return new Object[] {
            number,
            question ? 1L : 2L,
            question ? null : 1 + dice.nextLong(number),
            moment(dice),
            (long) dice.nextInt(60) - 5,
            question ? 10L + dice.nextInt(5000) : null,
            body(dice, people),
            orphan ? null : people.any(dice),
            orphan ? "user" + dice.nextInt(100_000) : null,
            edited ? people.any(dice) : null,
            edited ? moment(dice) : null,
            moment(dice),
            question ? sentence(dice, 6 + dice.nextInt(6)) + "?" : null,
            question ? "<" + pick(TAGS, dice) + "><" + pick(TAGS, dice) + ">" : null,
            question ? (long) dice.nextInt(6) : null,
            (long) dice.nextInt(9),
            "CC BY-SA 4.0"
        };
    }

    private static String body(SplittableRandom dice, People people) {
        StringBuilder body = new StringBuilder();
        int paragraphs = dice.nextInt(200) == 0 ? 20 + dice.nextInt(60) : 1 + dice.nextInt(6);
        for (int i = 0; i < paragraphs; i++) {
            body.append("<p>").append(sentence(dice, 8 + dice.nextInt(40))).append(".</p>\n");
            if (dice.nextInt(8) == 0) {
                body.append("\n<a href=\"https://www.example.org/notes?topic=")
                        .append(pick(TAGS, dice))
                        .append("&page=")
                        .append(dice.nextInt(9))
                        .append("\" rel=\"nofollow\">")
                        .append(sentence(dice, 2))
                        .append("</a>\n");
            }
        }
        if (dice.nextInt(500) == 0) {
            // What looks like a key and is somebody's text
            long id = people.any(dice);
            body.append("<pre><code>grep ' OwnerUserId=\"%d\"' Posts.xml || grep '{\"OwnerUserId\":%d,' Posts.jsonl\n"
                    .formatted(id, id));
        }
        return body.toString();
    }

    private static String sentence(SplittableRandom dice, int words) {
        StringBuilder sentence = new StringBuilder();
        for (int i = 0; i < words; i++) {
            sentence.append(i == 0 ? "" : " ").append(dice.nextInt(80) == 0 ? pick(FOREIGN, dice) : pick(WORDS, dice));
        }
        return sentence.toString();
    }

    private static String pick(String[] choices, SplittableRandom dice) {
        return choices[dice.nextInt(choices.length)];
    }

    static LocalDate day(SplittableRandom dice) {
        return LocalDate.of(2012, 1, 1).plusDays(dice.nextInt(4000));
    }

    private static String moment(SplittableRandom dice) {
        return MOMENT.format(day(dice).atStartOfDay().plus(dice.nextInt(86_400_000), ChronoUnit.MILLIS));
    }
}
