package io.themis.devservices;

import io.themis.devservices.SampleCommunity.Author;
import io.themis.devservices.SampleCommunity.Member;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the tables of one site, row by row, with the columns and their order that the real dumps have. */
final class SampleTables {

    private static final List<String> BADGES = List.of(
            "Patient Teacher", "Thoughtful Question", "Second Cup", "Early Bird", "Helping Hand", "Tidy & Neat");

    private final SampleSite site;
    private final SampleText text;
    private final SampleCommunity community;
    private final SamplePosts posts;

    SampleTables(SampleSite site, int size) {
        this.site = site;
        this.text = new SampleText(site);
        this.community = new SampleCommunity(site, size);
        this.posts = new SamplePosts(site, size, community, text);
    }

    void users(DumpWriter out) throws IOException {
        String opened = SampleClock.text(SampleClock.OPENED);
        out.row()
                .with("Id", -1)
                .with("Reputation", 1)
                .with("CreationDate", opened)
                .with("DisplayName", "Community")
                .with("LastAccessDate", opened)
                .with("Location", "in a quiet data centre")
                .with("AboutMe", "<p>Hello! Nobody is behind this account.</p>\r\n<p>It tidies up at night.</p>\r\n")
                .with("Views", 0)
                .with("UpVotes", 12)
                .with("DownVotes", 7)
                .with("Age", site.hasOldColumns() ? 2 : null)
                .with("AccountId", -1)
                .endRow();
        for (long id = 1; id <= community.ids(); id++) {
            if (community.exists(id)) {
                user(out, community.member(id));
            }
        }
    }

    private void user(DumpWriter out, Member member) throws IOException {
        Dice dice = posts.dice("user", member.id());
        out.row()
                .with("Id", member.id())
                .with("Reputation", member.silent() ? 1 : dice.between(1, 4000))
                .with("CreationDate", SampleClock.text(member.joined()))
                .with("DisplayName", member.displayName())
                .with("LastAccessDate", SampleClock.text(member.joined() + dice.below(90 * SampleClock.DAY)))
                .with("WebsiteUrl", dice.oneIn(4) ? "https://www.example.net/?about=me&n=" + member.accountId() : null)
                .with("Location", member.location())
                .with("AboutMe", dice.oneIn(2) ? "<p>" + text.say("about", text.thing(dice), dice) + "</p>\n" : null)
                .with("Views", dice.below(200))
                .with("UpVotes", member.silent() ? 0 : dice.below(300))
                .with("DownVotes", member.silent() ? 0 : dice.below(20));
        if (site.hasOldColumns()) {
            out.with("ProfileImageUrl", "https://images.example.net/" + dice.uuid() + "?s=128&d=identicon")
                    .with("Age", dice.oneIn(3) ? dice.between(18, 80) : null);
        }
        out.with("AccountId", member.accountId()).endRow();
    }

    void posts(DumpWriter out) throws IOException {
        for (long id = 1; id <= posts.count(); id++) {
            post(out, id);
        }
        for (int tag = 0; tag < text.tags().size(); tag++) {
            if (hasWiki(tag)) {
                tagWiki(out, wikiPost(tag), 5, "<p>Everything about <em>%s</em>.</p>\n", tag);
                tagWiki(out, wikiPost(tag) + 1, 4, "For questions about %s, whatever the weather.", tag);
            }
        }
    }

    private void post(DumpWriter out, long id) throws IOException {
        boolean question = posts.isQuestion(id);
        Author owner = posts.owner(id);
        Author editor = posts.editor(id);
        boolean movedHere = posts.dice("moved", id).oneIn(40);
        out.row().with("Id", id).with("PostTypeId", question ? 1 : 2);
        if (question) {
            out.with("AcceptedAnswerId", posts.acceptedAnswer(id));
        } else {
            out.with("ParentId", posts.parent(id));
        }
        out.with("CreationDate", SampleClock.text(posts.created(id)))
                .with("Score", posts.upVotes(id) - posts.downVotes(id))
                .with("ViewCount", question ? posts.dice("views", id).between(20, 9000) : null)
                .with("Body", posts.body(id).html())
                .with("OwnerUserId", owner.userId())
                // A post that was moved here names its owner although the account exists
                .with("OwnerDisplayName", owner.userId() == null || movedHere ? owner.displayName() : null);
        if (editor != null) {
            out.with("LastEditorUserId", editor.userId())
                    .with("LastEditorDisplayName", editor.userId() == null ? editor.displayName() : null)
                    .with("LastEditDate", SampleClock.text(posts.edited(id)));
        }
        out.with("LastActivityDate", SampleClock.text(posts.lastActivity(id)));
        if (question) {
            out.with("Title", posts.title(id))
                    .with("Tags", inBrackets(posts.tags(id)))
                    .with("AnswerCount", posts.answers(id));
        }
        out.with("CommentCount", posts.comments(id))
                .with("FavoriteCount", posts.favourites(id) > 0 ? posts.favourites(id) : null)
                .with("ClosedDate", posts.isClosed(id) ? SampleClock.text(posts.closed(id)) : null)
                .with("ContentLicense", licence())
                .endRow();
    }

    private void tagWiki(DumpWriter out, long id, int type, String body, int tag) throws IOException {
        String date = SampleClock.text(wikiWritten(tag));
        out.row()
                .with("Id", id)
                .with("PostTypeId", type)
                .with("CreationDate", date)
                .with("Score", 0)
                .with("Body", body.replace("%s", text.tags().get(tag)))
                .with("OwnerUserId", -1)
                .with("LastEditorUserId", -1)
                .with("LastEditDate", date)
                .with("LastActivityDate", date)
                .with("CommentCount", 0)
                .with("ContentLicense", licence())
                .endRow();
    }

    void comments(DumpWriter out) throws IOException {
        long row = 0;
        for (long id = 1; id <= posts.count(); id++) {
            for (int comment = 0; comment < posts.comments(id); comment++) {
                Author author = posts.commenter(id, comment);
                Dice dice = posts.dice("comment " + comment, id);
                String said = text.say("comment", posts.thing(id), dice);
                out.row()
                        .with("Id", ++row)
                        .with("PostId", id)
                        .with("Score", Math.max(0, dice.below(9) - 5))
                        .with("Text", dice.oneIn(5) ? "@" + posts.owner(id).displayName() + " " + said : said)
                        .with("CreationDate", SampleClock.text(posts.later("commented " + comment, id, 20)))
                        .with("UserDisplayName", author.userId() == null ? author.displayName() : null)
                        .with("UserId", author.userId())
                        .with("ContentLicense", licence())
                        .endRow();
            }
        }
    }

    void badges(DumpWriter out) throws IOException {
        long row = 0;
        for (long id = 1; id <= community.ids(); id++) {
            Member member = community.member(id);
            if (community.exists(id) && !member.silent()) {
                badge(out, ++row, id, "Warm Welcome", member.joined(), 3, false);
            }
        }
        for (long id = 1; id <= posts.count(); id++) {
            Author owner = posts.owner(id);
            Dice dice = posts.dice("badge", id);
            if (owner.userId() != null && dice.oneIn(3)) {
                boolean tagBased = dice.oneIn(10);
                String name = dice.pick(tagBased ? text.tags() : BADGES);
                long date = posts.later("badge on", id, 40);
                badge(out, ++row, owner.userId(), name, date, dice.between(1, 3), tagBased);
            }
        }
    }

    private void badge(DumpWriter out, long row, long userId, String name, long date, int rank, boolean tagBased)
            throws IOException {
        out.row()
                .with("Id", row)
                .with("UserId", userId)
                .with("Name", name)
                .with("Date", SampleClock.text(date))
                .with("Class", rank)
                .with("TagBased", tagBased ? "True" : "False")
                .endRow();
    }

    void votes(DumpWriter out) throws IOException {
        Votes votes = new Votes(out);
        for (long id = 1; id <= posts.count(); id++) {
            for (int i = 0; i < posts.upVotes(id); i++) {
                votes.add(id, 2, null, null);
            }
            for (int i = 0; i < posts.downVotes(id); i++) {
                votes.add(id, 3, null, null);
            }
            for (int i = 0; i < posts.favourites(id); i++) {
                votes.add(id, 5, posts.favouredBy(id, i), null);
            }
            if (posts.bounty(id) != null) {
                votes.add(id, 8, posts.bountyBy(id), posts.bounty(id));
            }
            long question = posts.parent(id);
            if (Long.valueOf(id).equals(posts.acceptedAnswer(question))) {
                votes.add(id, 1, null, null);
                if (posts.bounty(question) != null) {
                    votes.add(id, 9, null, posts.bounty(question));
                }
            }
            if (posts.editor(id) != null) {
                votes.add(id, 16, null, null);
            }
        }
    }

    /** Numbers the votes. A vote says who cast it only where {@code by} is given. */
    private final class Votes {

        private final DumpWriter out;
        private long row;

        Votes(DumpWriter out) {
            this.out = out;
        }

        void add(long post, int type, Author by, Integer bounty) throws IOException {
            row++;
            out.row()
                    .with("Id", row)
                    .with("PostId", post)
                    .with("VoteTypeId", type)
                    .with("UserId", by == null ? null : by.userId())
                    .with("CreationDate", SampleClock.dayText(posts.later("vote " + type, post, 20)))
                    .with("BountyAmount", bounty)
                    .endRow();
        }
    }

    void postHistory(DumpWriter out) throws IOException {
        History history = new History(out);
        for (long id = 1; id <= posts.count(); id++) {
            boolean question = posts.isQuestion(id);
            Author editor = posts.editor(id);
            history.revision("created", id, posts.owner(id), posts.created(id), null);
            history.add(2, posts.firstBody(id).markdown());
            if (question) {
                history.add(1, posts.title(id));
                history.add(3, inBrackets(posts.tags(id)));
            }
            if (editor != null) {
                history.revision("edited", id, editor, posts.edited(id), "added what I learned since");
                history.add(5, posts.body(id).markdown());
            }
            if (posts.isClosed(id)) {
                Author closer = posts.closer(id);
                history.revision("closed", id, closer, posts.closed(id), "101");
                history.add(10, "{\"Voters\":[{\"Id\":" + closer.userId() + "}]}");
            }
        }
        for (int tag = 0; tag < text.tags().size(); tag++) {
            if (hasWiki(tag)) {
                history.revision("wiki", wikiPost(tag), new Author(-1L, "Community"), wikiWritten(tag), null);
                history.add(2, "Everything about *" + text.tags().get(tag) + "*.");
            }
        }
    }

    /** Numbers the rows of the history; those of one revision share its number, time and author. */
    private final class History {

        private final DumpWriter out;
        private long row;
        private Object revision;
        private long post;
        private Author author;
        private long date;
        private String comment;

        History(DumpWriter out) {
            this.out = out;
        }

        void revision(String kind, long post, Author author, long date, String comment) {
            this.revision = posts.dice("revision " + kind, post).uuid();
            this.post = post;
            this.author = author;
            this.date = date;
            this.comment = comment;
        }

        void add(int type, String typed) throws IOException {
            row++;
            out.row()
                    .with("Id", row)
                    .with("PostHistoryTypeId", type)
                    .with("PostId", post)
                    .with("RevisionGUID", revision)
                    .with("CreationDate", SampleClock.text(date))
                    .with("UserId", author.userId())
                    .with("UserDisplayName", author.userId() == null ? author.displayName() : null)
                    .with("Comment", comment)
                    .with("Text", typed)
                    .with("ContentLicense", licence())
                    .endRow();
        }
    }

    void postLinks(DumpWriter out) throws IOException {
        long row = 0;
        for (long id = 1; id <= posts.count(); id++) {
            if (posts.isQuestion(id) && posts.related(id) != null) {
                out.row()
                        .with("Id", ++row)
                        .with("CreationDate", SampleClock.text(posts.later("linked", id, 10)))
                        .with("PostId", id)
                        .with("RelatedPostId", posts.related(id))
                        .with("LinkTypeId", posts.isClosed(id) ? 3 : 1)
                        .endRow();
            }
        }
    }

    void tags(DumpWriter out) throws IOException {
        Map<String, Long> counts = new HashMap<>();
        for (long id = 1; id <= posts.count(); id++) {
            if (posts.isQuestion(id)) {
                posts.tags(id).forEach(tag -> counts.merge(tag, 1L, Long::sum));
            }
        }
        for (int tag = 0; tag < text.tags().size(); tag++) {
            out.row()
                    .with("Id", tag + 1)
                    .with("TagName", text.tags().get(tag))
                    .with("Count", counts.getOrDefault(text.tags().get(tag), 0L))
                    .with("ExcerptPostId", hasWiki(tag) ? wikiPost(tag) + 1 : null)
                    .with("WikiPostId", hasWiki(tag) ? wikiPost(tag) : null)
                    .endRow();
        }
    }

    private static boolean hasWiki(int tag) {
        return tag % 3 != 2;
    }

    /** The tags' descriptions come after all questions and answers. */
    private long wikiPost(int tag) {
        return posts.count() + 1 + 2L * tag;
    }

    private static long wikiWritten(int tag) {
        return SampleClock.at(1, 1) + tag * SampleClock.DAY;
    }

    private static String inBrackets(List<String> tags) {
        return tags.stream().collect(Collectors.joining("><", "<", ">"));
    }

    private String licence() {
        return site.hasNewColumns() ? "CC BY-SA 4.0" : null;
    }
}
