package io.themis.devservices;

import static java.util.Map.entry;

import io.themis.devservices.Prose.Block;
import io.themis.devservices.Prose.Bullets;
import io.themis.devservices.Prose.Code;
import io.themis.devservices.Prose.Paragraph;
import io.themis.devservices.Prose.Quote;
import io.themis.devservices.Prose.Span;
import io.themis.devservices.Prose.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Friendly invented talk about a site's subject, put together from short lists of phrases. */
final class SampleText {

    private static final Map<String, List<String>> ANYWHERE = Map.ofEntries(
            entry("asking", lines("""
                    I am fairly new to this, so please bear with me.
                    Good morning, everybody!
                    This has puzzled me for a while.
                    A friend asked me about the {thing} and I had no good answer.
                    Thank you for all the help last time.
                    I searched the site first and found only half of an answer.
                    Grüße aus dem Norden!
                    My {thing} {trouble}, and I would like to know why.
                    """)),
            entry("answering", lines("""
                    Let me try to answer this one.
                    Good question, I had the same last year.
                    Short version first, details below.
                    Mine did that too: the {thing} {trouble}.
                    The other answers are fine; here is what worked for me.
                    Bonjour ! I can only speak for my own {thing}.
                    It depends, as so often.
                    You are nearly there.
                    """)),
            entry("sentence", lines("""
                    I {done} the {thing} {when}, and {result}.
                    My {thing} {trouble}, although I {done} it {when}.
                    If the {thing} {trouble}, {tip}.
                    A neighbour told me to {tip}, and {result}.
                    I would {tip}, because otherwise the {thing} {trouble}.
                    We tried it with the {other} as well, {often}: {result}.
                    The {thing} that I {done} {when} is still fine.
                    In my experience it helps to {tip}.
                    Some people {tip} {often}; I never saw the need.
                    "{Tip}" is what it says in the booklet that came with the {thing}.
                    It took about {number} € and half an afternoon, and {result}.
                    There is no hurry: nothing breaks while the {thing} {trouble}.
                    To be honest, I {done} the {thing} only once & {result}.
                    First {tip}. If it still happens after that, {tip}.
                    After {number} minutes I stopped, {done} it again, and {result}.
                    With the {other} it is the other way round.
                    My aunt swears by the {other}, but the {thing} is what I have.
                    A good {thing} forgives a lot; the {other} does not.
                    I keep a small notebook: {number} entries so far, and {often} I add one.
                    What finally helped was to {tip}.
                    The shop around the corner offered a new one for {number} €, but I'd rather {tip}.
                    None of this is urgent, yet the {thing} {trouble} and I am curious.
                    """)),
            entry("thanking", lines("""
                    Any hint is welcome.
                    Thanks in advance 🙏
                    I'd love to hear what works for you.
                    よろしくお願いします。
                    Дякую!
                    شكرا جزيلا
                    What am I missing?
                    """)),
            entry("wishing", lines("""
                    Hope this helps!
                    Let us know how it went 🙂
                    À bientôt !
                    Please ask if anything is unclear.
                    Viel Erfolg ✨
                    Good luck, and enjoy!
                    """)),
            entry("when", lines("""
                    last weekend
                    before breakfast
                    on a rainy afternoon
                    on the way home
                    in the spring
                    after the long holidays
                    yesterday evening
                    """)),
            entry("often", lines("""
                    twice a year
                    every other month
                    on Sundays
                    now and then
                    before every holiday
                    """)),
            entry("result", lines("""
                    it worked on the first try
                    nobody could tell the difference
                    the whole family noticed
                    I will not go back
                    it was better than before
                    it took some patience, but it was worth it
                    I learned more than I had hoped for
                    my “quick fix” has held for a year now
                    it did not change a thing – naïve, I know
                    """)),
            entry("title", lines("""
                    My {thing} {trouble}: what can I do?
                    How often should the {thing} be {done}?
                    Is it normal that the {thing} {trouble}?
                    Does anybody know why my {thing} {trouble}?
                    Can the {thing} be {done} too often?
                    Should I {tip}?
                    What does "{tip}" mean in practice?
                    {Thing} or {other}: which would you choose for a beginner & why?
                    I {done} the {thing} {when}; what comes next?
                    Is there a quick way to see that the {thing} was {done} well?
                    """)),
            entry("comment", lines("""
                    Thank you, this was just what I needed!
                    Could you add a picture of the {thing}?
                    +1 for telling us to {tip}.
                    = {number} g, if anybody wonders about the weight.
                    -1 from me at first, but after your edit I agree.
                    How old is the {thing}, roughly?
                    I {done} mine {when} and {result}.
                    Nice idea 👍 I'll try it with the {other}.
                    Is that still true if the {thing} {trouble}?
                    My grandmother always said "{tip}". She was right.
                    Welcome to the site! You may want to {tip}.
                    Danke schön, {result} 🎉
                    The same happened to my {other} {when}.
                    Good point; I have made that clearer now.
                    """)),
            entry("about", lines("""
                    I like quiet mornings and long walks.
                    Happy to help where I can.
                    Here to learn; please be patient with me.
                    By day I look after gardens, by night I read.
                    I collect old postcards & new friends.
                    Ask me about the {thing} that I {done} {when}!
                    """)));

    private static final Map<SampleSite, Map<String, List<String>>> THERE = Map.of(
            SampleSite.TEA,
            Map.of(
                    "thing", lines("""
                            green tea
                            oolong
                            jasmine tea
                            breakfast blend
                            rooibos
                            white tea
                            mint tea
                            smoked tea
                            second flush
                            chamomile
                            """),
                    "done", lines("""
                            steeped
                            weighed
                            tasted
                            brewed
                            cooled
                            stored
                            blended
                            """),
                    "trouble", lines("""
                            tastes bitter after the second steep
                            turns cloudy when it cools
                            loses its scent within a week
                            stays weak in our hard water
                            smells of the tin that it came in
                            leaves a dark ring in the cup
                            """),
                    "tip", lines("""
                            let the water cool to 80 °C
                            rinse the pot with warm water
                            keep the tin away from the spices
                            use one spoon less
                            pour the first cup away
                            cover the pot for two minutes
                            filter the water overnight
                            """),
                    "code", lines("""
                            if (grams < 3 && minutes > 4) cup = "bitter";
                            80 °C -> 2 min -> 70 °C -> 3 min
                            ratio = leaves / water;  // 1 : 50 & no more
                            """),
                    "tag", lines("""
                            green-tea
                            oolong
                            water
                            storage
                            brewing
                            teapots
                            herbal
                            taste
                            temperature
                            iced-tea
                            """),
                    "picture", lines("""
                            🍵
                            🫖
                            """)),
            SampleSite.BICYCLES,
            Map.of(
                    "thing", lines("""
                            chain
                            rear wheel
                            saddle
                            front brake
                            derailleur
                            hub dynamo
                            bottom bracket
                            bell
                            left pedal
                            luggage rack
                            """),
                    "done", lines("""
                            cleaned
                            adjusted
                            oiled
                            replaced
                            tightened
                            checked
                            mounted
                            """),
                    "trouble", lines("""
                            clicks on every climb
                            works loose after a few kilometres
                            squeaks when it rains
                            looks worn after one winter
                            sits a little crooked
                            rattles on cobblestones
                            """),
                    "tip", lines("""
                            wipe the chain with a dry cloth
                            check the bolts with a torque wrench
                            ask for a second pair of hands
                            measure the wear with a gauge
                            put a drop of oil on every link
                            mark the height with tape
                            ride slowly around the block
                            """),
                    "code", lines("""
                            gear = 38 / 17 < 2.3 && cadence > 80
                            4 Nm <= torque && torque <= 6 Nm
                            wear > 0.5 % -> "new chain"
                            """),
                    "tag", lines("""
                            chain
                            brakes
                            wheels
                            commuting
                            touring
                            maintenance
                            lights
                            winter
                            gears
                            noise
                            """),
                    "picture", lines("""
                            🚲
                            👩‍🔧
                            """)),
            SampleSite.MAPS,
            Map.of(
                    "thing", lines("""
                            walking map
                            city plan
                            contour layer
                            legend
                            trail overlay
                            river layer
                            relief shading
                            cycle map
                            harbour chart
                            station plan
                            """),
                    "done", lines("""
                            scanned
                            printed
                            traced
                            measured
                            labelled
                            coloured
                            updated
                            """),
                    "trouble", lines("""
                            looks stretched near the edges
                            shifts by a few metres after printing
                            is hard to read in low light
                            mixes up two colours
                            shows a path that is long gone
                            has no scale bar
                            """),
                    "tip", lines("""
                            check the projection first
                            print a small part before the whole sheet
                            walk the path once yourself
                            keep the legend short
                            choose colours that everybody can tell apart
                            note the date of the survey
                            compare it with an aerial photo
                            """),
                    "code", lines("""
                            scale < 25000 && contours == "10 m"
                            lat > 0 && lon < 0 -> "north & west"
                            1 cm & 1:25000 -> 250 m
                            """),
                    "tag", lines("""
                            projection
                            printing
                            contours
                            walking
                            colours
                            legends
                            old-maps
                            scale
                            rivers
                            labels
                            """),
                    "picture", lines("""
                            🗺️
                            🧭
                            """)));

    private final Map<String, List<String>> there;

    SampleText(SampleSite site) {
        this.there = THERE.get(site);
    }

    List<String> tags() {
        return there.get("tag");
    }

    /** What a post or a user talks about. */
    String thing(Dice dice) {
        return dice.pick(there.get("thing"));
    }

    /** A phrase of the kind, its placeholders filled in; a placeholder in upper case begins a sentence. */
    String say(String kind, String thing, Dice dice) {
        StringBuilder said = new StringBuilder(dice.pick(there.getOrDefault(kind, ANYWHERE.get(kind))));
        for (int open = said.indexOf("{"); open >= 0; open = said.indexOf("{", open)) {
            int close = said.indexOf("}", open);
            String name = said.substring(open + 1, close);
            String words = fill(name.toLowerCase(Locale.ROOT), thing, dice);
            said.replace(open, close + 1, Character.isUpperCase(name.charAt(0)) ? capitalised(words) : words);
        }
        return said.toString();
    }

    private String fill(String placeholder, String thing, Dice dice) {
        return switch (placeholder) {
            case "thing" -> thing;
            case "other" ->
                dice.pick(there.get("thing").stream()
                        .filter(other -> !other.equals(thing))
                        .toList());
            case "number" -> Integer.toString(dice.between(3, 60));
            default -> say(placeholder, thing, dice);
        };
    }

    /** Most bodies have some paragraphs; a few are a picture only, a few have some tens of kilobytes. */
    Prose body(boolean question, String thing, Dice dice) {
        int length = dice.below(100);
        if (length == 0) {
            return new Prose(List.of(plain(say("picture", thing, dice))));
        }
        int blocks = length == 1 ? dice.between(80, 180) : dice.between(1, 5);
        List<Block> body = new ArrayList<>();
        body.add(plain(say(question ? "asking" : "answering", thing, dice)));
        for (int i = 0; i < blocks; i++) {
            body.add(block(thing, dice));
        }
        body.add(plain(say(question ? "thanking" : "wishing", thing, dice)));
        return new Prose(body);
    }

    Block addition(String thing, Dice dice) {
        String words = say("sentence", thing, dice) + " " + say("picture", thing, dice);
        return new Paragraph(List.of(new Span(Style.STRONG, "Edit:"), new Span(Style.PLAIN, words)));
    }

    private Block block(String thing, Dice dice) {
        return switch (dice.below(10)) {
            case 0 ->
                new Bullets(List.of(
                        capitalised(say("tip", thing, dice)),
                        capitalised(say("tip", thing, dice)),
                        capitalised(say("tip", thing, dice))));
            case 1 -> new Quote(say("sentence", thing, dice));
            case 2 -> new Code(say("code", thing, dice));
            default -> paragraph(thing, dice);
        };
    }

    private Block paragraph(String thing, Dice dice) {
        List<Span> spans = new ArrayList<>();
        int sentences = dice.between(1, 4);
        for (int i = 0; i < sentences; i++) {
            Style style = dice.oneIn(9) ? Style.EMPHASIS : Style.PLAIN;
            spans.add(new Span(style, say("sentence", thing, dice)));
        }
        if (dice.oneIn(12)) {
            spans.add(new Span(Style.PLAIN, "See also"));
            spans.add(new Span(
                    Style.LINK,
                    "https://www.example.org/notes?topic=" + dice.pick(tags()) + "&page=" + dice.between(1, 9)));
        }
        if (dice.oneIn(12)) {
            spans.add(new Span(Style.PLAIN, "In short:"));
            spans.add(new Span(Style.CODE, say("code", thing, dice)));
        }
        return new Paragraph(spans);
    }

    private static Block plain(String text) {
        return new Paragraph(List.of(new Span(Style.PLAIN, text)));
    }

    private static String capitalised(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static List<String> lines(String block) {
        return block.lines().toList();
    }
}
