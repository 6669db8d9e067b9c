package io.themis.bench;

import java.util.List;
import java.util.SplittableRandom;

/** Narrow rows: about 95 bytes, hardly more than the key. In this table everybody's votes carry their id. */
final class Votes implements Table {

    @Override
    public String name() {
        return "votes";
    }

    @Override
    public int rowLength() {
        return 106;
    }

    @Override
    public List<Column> columns() {
        return List.of(
                new Column("Id", true),
                new Column("PostId", true),
                new Column("VoteTypeId", true),
                new Column("UserId", true),
                new Column("CreationDate", false));
    }

    @Override
    public String key() {
        return "UserId";
    }

    @Override
    public Object[] row(long number, People people) {
        SplittableRandom dice = new SplittableRandom(number);
        return new Object[] {
            number,
            1 + dice.nextLong(99_999),
            1L + dice.nextInt(16),
            people.any(dice),
            Posts.day(dice) + "T00:00:00.000"
        };
    }
}
