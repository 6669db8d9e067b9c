package io.themis.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.themis.lake.RowScanFuzzTest.Damage;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** What fuzzing makes to mislead a reader, as files by name, for tests of other packages. In them 42 is a key, in a column called Key. */
public final class MisleadingFiles {

    private MisleadingFiles() {}

    public static Map<String, byte[]> xml(int count) {
        return files(count, RowScanFuzzTest::xml);
    }

    public static Map<String, byte[]> jsonl(int count) {
        return files(count, RowScanFuzzTest::jsonl);
    }

    public static Map<String, byte[]> csv(int count) {
        return files(count, dice -> RowScanFuzzTest.csv(dice, CsvLayout.PLAIN, Set.of("Key")));
    }

    private static Map<String, byte[]> files(int count, Function<Random, String> make) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int number = 0; number < count; number++) {
            Random dice = SparkRowsIT.dice(number);
            byte[] file = make.apply(dice).getBytes(UTF_8);
            Damage damage = dice.nextInt(5) > 0 ? Damage.NONE : RowScanFuzzTest.one(Damage.values(), dice);
            files.put("fuzzed-%03d".formatted(number), RowScanFuzzTest.damaged(file, damage, dice));
        }
        return files;
    }
}
