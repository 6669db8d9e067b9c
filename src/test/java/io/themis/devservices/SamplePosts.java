package io.themis.devservices;

import io.themis.devservices.SampleCommunity.Author;
import java.util.ArrayList;
import java.util.List;

/**
 * The questions and answers of one site, with ids from 1. Ten posts make a block with four questions, each followed by its
 * answers; so what belongs together is near, and every post is worked out from its id alone.
 */
final class SamplePosts {

    private static final int BLOCK = 10;
    private static final int QUESTIONS = 4;
    private static final List<String> PATTERNS = List.of("QAAQAQAAAQ", "QAQQAAAQAA", "QAAAAQAQQA");

    private final SampleSite site;
    private final SampleCommunity community;
    private final SampleText text;
    private final long count;

    SamplePosts(SampleSite site, int size, SampleCommunity community, SampleText text) {
        this.site = site;
        this.community = community;
        this.text = text;
        this.count = site.posts(size);
    }

    long count() {
        return count;
    }

    boolean isQuestion(long id) {
        return pattern(id).charAt((int) ((id - 1) % BLOCK)) == 'Q';
    }

    /** The question that an answer belongs to. */
    long parent(long id) {
        long question = id;
        while (!isQuestion(question)) {
            question--;
        }
        return question;
    }

    int answers(long question) {
        int answers = 0;
        while (question + answers + 1 <= count && !isQuestion(question + answers + 1)) {
            answers++;
        }
        return answers;
    }

    /** Null if none has been accepted. */
    Long acceptedAnswer(long question) {
        Dice dice = dice("accepted", question);
        int answers = answers(question);
        return answers > 0 && dice.oneIn(2) ? question + dice.between(1, answers) : null;
    }

    /** How many questions came before this one. */
    long questionsBefore(long question) {
        String before = pattern(question).substring(0, (int) ((question - 1) % BLOCK));
        return (question - 1) / BLOCK * QUESTIONS
                + before.chars().filter(c -> c == 'Q').count();
    }

    private long question(long questionsBefore) {
        long id = questionsBefore / QUESTIONS * BLOCK + 1;
        while (!isQuestion(id) || questionsBefore(id) < questionsBefore) {
            id++;
        }
        return id;
    }

    Author owner(long id) {
        return community.author(dice("owner", id), id - 1, id);
    }

    long created(long id) {
        long pace = SampleClock.at(id + 1, count) - SampleClock.at(id, count);
        return SampleClock.at(id, count) + dice("created", id).below(Math.max(1, pace));
    }

    /** Null if nobody has edited the post. */
    Author editor(long id) {
        Dice dice = dice("editor", id);
        if (!dice.oneIn(3)) {
            return null;
        }
        return dice.oneIn(2) ? owner(id) : community.author(dice, Long.MAX_VALUE, id);
    }

    long edited(long id) {
        return later("edited", id, 30);
    }

    long lastActivity(long id) {
        long last = isQuestion(id) ? created(id + answers(id)) : created(id);
        return editor(id) == null ? last : Math.max(last, edited(id));
    }

    boolean isClosed(long id) {
        return isQuestion(id) && id > BLOCK && dice("closed", id).oneIn(15);
    }

    long closed(long id) {
        return later("closed on", id, 5);
    }

    Author closer(long id) {
        return community.memberAuthor(dice("closer", id), Long.MAX_VALUE, id);
    }

    /** The question that this one duplicates or mentions, or null. */
    Long related(long question) {
        Dice dice = dice("related", question);
        long before = questionsBefore(question);
        return before > 0 && (isClosed(question) || dice.oneIn(4)) ? question(dice.below(before)) : null;
    }

    String title(long question) {
        return text.say("title", thing(question), dice("title", question));
    }

    /** What a question, its answers and their comments are about. */
    String thing(long id) {
        return text.thing(dice("thing", parent(id)));
    }

    List<String> tags(long question) {
        Dice dice = dice("tags", question);
        List<String> tags = new ArrayList<>();
        int wanted = dice.between(1, 3);
        while (tags.size() < wanted) {
            String tag = dice.pick(text.tags());
            if (!tags.contains(tag)) {
                tags.add(tag);
            }
        }
        return tags;
    }

    Prose firstBody(long id) {
        return text.body(isQuestion(id), thing(id), dice("body", id));
    }

    Prose body(long id) {
        return editor(id) == null ? firstBody(id) : firstBody(id).with(text.addition(thing(id), dice("addition", id)));
    }

    int comments(long id) {
        return dice("comments", id).between(isEarly(id) ? 1 : 0, 3);
    }

    /** The first posts have something by everybody. */
    private static boolean isEarly(long id) {
        return id <= 4 * BLOCK;
    }

    Author commenter(long id, int comment) {
        long turn = comment == 0 ? id - 1 : Long.MAX_VALUE;
        return community.author(new Dice("commenter " + comment, site.ordinal(), id), turn, id);
    }

    int upVotes(long id) {
        Dice dice = dice("up", id);
        return dice.oneIn(30) ? dice.between(20, 60) : dice.below(7);
    }

    int downVotes(long id) {
        return Math.max(0, dice("down", id).below(8) - 5);
    }

    int favourites(long id) {
        if (!isQuestion(id)) {
            return 0;
        }
        return isEarly(id) ? 5 : Math.max(0, dice("favourites", id).below(6) - 3);
    }

    Author favouredBy(long question, int favourite) {
        long turn = questionsBefore(question) * 5 + favourite;
        return community.memberAuthor(new Dice("favour " + favourite, site.ordinal(), question), turn, question);
    }

    /** Null if nobody has offered one. */
    Integer bounty(long id) {
        Dice dice = dice("bounty", id);
        return isQuestion(id) && dice.oneIn(12) ? dice.between(1, 10) * 50 : null;
    }

    Author bountyBy(long question) {
        return community.memberAuthor(dice("bounty by", question), Long.MAX_VALUE, question);
    }

    Dice dice(String purpose, long id) {
        return new Dice(purpose, site.ordinal(), id);
    }

    /** A moment within some days after the post was made. */
    long later(String purpose, long id, int days) {
        return created(id) + 1 + dice(purpose, id).below(days * SampleClock.DAY);
    }

    private String pattern(long id) {
        return new Dice("pattern", site.ordinal(), (id - 1) / BLOCK).pick(PATTERNS);
    }
}
